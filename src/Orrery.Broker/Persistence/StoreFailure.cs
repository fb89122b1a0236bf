namespace Orrery.Broker.Persistence;

/// <summary>Why a store could not do what it was told.</summary>
public enum StoreFailureKind
{
    /// <summary>There is no room. Nothing of the call was applied, and it may be tried again.</summary>
    Full,

    /// <summary>A read or write failed. Nothing more can be trusted to this store before it is opened again.</summary>
    InputOutput,

    /// <summary>A sync failed: nobody knows what the disk holds of what was written, and trying again would hide it. As above.</summary>
    Sync,

    /// <summary>The file is damaged. As above.</summary>
    Damaged,

    /// <summary>The file can't be written: read-only, or in another process' hands. As above.</summary>
    Unavailable,

    /// <summary>The file is of a newer version than this program.</summary>
    NewerVersion,
}

/// <summary>A store's answer to a call that failed.</summary>
/// <param name="Kind">What it means for the caller.</param>
/// <param name="Message">For the operator: what happened, to which file, and what to do about it.</param>
public sealed record StoreFailure(StoreFailureKind Kind, string Message);
