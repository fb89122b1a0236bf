using Orrery.Broker.Persistence;
using Orrery.Simulation.Kernel;

namespace Orrery.Simulation.Running;

/// <summary>How a run is made and watched. What is watched never changes what happens.</summary>
public sealed record RunOptions
{
    /// <summary>The seed in place of the file's; null for the file's.</summary>
    public ulong? Seed { get; init; }

    /// <summary>How many events the history keeps.</summary>
    public int HistoryEventsMax { get; init; } = Histories.History.DefaultEventsMax;

    /// <summary>Whether timers, decisions of the broker and held segments are recorded too: for looking at a run, not needed to judge it.</summary>
    public bool Detailed { get; init; }

    /// <summary>Whether the history is recorded and judged. False only measures and hashes.</summary>
    public bool Judges { get; init; } = true;

    /// <summary>Where a broker is crashed beside what the scenario says; null for nowhere. The story is then another one, so of the scenario's claims
    /// only those are judged that speak of no time and no number. Whether it came to that: <see cref="RunResult.CrashReach"/>.</summary>
    public CrashPoint? Crash { get; init; }

    /// <summary>Puts something between each broker and its store, for a mistake that is to be noticed; null for nothing.</summary>
    internal Func<IMessageStore, IMessageStore>? WrapStore { get; init; }

    /// <summary>How the kernel is watched and disturbed; the seed in it does not count.</summary>
    internal KernelOptions Kernel { get; init; } = new();
}
