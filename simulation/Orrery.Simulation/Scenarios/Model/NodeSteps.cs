using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Scenarios.Model;

/// <summary>A step that happens to one node.</summary>
public abstract record NodeStep : Step
{
    /// <summary>The broker or client.</summary>
    [Refers(ReferenceKind.Node)] public required string Node { get; init; }
}

/// <summary>Ends a process without warning.</summary>
[Case("crash")]
public sealed record CrashStep : NodeStep
{
    /// <summary>What is lost with it.</summary>
    public CrashKind Kind { get; init; } = CrashKind.Kill;

    /// <summary>What follows.</summary>
    public Aftermath? Then { get; init; }
}

/// <summary>What is lost with a process.</summary>
public enum CrashKind
{
    /// <summary>Its memory.</summary>
    Kill,

    /// <summary>Its memory, and writes that were not synced.</summary>
    PowerLoss,

    /// <summary>Its memory and all of its disk.</summary>
    WipedDisk,
}

/// <summary>What follows the end of a process.</summary>
public sealed record Aftermath
{
    /// <summary>How long until it starts again.</summary>
    public required Duration Restart { get; init; }
}

/// <summary>Ends a process in order.</summary>
[Case("stop")]
public sealed record StopStep : NodeStep
{
    /// <summary>What follows.</summary>
    public Aftermath? Then { get; init; }
}

/// <summary>Starts a process that was ended; one that runs is ended in order first.</summary>
[Case("restart")]
public sealed record RestartStep : NodeStep;

/// <summary>Stops a process for a while, as a virtual machine's host does.</summary>
[Case("pause")]
public sealed record PauseStep : NodeStep
{
    /// <summary>How long.</summary>
    public required Duration For { get; init; }

    /// <summary>Whether the monotonic clock of a broker stands still meanwhile, as a machine's does that is suspended.</summary>
    public bool StopsClock { get; init; }
}

/// <summary>Changes a node's clock.</summary>
[Case("set_clock")]
[OneOf("by", "rate")]
public sealed record SetClockStep : NodeStep
{
    /// <summary>Moves the wall clock; the monotonic clock goes on.</summary>
    public ClockShift? By { get; init; }

    /// <summary>How fast the clock runs from here on.</summary>
    public Ratio? Rate { get; init; }
}

/// <summary>Changes limits of a running broker; they stay when it restarts.</summary>
[Case("set_limit")]
public sealed record SetLimitStep : NodeStep
{
    /// <summary>The limits that change, all but `packet`. What is beyond a lower one stays; `in_flight`, `receive_maximum`, `keep_alive` and
    /// `session_expiry` count for clients that connect from then on.</summary>
    public required Limits Limits { get; init; }
}
