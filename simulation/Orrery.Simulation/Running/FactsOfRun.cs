using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Running;

/// <summary>What a judge needs to know beside the history, gathered while a run goes on.</summary>
internal sealed class FactsOfRun(RunWorld world)
{
    private const long GranularityNanoseconds = 100_000_000;

    private readonly Dictionary<string, BrokerCounts> _baselines = [];
    private readonly Dictionary<string, BrokerCounts> _ends = [];
    private readonly Dictionary<string, List<string>> _failures = [];

    /// <summary>Counts what the brokers hold before anything has happened.</summary>
    public void NoteStart() => Count(_baselines);

    /// <summary>Counts what they hold when all is over.</summary>
    public void NoteEnd() => Count(_ends);

    /// <summary>Notes an exception that nothing handled.</summary>
    public void NoteFailure(string broker, string sentence)
    {
        if (!_failures.TryGetValue(broker, out var sentences)) _failures.Add(broker, sentences = []);
        sentences.Add(sentence);
    }

    /// <summary>All of it.</summary>
    public RunFacts Build() => new()
    {
        EndNanoseconds = world.Kernel.NowNanoseconds,
        TimerGranularityNanoseconds = GranularityNanoseconds + Math.Max(
            world.Profile.TimerLatenessNanoseconds,
            world.Scenario.Topology.Brokers.Values.Max(node => node.TimerLateness?.Nanoseconds ?? 0)),
        Brokers = world.Brokers.ToDictionary(broker => broker.Name, BrokerOf, StringComparer.Ordinal),
        Clients = world.Clients.ToDictionary(
            client => client.Name,
            client => new ClientFacts { Node = client.Node, Group = client.Group, Method = client.Method },
            StringComparer.Ordinal),
        States = world.States.Samples,
    };

    private BrokerFacts BrokerOf(SimulatedBroker broker) => new()
    {
        Options = broker.Options,
        Persistence = broker.Node.Persistence,
        Failures = _failures.GetValueOrDefault(broker.Name) ?? [],
        Baseline = _baselines.GetValueOrDefault(broker.Name),
        AtEnd = _ends.GetValueOrDefault(broker.Name),
    };

    private void Count(Dictionary<string, BrokerCounts> into)
    {
        foreach (var broker in world.Brokers.Where(broker => broker.Process.CanAnswer))
        {
            into[broker.Name] = new BrokerCounts(
                broker.Process.ActorCount,
                broker.Process.TimerCount,
                StateWatch.Of(broker, "sessions"),
                StateWatch.Of(broker, "subscriptions"),
                StateWatch.Of(broker, "connections"));
        }
    }
}
