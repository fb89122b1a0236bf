namespace Orrery.CrashTests;

/// <summary>How the connection of a will ended.</summary>
internal enum WillEnd
{
    /// <summary>It has not, as far as is known.</summary>
    None,

    /// <summary>The client said that it wants no will, and nobody knows whether the broker heard it.</summary>
    MaybeWithout,

    /// <summary>The client said so, and the broker closed the connection while it lived.</summary>
    Without,

    /// <summary>The client said DISCONNECT with the will.</summary>
    With,

    /// <summary>The client was cut off.</summary>
    Cut,

    /// <summary>The broker was killed.</summary>
    Killed,
}

/// <summary>What the judge knows of the will of one connection.</summary>
internal sealed class JudgedWill
{
    public required uint DelaySeconds { get; init; }

    /// <summary>Whether the broker accepted the connection.</summary>
    public bool IsAccepted { get; set; }

    public WillEnd End { get; set; }

    /// <summary>When the connection ended, at the earliest.</summary>
    public double EndedAt { get; set; }

    /// <summary>The client cut the connection, maybe behind a DISCONNECT that was lost with it.</summary>
    public bool IsCut { get; set; }

    /// <summary>A later connection may have resumed the session.</summary>
    public bool IsMaybeResumed { get; set; }

    /// <summary>A later connection has resumed the session before the will was due.</summary>
    public bool IsCancelled { get; set; }

    /// <summary>The session ended before the delay had passed: the will is due at once.</summary>
    public bool IsHastened { get; set; }

    /// <summary>When it is due, at the earliest.</summary>
    public double DueAt => EndedAt + (IsHastened ? 0 : DelaySeconds);

    /// <summary>It must be published.</summary>
    public bool IsRequired => IsAccepted && !IsMaybeResumed && End is WillEnd.With or WillEnd.Cut or WillEnd.Killed;
}
