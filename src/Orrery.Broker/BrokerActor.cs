using Microsoft.Extensions.Logging;
using Orrery.Actors;
using Orrery.Actors.Extensions;
using Orrery.Broker.Connections;
using Orrery.Broker.Persistence;
using Orrery.Broker.Sessions;
using Orrery.Broker.Sharing;
using Orrery.Broker.Statistics;
using Orrery.Broker.Topics;

namespace Orrery.Broker;

/// <summary>The root of one isolated broker: makes its parts, and stops them in order.</summary>
internal sealed class BrokerActor : UntypedActor
{
    private readonly Published<BrokerOptions> _options;
    private readonly ILogger _logger;
    private readonly Explanation? _explain;
    private readonly IMessageStore? _messages;
    private readonly List<IActorRef> _readyAskers = [];
    private BrokerReady? _ready;
    private StoreHandle? _store;
    private IActorRef _topics = ActorRefs.Nobody;
    private IActorRef _connections = ActorRefs.Nobody;
    private IActorRef _sessions = ActorRefs.Nobody;
    private IActorRef _statistics = ActorRefs.Nobody;
    private IActorRef _stopAsker = ActorRefs.Nobody;

    public BrokerActor(BrokerOptions options, ILogger logger, Explanation? explain, IMessageStore? messages)
    {
        _messages = messages;
        _explain = explain;
        _options = new Published<BrokerOptions>(options);
        _logger = logger;
    }

    /// <summary>A part that fails leaves the others with references to what is gone, so the whole broker stops.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);

    protected override void PreStart()
    {
        var (options, logger, explain) = (_options, _logger, _explain);
        _store = _messages is null ? null : new StoreHandle();
        var store = _store;
        var topics = TopicTree.Create(Context, TopicOptionsOf(options.Value), store);
        _topics = topics.Root;
        _statistics = Context.ActorOf(Props.Create(() => new StatisticsActor(options.Value, topics, store)), "sys");
        var statistics = _statistics;
        var groups = new SharedGroupContext(options, topics, statistics, logger, explain, store);
        var shared = Context.ActorOf(Props.Create(() => new SharedGroupsActor(groups)), "shared");
        var sessions = Context.ActorOf(
            Props.Create(() => new SessionsActor(options, topics, shared, statistics, logger, explain, store)), "sessions");
        _sessions = sessions;
        var broker = new BrokerContext(options, topics, sessions, shared, statistics, logger, explain, store);
        _connections = Context.ActorOf(Props.Create(() => new ConnectionsActor(broker)), "connections");
        if (store is null)
        {
            _ready = new BrokerReady(null, 0, 0, 0, 0);
            return;
        }

        var messages = _messages!;
        var recovery = Context.ActorOf(Props.Create(() => new RecoveryActor(topics, store, shared, sessions, logger)), "recovery");
        store.Actor = Context.ActorOf(Props.Create(() => new StoreActor(messages, store, recovery, sessions, logger)), "store");
        store.Actor.Tell(StoreProtocol.Open.Instance, Self);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ConnectionsActor.Accept accept:
                OnAccept(accept);
                break;
            case GetReady:
                _readyAskers.Add(Sender);
                AnswerReady();
                break;
            case BrokerReady ready:
                _ready = ready;
                AnswerReady();
                break;
            case SetOptions set:
                OnSetOptions(set.Options);
                break;
            case StatisticsActor.GetStatistics:
                _statistics.Forward(message);
                break;
            case SessionProtocol.Describe:
                _sessions.Forward(message);
                break;
            case Stop:
                _stopAsker = Sender;
                _connections.Tell(ConnectionsActor.StopAll.Instance, Self);
                break;
            case ConnectionsActor.AllStopped when _store is not null:
                _sessions.Tell(SessionProtocol.Settle.Instance, Self);
                break;
            case SessionProtocol.Settled:
                _store!.Actor.Tell(StoreProtocol.Close.Instance, Self);
                break;
            case ConnectionsActor.AllStopped or StoreProtocol.Closed:
                _stopAsker.Tell(Stopped.Instance, Self);
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Every actor reads the limits when it needs them; the tree alone is told, since it knows of no broker.</summary>
    private void OnSetOptions(BrokerOptions options)
    {
        var before = _options.Value;
        IReadOnlyList<string> faults = [.. options.Validate(), .. before.FixedDifferences(options)];
        if (faults.Count > 0)
        {
            BrokerLog.OptionsRefused(_logger, string.Join(' ', faults));
        }
        else
        {
            _options.Publish(options);
            _topics.Tell(new TopicProtocol.SetLimits(TopicOptionsOf(options)), Self);
            BrokerLog.OptionsChanged(_logger, options.DifferencesFrom(before));
        }

        Sender.Tell(new BrokerOptionsSet(faults), Self);
    }

    private static TopicTreeOptions TopicOptionsOf(BrokerOptions options) => new()
    {
        RetainedMessagesMax = options.RetainedMessagesMax,
        RetainedBytesMax = options.RetainedBytesMax,
        TopicLevelsMax = options.TopicLevelsMax,
    };

    /// <summary>Nobody is served before all that was kept is there.</summary>
    private void OnAccept(ConnectionsActor.Accept accept)
    {
        if (_ready is { Failure: null })
        {
            _connections.Forward(accept);
        }
        else
        {
            accept.Transport.Abort();
        }
    }

    private void AnswerReady()
    {
        if (_ready is null)
        {
            return;
        }

        foreach (var asker in _readyAskers)
        {
            asker.Tell(_ready, Self);
        }

        _readyAskers.Clear();
    }

    /// <summary>Other limits and policies, answered with <see cref="BrokerOptionsSet"/>.</summary>
    public sealed record SetOptions(BrokerOptions Options);

    /// <summary>Asks for <see cref="BrokerReady"/>.</summary>
    public sealed record GetReady
    {
        public static GetReady Instance { get; } = new();
    }

    /// <summary>Close every connection, then stop.</summary>
    public sealed record Stop
    {
        public static Stop Instance { get; } = new();
    }

    /// <summary>The answer to <see cref="Stop"/>.</summary>
    public sealed record Stopped
    {
        public static Stopped Instance { get; } = new();
    }
}
