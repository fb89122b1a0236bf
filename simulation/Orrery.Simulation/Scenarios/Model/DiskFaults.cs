using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Scenarios.Model;

/// <summary>A fault of a broker's disk.</summary>
public abstract record DiskFault : FaultStep
{
    /// <summary>The broker or kind of brokers, with a store.</summary>
    [Refers(ReferenceKind.Broker)] public required string Node { get; init; }
}

/// <summary>There is no room: nothing on the disk may grow.</summary>
[Case("disk_full")]
public sealed record DiskFullFault : DiskFault
{
    /// <summary>How much room there is left; none when absent.</summary>
    public ByteSize? Room { get; init; }
}

/// <summary>Operations fail, as often as is said.</summary>
[Case("disk_error")]
public sealed record DiskErrorFault : DiskFault
{
    /// <summary>The share of reads that fail.</summary>
    public Ratio? Read { get; init; }

    /// <summary>The share of writes that fail.</summary>
    public Ratio? Write { get; init; }

    /// <summary>The share of syncs that fail; what they were to make durable is lost in part.</summary>
    public Ratio? Sync { get; init; }
}

/// <summary>The disk does nothing for a time. It can't be healed before.</summary>
[Case("disk_stall")]
public sealed record DiskStallFault : DiskFault;

/// <summary>Syncs say that they are done and do nothing; after a power loss nothing of before is asked of the broker.</summary>
[Case("disk_lies")]
public sealed record DiskLiesFault : DiskFault;

/// <summary>One bit of a file turns over, at once and for ever; when the broker starts again nothing of before is asked of it.</summary>
[Case("bit_rot")]
public sealed record BitRotFault : DiskFault
{
    /// <summary>The file.</summary>
    public StoreFile File { get; init; } = StoreFile.Database;
}

/// <summary>A file of a store.</summary>
public enum StoreFile
{
    /// <summary>The database.</summary>
    Database,

    /// <summary>Its log, which holds what was committed last.</summary>
    Log,
}
