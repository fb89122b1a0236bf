namespace Orrery.Simulation.Disks;

/// <summary>How long operations take (D1): each a fixed part, and one that is exponentially distributed.</summary>
internal sealed record DiskLatency
{
    /// <summary>Of a read, at least, in nanoseconds. Default: none, as from a cache.</summary>
    public long ReadNanoseconds { get; init; }

    /// <summary>Of a read, in addition, on average.</summary>
    public long ReadMeanNanoseconds { get; init; }

    /// <summary>Of a write, a truncation, or a change of the folder, at least. Default: 5 µs, into a cache.</summary>
    public long WriteNanoseconds { get; init; } = 5_000;

    /// <summary>Of the same, in addition, on average.</summary>
    public long WriteMeanNanoseconds { get; init; }

    /// <summary>Of a sync, at least. Default: 500 µs, as a good solid-state disk takes.</summary>
    public long SyncNanoseconds { get; init; } = 500_000;

    /// <summary>Of a sync, in addition, on average.</summary>
    public long SyncMeanNanoseconds { get; init; }

    /// <summary>Of any operation, at most. Default: no limit.</summary>
    public long MaxNanoseconds { get; init; } = long.MaxValue;
}

/// <summary>What goes wrong on a disk while it is in use (D5, D7). May be replaced at any time.</summary>
internal sealed record DiskFaults
{
    /// <summary>Reads that fail, of 1,000.</summary>
    public int ReadErrorsPermille { get; init; }

    /// <summary>Writes that fail, of 1,000.</summary>
    public int WriteErrorsPermille { get; init; }

    /// <summary>Syncs that fail, of 1,000. What they were to make durable is lost in part for ever, as the system forgets about it.</summary>
    public int SyncErrorsPermille { get; init; }

    /// <summary>Bytes that all files may take together. Default: no limit.</summary>
    public long CapacityBytes { get; init; } = long.MaxValue;

    /// <summary>Whether syncs say that they are done and do nothing.</summary>
    public bool SyncsLie { get; init; }
}

/// <summary>What a power loss leaves of changes that were not synced (D2, D4).</summary>
internal enum Survival
{
    /// <summary>Any of them.</summary>
    AnySubset,

    /// <summary>The first so many.</summary>
    Prefix,

    /// <summary>None.</summary>
    None,

    /// <summary>All.</summary>
    All,
}
