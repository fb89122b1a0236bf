using Orrery.Actors;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Running;

/// <summary>What a judge needs to know beside the history, gathered while a run goes on.</summary>
internal sealed class FactsOfRun(RunWorld world)
{
    private const long GranularityNanoseconds = 100_000_000;
    private const int ActorsPerEvent = 16;                      // as many are looked at while an event is worked on
    private const long LookNanoseconds = 250_000_000;           // between two looks: a quarter of what L-3 allows

    private readonly Dictionary<string, BrokerCounts> _baselines = [];
    private readonly Dictionary<string, BrokerCounts> _ends = [];
    private readonly Dictionary<string, List<string>> _failures = [];
    private readonly Dictionary<string, LongestWait> _waits = [];
    private long _nextLookNanoseconds;
    private long _nextLookEvents;

    /// <summary>Counts what the brokers hold before anything has happened.</summary>
    public void NoteStart() => Count(_baselines);

    /// <summary>Counts what they hold when all is over.</summary>
    public void NoteEnd()
    {
        Count(_ends);
        LookForForgottenActors();
    }

    /// <summary>Looks now and then for actors that were forgotten. So seldom that it costs little beside the run itself.</summary>
    public void Look()
    {
        if (world.Recorder.IsOn && world.Kernel.NowNanoseconds >= _nextLookNanoseconds && world.Kernel.EventCount >= _nextLookEvents) LookForForgottenActors();
    }

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
        LaterOptions = broker.LaterOptions,
        Node = broker.Node,
        Persistence = broker.Node.Persistence,
        Failures = _failures.GetValueOrDefault(broker.Name) ?? [],
        TurnsWithoutEffectMax = broker.Process.TurnsWithoutEffectMax,
        LongestWithoutTurnNanoseconds = _waits.GetValueOrDefault(broker.Name)?.Nanoseconds ?? 0,
        LongestWithoutTurnActor = _waits.GetValueOrDefault(broker.Name)?.Actor,
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

    private void LookForForgottenActors()
    {
        var now = world.Kernel.NowNanoseconds;
        _nextLookNanoseconds = now + LookNanoseconds;
        _nextLookEvents = world.Kernel.EventCount;
        foreach (var broker in world.Brokers)
        {
            _nextLookEvents += broker.Process.ActorCount / ActorsPerEvent;
            if (!_waits.TryGetValue(broker.Name, out var waits)) _waits.Add(broker.Name, waits = new LongestWait());
            waits.Look(broker.Process.ActorsForgotten(), now);
        }
    }

    /// <summary>Since when actors of one broker have been seen with messages and no turn: at least as long they have waited.</summary>
    private sealed class LongestWait
    {
        private Dictionary<IActorRef, long> _since = [];        // looked up, never enumerated

        public long Nanoseconds { get; private set; }

        public string? Actor { get; private set; }

        public void Look(IReadOnlyList<IActorRef> actors, long now)
        {
            var seen = new Dictionary<IActorRef, long>();
            foreach (var actor in actors)
            {
                var since = _since.GetValueOrDefault(actor, now);
                seen.Add(actor, since);
                if (now - since <= Nanoseconds) continue;
                (Nanoseconds, Actor) = (now - since, actor.Path.ToStringWithoutAddress());
            }

            _since = seen;
        }
    }
}
