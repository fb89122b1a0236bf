using Orrery.Actors;
using Orrery.Broker;
using Orrery.Broker.Sessions;
using Orrery.Broker.Statistics;

namespace Orrery.Simulation.Processes;

// What it holds, as its actors say when they are asked: no state is read past its owner.
internal sealed partial class BrokerProcess
{
    private IActorRef? _asker;                                  // of this life
    private object? _answer;
    private IActorRef? _answerer;

    /// <summary>Whether it can be asked now: it runs, has recovered what was kept, and is not halted.</summary>
    public bool CanAnswer => State is ProcessState.Up && IsListening && _halts == 0;

    /// <summary>Actors that live now, not counted those that ask, and those of the $SYS topics, which come as they are first published.</summary>
    public int ActorCount => _system is null ? 0 : _system.CountActors(IsOfSystemTopics) - (_asker is null ? 0 : 1);

    /// <summary>Timers that wait.</summary>
    public int TimerCount => _system?.Scheduler.Count ?? 0;

    /// <summary>The broker's counters.</summary>
    public BrokerStatistics AskStatistics() => Ask<BrokerStatistics>(MqttBroker.GetStatistics);

    /// <summary>What a session holds.</summary>
    public SessionSnapshot AskSession(string clientId) => Ask<SessionSnapshot>(MqttBroker.GetSession(clientId));

    /// <summary>The actor of a session; null where there is none.</summary>
    public IActorRef? SessionActor(string clientId)
    {
        _ = AskSession(clientId);
        return _answerer?.Path.Name == "sessions" ? null : _answerer;
    }

    private static bool IsOfSystemTopics(IActorRef actor) => actor.Path.Name.StartsWith("%24SYS~", StringComparison.Ordinal);

    private T Ask<T>(object question)
        where T : class
    {
        if (!CanAnswer) throw new InvalidOperationException($"{Name} can't be asked now.");
        _asker ??= Running.System.ActorOf(Props.Create(() => new Asker(this)));
        _answer = null;
        Broker.Actor.Tell(question, _asker);
        Run();
        return _answer as T ?? throw new InvalidOperationException($"{Name} did not answer {question}.");
    }

    /// <summary>Gets the answers.</summary>
    private sealed class Asker(BrokerProcess process) : UntypedActor
    {
        protected override void OnReceive(object message) => (process._answer, process._answerer) = (message, Sender);
    }
}
