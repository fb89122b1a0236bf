using System.Globalization;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Processes;
using Orrery.Simulation.Scenarios.Model;
using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Running;

/// <summary>Follows the numbers of the world's state that a scenario names, by asking the brokers whenever they have done something.</summary>
/// <remarks>Asking takes turns of a broker's actors, so it is part of the run, whether anybody judges it or not.</remarks>
internal sealed class StateWatch
{
    private readonly RunWorld _world;
    private readonly List<Watched> _watched = [];

    /// <summary>Follows what the steps and expectations of the scenario name.</summary>
    public StateWatch(RunWorld world)
    {
        _world = world;
        var scenario = world.Scenario;
        Step[] steps = [.. scenario.Steps, .. scenario.Faults];
        var paths = steps.Select(step => step.When).OfType<StateTrigger>().Select(trigger => trigger.State)
            .Concat(steps.OfType<AssertStep>().Select(step => step.State))
            .Concat(scenario.Expect.Concat(steps.SelectMany(step => step.Expect)).OfType<StateExpectation>().Select(claim => claim.State));
        foreach (var path in paths.Distinct(StringComparer.Ordinal)) _watched.Add(new Watched(path, StatePath.Parse(path, out _)!));
    }

    /// <summary>Each number at the start and at each change, by its path.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<StateSample>> Samples =>
        _watched.ToDictionary(watched => watched.Text, watched => (IReadOnlyList<StateSample>)watched.Samples, StringComparer.Ordinal);

    /// <summary>Asks again what may have changed, and fires the triggers that wait for it.</summary>
    public void Look()
    {
        foreach (var watched in _watched)
        {
            if (Changes(watched) is not { } value) continue;
            watched.Samples.Add(new StateSample(_world.Kernel.NowNanoseconds, value));
        }

        foreach (var trigger in _world.Triggers.States)
        {
            var samples = _watched.Find(watched => watched.Text == trigger.State)!.Samples;
            if (samples.Count == 0) continue;
            var due = _world.Triggers.OnState(trigger, Holds(trigger.Is, samples[^1].Value));
            if (due.Count > 0) _world.Script.Fire(due, null, null);
        }
    }

    /// <summary>A number as it is now; the last one known where the broker can't be asked.</summary>
    public long Read(string path) => _watched.Find(watched => watched.Text == path) is { Samples: [.., var last] } ? last.Value : 0;

    /// <summary>All numbers of all brokers, for a reader.</summary>
    public string Describe() => string.Join("; ", _world.Brokers.Select(broker => $"{broker.Name}: " + (broker.Process.State == ProcessState.Down ? "down"
        : !broker.Process.CanAnswer ? "can't be asked"
        : string.Join(", ", StatePath.BrokerFields.Select(field => string.Create(CultureInfo.InvariantCulture, $"{field} {Of(broker, field)}"))))));

    /// <summary>Whether a number is what is asked.</summary>
    public static bool Holds(Comparison comparison, long value) => comparison.Operator switch
    {
        "==" => value == comparison.Value,
        "!=" => value != comparison.Value,
        ">=" => value >= comparison.Value,
        "<=" => value <= comparison.Value,
        ">" => value > comparison.Value,
        _ => value < comparison.Value,
    };

    /// <summary>A number of a broker that is up.</summary>
    public static long Of(SimulatedBroker broker, string field)
    {
        var process = broker.Process;
        if (process.State == ProcessState.Down) return 0;
        if (field == "actors") return process.ActorCount;
        if (field == "timers") return process.TimerCount;
        var statistics = process.AskStatistics();
        return field switch
        {
            "connections" => statistics.ConnectionsOpen,
            "clients" => statistics.ClientsConnected,
            "sessions" => statistics.Sessions,
            "subscriptions" => statistics.Topics.Subscriptions,
            "retained" => statistics.Topics.RetainedMessages,
            _ => statistics.Topics.RetainedBytes,
        };
    }

    private static long Of(SimulatedClient client, string field)
    {
        if (client.Broker.Process.State == ProcessState.Down) return 0;
        var session = client.Broker.Process.AskSession(client.ClientId);
        return field switch
        {
            "connected" => session.IsConnected ? 1 : 0,
            "inflight" => session.InFlight,
            "queued" => session.Queued,
            "queued_bytes" => session.QueuedBytes,
            "inbound" => session.Inbound,
            _ => session.Subscriptions,
        };
    }

    /// <summary>The new value of a number; null if it is as before, or can't be asked for at the moment.</summary>
    private long? Changes(Watched watched)
    {
        SimulatedClient[] clients = watched.Path.IsSession ? [.. _world.ClientsOf(watched.Path.Name)] : [];
        SimulatedBroker[] brokers = watched.Path.IsSession ? [.. clients.Select(client => client.Broker).Distinct()] : [.. _world.BrokersOf(watched.Path.Name)];
        var seen = brokers.Sum(broker => broker.Process.Turns + (broker.Process.Lives * 1_000_003L) + (long)broker.Process.State);
        if (seen == watched.Seen || Array.Exists(brokers, broker => broker.Process.State != ProcessState.Down && !broker.Process.CanAnswer)) return null;
        var value = watched.Path.IsSession ? clients.Sum(client => Of(client, watched.Path.Field)) : brokers.Sum(broker => Of(broker, watched.Path.Field));
        watched.Seen = brokers.Sum(broker => broker.Process.Turns + (broker.Process.Lives * 1_000_003L) + (long)broker.Process.State);
        return watched.Samples is [.., var last] && last.Value == value ? null : value;
    }

    private sealed class Watched(string text, StatePath path)
    {
        public string Text => text;

        public StatePath Path => path;

        public List<StateSample> Samples { get; } = [];

        /// <summary>What the brokers had done when they were asked.</summary>
        public long Seen { get; set; } = -1;
    }
}
