using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Scenarios.Model;

/// <summary>One world, what happens in it, and what must hold: a scenario file after expansion.</summary>
public sealed record Scenario
{
    /// <summary>Version of the format; this reader knows 1.</summary>
    [Within(1, 1)] public required int Orrery { get; init; }

    /// <summary>Names the scenario in every report; the seeds of a sweep come from it.</summary>
    [Text(TextKind.ScenarioName)] public required string Name { get; init; }

    /// <summary>One sentence for a reader.</summary>
    [NotHashed] public string? About { get; init; }

    /// <summary>Statements of the specification that it is about: MQTT-3.1.2-22, or v311:… for an id of MQTT 3.1.1.</summary>
    [Text(TextKind.Statement)] public IReadOnlyList<string> Spec { get; init; } = [];

    /// <summary>Where all chance comes from; absent in a sweep, which makes its own, and where each run brings one.</summary>
    [NotHashed] public ulong? Seed { get; init; }

    /// <summary>What a target must be able to do; elsewhere the scenario is skipped, not passed.</summary>
    public Requirements? Requires { get; init; }

    /// <summary>How the times of this file map to real time, for a target without virtual time.</summary>
    public RealTime? Time { get; init; }

    /// <summary>The brokers, clients and what joins them.</summary>
    public required Topology Topology { get; init; }

    /// <summary>What happens, in file order at equal times.</summary>
    public IReadOnlyList<Step> Steps { get; init; } = [];

    /// <summary>Faults at a time or upon a trigger: steps of the verbs that hurt.</summary>
    public IReadOnlyList<Step> Faults { get; init; } = [];

    /// <summary>Random background faults.</summary>
    public Profile? Profile { get; init; }

    /// <summary>The stretches of the run.</summary>
    public Phases? Phases { get; init; }

    /// <summary>Traffic of whole groups of clients, by the group's name.</summary>
    [Refers(ReferenceKind.Client)] public NameDictionary<Workload> Workload { get; init; } = new([]);

    /// <summary>What must hold, beside the oracles.</summary>
    public IReadOnlyList<Expectation> Expect { get; init; } = [];

    /// <summary>What must hold besides the oracles, and that each broker recovers, wherever `orrery run --crash-points` crashes the run.</summary>
    [NotHashed] public IReadOnlyList<Expectation> Crashed { get; init; } = [];

    /// <summary>The oracles that do not apply here.</summary>
    public OracleSelection? Oracles { get; init; }

    /// <summary>The traces that a run must reproduce.</summary>
    [NotHashed] public Golden? Golden { get; init; }

    /// <summary>What is measured.</summary>
    public IReadOnlyList<Metric> Metrics { get; init; } = [];

    /// <summary>How measurements are written.</summary>
    public Report? Report { get; init; }

    /// <summary>What at least one of many runs should reach, in words.</summary>
    public IReadOnlyList<string> Sometimes { get; init; } = [];
}

/// <summary>What a target must be able to do.</summary>
public sealed record Requirements
{
    /// <summary>MQTT 5.0.</summary>
    public bool Mqtt5 { get; init; }

    /// <summary>What survives a crash.</summary>
    public Persistence? Persistence { get; init; }

    /// <summary>A look into the broker: disk and state.</summary>
    [Key("white-box")] public bool WhiteBox { get; init; }

    /// <summary>A clock that the run moves.</summary>
    [Key("virtual-time")] public bool VirtualTime { get; init; }

    /// <summary>Shared subscriptions.</summary>
    [Key("shared-subscriptions")] public bool SharedSubscriptions { get; init; }

    /// <summary>Retained messages.</summary>
    public bool Retain { get; init; }

    /// <summary>Bridges between brokers.</summary>
    public bool Bridges { get; init; }
}

/// <summary>How the times of a file map to real time.</summary>
public sealed record RealTime
{
    /// <summary>Real time in a unit of the file's; only for times that the scenario owns.</summary>
    public required Ratio Scale { get; init; }
}

/// <summary>What a broker's store survives, by the names of `orrery serve --persistence`.</summary>
public enum Persistence
{
    /// <summary>There is no store: nothing outlives the process.</summary>
    Memory,

    /// <summary>Outlives the process, not a power loss.</summary>
    Os,

    /// <summary>Outlives a power loss, with one sync for all that was waiting.</summary>
    Group,

    /// <summary>Outlives a power loss, with a sync for each write.</summary>
    Fsync,
}

/// <summary>Random background faults.</summary>
public sealed record Profile
{
    /// <summary>The distribution that parameters are drawn from.</summary>
    public ProfileBase Base { get; init; } = ProfileBase.Wild;

    /// <summary>The classes of the fault model that take part; all of the base's when empty.</summary>
    [Text(TextKind.FaultClass)] public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Classes that do not.</summary>
    [Text(TextKind.FaultClass)] public IReadOnlyList<string> Omit { get; init; } = [];

    /// <summary>The chance that a class is switched off for a whole run.</summary>
    public Ratio? OmitEach { get; init; }
}

/// <summary>Sets of fault parameters.</summary>
public enum ProfileBase
{
    /// <summary>No fault.</summary>
    Calm,

    /// <summary>The draws of the fault model.</summary>
    Wild,

    /// <summary>The wild draws and corrupted bytes, which only robustness is judged under.</summary>
    Hostile,

    /// <summary>The wild draws and a disk that says it has synced when it has not.</summary>
    LyingDisk,
}

/// <summary>The stretches of a run.</summary>
public sealed record Phases
{
    /// <summary>How long no fault is injected at the start.</summary>
    public Duration? Warmup { get; init; }

    /// <summary>How long faults are.</summary>
    public Duration? Chaos { get; init; }

    /// <summary>The end of all faults.</summary>
    public Heal? Heal { get; init; }
}

/// <summary>The end of all faults, after which the world must get well.</summary>
public sealed record Heal
{
    /// <summary>When; after `chaos` when absent.</summary>
    public Duration? At { get; init; }

    /// <summary>The nodes that must be well again; `all` for every one.</summary>
    [OneOrMany] public IReadOnlyList<string> Core { get; init; } = [];

    /// <summary>How long that may take.</summary>
    public Duration? Within { get; init; }
}

/// <summary>The oracles that do not apply to a scenario.</summary>
[Needs("skip", "reason")]
public sealed record OracleSelection
{
    /// <summary>Ids of oracles.</summary>
    [Text(TextKind.Oracle)] public IReadOnlyList<string> Skip { get; init; } = [];

    /// <summary>Why they do not apply.</summary>
    public string? Reason { get; init; }
}

/// <summary>The traces that a run must reproduce.</summary>
[OneOf("trace", "runs")]
public sealed record Golden
{
    /// <summary>The engine's version that they are of.</summary>
    public required string Engine { get; init; }

    /// <summary>The start of the trace hash of the only run.</summary>
    [Text(TextKind.TraceHash)] public string? Trace { get; init; }

    /// <summary>The start of each run's trace hash, by the run's name.</summary>
    public NameDictionary<string> Runs { get; init; } = new([]);
}
