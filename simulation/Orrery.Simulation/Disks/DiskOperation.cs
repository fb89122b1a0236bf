namespace Orrery.Simulation.Disks;

/// <summary>What a disk is asked to do. The values are part of every hash.</summary>
internal enum DiskOperationKind : byte
{
    /// <summary>To make a file.</summary>
    Create = 0,

    /// <summary>To read from a file.</summary>
    Read = 1,

    /// <summary>To write to a file.</summary>
    Write = 2,

    /// <summary>To shorten a file.</summary>
    Truncate = 3,

    /// <summary>To make a file's content durable.</summary>
    Sync = 4,

    /// <summary>To take a file out of the folder.</summary>
    Delete = 5,
}

/// <summary>How an operation ended. The values are part of every hash.</summary>
internal enum DiskOutcome : byte
{
    /// <summary>It is done.</summary>
    Done = 0,

    /// <summary>The disk reported an error (D5).</summary>
    Failed = 1,

    /// <summary>There was no room (D5).</summary>
    Full = 2,

    /// <summary>The disk said that it is done, and it is not (D7).</summary>
    Lied = 3,

    /// <summary>The world stopped at this operation, so that it never happened.</summary>
    Stopped = 4,
}

/// <summary>One operation of a simulated disk.</summary>
/// <param name="Index">Its number among the operations of the disk, from 0. Crash points are named by it.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="File">Of which file.</param>
/// <param name="Offset">Where in the file; for <see cref="DiskOperationKind.Truncate"/> its new length.</param>
/// <param name="Length">How many bytes; 0 where there are none.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="StartNanoseconds">When it was begun.</param>
/// <param name="EndNanoseconds">When it was done.</param>
internal readonly record struct DiskOperation(
    long Index, DiskOperationKind Kind, string File, long Offset, long Length, DiskOutcome Outcome, long StartNanoseconds, long EndNanoseconds);
