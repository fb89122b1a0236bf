using Orrery.Broker;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Histories;

/// <summary>What a judge needs to know of a run that its history does not show. Immutable.</summary>
public sealed record RunFacts
{
    /// <summary>When the run ended, in virtual time.</summary>
    public required long EndNanoseconds { get; init; }

    /// <summary>How late a timer may be: ε of docs/ORACLES.md. Default: 100 ms; whoever injects late timers adds their lateness.</summary>
    public long TimerGranularityNanoseconds { get; init; } = 100_000_000;

    /// <summary>The brokers by name.</summary>
    public IReadOnlyDictionary<string, BrokerFacts> Brokers { get; init; } = new Dictionary<string, BrokerFacts>();

    /// <summary>The clients by the name that events have as node, `dev[3]` for one of a group.</summary>
    public IReadOnlyDictionary<string, ClientFacts> Clients { get; init; } = new Dictionary<string, ClientFacts>();

    /// <summary>Values of the paths that `assert` steps and `state` claims name, in order of time: one when the run starts, and one at
    /// each change.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<StateSample>> States { get; init; } = new Dictionary<string, IReadOnlyList<StateSample>>();
}

/// <summary>One broker of a run.</summary>
public sealed record BrokerFacts
{
    /// <summary>Its limits and policies when it started first.</summary>
    public BrokerOptions Options { get; init; } = new();

    /// <summary>Those that it was given later, in order: its log says when each began to count.</summary>
    public IReadOnlyList<BrokerOptions> LaterOptions { get; init; } = [];

    /// <summary>The broker as the scenario has it; null for one of no scenario.</summary>
    public BrokerNode? Node { get; init; }

    /// <summary>What its store survives.</summary>
    public Persistence Persistence { get; init; }

    /// <summary>Exceptions that nothing in it handled, one sentence each.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    /// <summary>What it held right after it had started; null when not measured.</summary>
    public BrokerCounts? Baseline { get; init; }

    /// <summary>What it holds at the end of the run; null when not measured.</summary>
    public BrokerCounts? AtEnd { get; init; }

    /// <summary>The longest that an actor of it had messages and no turn, in virtual time, pauses left out.</summary>
    public long LongestWithoutTurnNanoseconds { get; init; }

    /// <summary>Which one it was; null when not known.</summary>
    public string? LongestWithoutTurnActor { get; init; }

    /// <summary>The most turns of its actors in a row that did nothing outside while others waited for one.</summary>
    public long TurnsWithoutEffectMax { get; init; }
}

/// <summary>What a broker holds.</summary>
/// <param name="Actors">Actors that live.</param>
/// <param name="Timers">Timers that wait.</param>
/// <param name="Sessions">Sessions, connected or not.</param>
/// <param name="Subscriptions">Subscriptions of all sessions.</param>
/// <param name="Connections">Connections that are open.</param>
public sealed record BrokerCounts(long Actors, long Timers, long Sessions, long Subscriptions, long Connections);

/// <summary>One client of a run.</summary>
public sealed record ClientFacts
{
    /// <summary>The client or group as the scenario has it.</summary>
    public required ClientNode Node { get; init; }

    /// <summary>The group's or client's name in the scenario.</summary>
    public required string Group { get; init; }

    /// <summary>Which of the two QoS 2 receiver methods it uses.</summary>
    public ReceiverMethod Method { get; init; }
}

/// <summary>A number of the world's state from an instant on.</summary>
/// <param name="Nanoseconds">When.</param>
/// <param name="Value">What it became.</param>
public readonly record struct StateSample(long Nanoseconds, long Value);
