namespace Orrery.Storage;

/// <summary>Where and how a store keeps what it is told.</summary>
public sealed record StorageOptions
{
    /// <summary>The file of the database; its log is next to it, under the same name with `-wal` behind it.</summary>
    public required string Path { get; init; }

    /// <summary>When a commit counts as durable. Default: when the disk has it.</summary>
    public DurabilityMode Mode { get; init; } = DurabilityMode.Group;

    /// <summary>Whether a file that is not there is made. Default: yes. Its folder must be there.</summary>
    public bool IsCreated { get; init; } = true;

    /// <summary>The log is copied into the database when it has so many pages of 4 KiB. Default: 4,096, thus 16 MiB.</summary>
    /// <value>1 or more. A larger log makes fewer writes of a page that changes often, and a longer start after a crash.</value>
    public int LogPagesMax { get; init; } = 4_096;

    /// <summary>What happens to messages is written into the tables when it has so many bytes, oldest first. Default: 4 MiB.</summary>
    /// <value>0 or more. What a larger journal holds longer costs the tables nothing if it is undone meanwhile; it is in memory too, with
    /// up to as much again for its index, and is worked off at the next start after a crash.</value>
    public int JournalBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>Pages of the database that are kept in memory, in KiB. Default: 32 MiB.</summary>
    public int CacheKibibytes { get; init; } = 32_768;

    /// <summary>Another disk than the operating system's: the name of a <see cref="Disks.MountedDisk"/>. Default: null.</summary>
    public string? FileSystem { get; init; }
}
