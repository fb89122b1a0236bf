namespace Orrery.Simulation.Kernel;

/// <summary>How a run is made and watched. What is watched never changes what happens.</summary>
internal sealed record KernelOptions
{
    /// <summary>What all chance starts from. Default: 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Events from one checkpoint of the hash to the next, 1 or more. Default: 4,096, which a search can keep in memory whole.</summary>
    public int CheckpointInterval { get; init; } = 4_096;

    /// <summary>The checkpoint interval of which every entry and its causes are kept, from 0. Default: -1, none.</summary>
    public int TracedInterval { get; init; } = -1;

    /// <summary>Called before each event, to disturb what a run must not depend on, such as the garbage collector. Default: null.</summary>
    public Action? Disturb { get; init; }
}
