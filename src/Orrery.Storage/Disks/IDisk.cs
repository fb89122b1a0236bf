namespace Orrery.Storage.Disks;

/// <summary>A disk with files in one folder, as a store's database needs it: the port behind which a simulation puts its own.</summary>
/// <remarks>Called on the thread that uses the database.</remarks>
public interface IDisk
{
    /// <summary>Opens a file.</summary>
    /// <param name="name">Its name in the folder.</param>
    /// <param name="isCreated">Whether one that is not there is made, empty.</param>
    /// <param name="syncsFolder">Whether its first sync after it was made covers its place in the folder too.</param>
    /// <returns>Null if it can't be opened.</returns>
    IDiskFile? Open(string name, bool isCreated, bool syncsFolder);

    /// <summary>Whether a file is there.</summary>
    bool Exists(string name);

    /// <summary>Takes a file out of the folder.</summary>
    /// <param name="name">Its name. It is there.</param>
    /// <param name="isFolderSynced">Whether that must be durable at the end of the call.</param>
    DiskResult Delete(string name, bool isFolderSynced);

    /// <summary>Chance for the database's own use.</summary>
    void FillRandom(Span<byte> bytes);

    /// <summary>The time, in UTC ticks.</summary>
    long UtcTicks { get; }
}

/// <summary>An open file of a disk.</summary>
public interface IDiskFile
{
    /// <summary>Its length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads what is there.</summary>
    /// <param name="offset">Where to begin.</param>
    /// <param name="bytes">What to fill from the front.</param>
    /// <param name="count">How many bytes there were, fewer than asked for at the end of the file.</param>
    DiskResult Read(long offset, Span<byte> bytes, out int count);

    /// <summary>Writes all of the bytes, beyond the end too.</summary>
    DiskResult Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Shortens the file.</summary>
    DiskResult Truncate(long length);

    /// <summary>Returns when everything that was written is durable.</summary>
    DiskResult Sync();

    /// <summary>Lets go of the file.</summary>
    void Close();
}

/// <summary>How an operation of a disk ended.</summary>
public enum DiskResult
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>The disk failed.</summary>
    Failed,

    /// <summary>There is no room; nothing was written.</summary>
    Full,
}
