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
/// <remarks>
/// A part that fails takes the whole broker with it, which is then made anew, from what its store has kept if it has one. One
/// that fails more than <see cref="BrokerOptions.RestartsMax"/> times within a minute gives up: it stops, and whoever watches
/// <see cref="MqttBroker.Actor"/> hears of it (docs/decisions/0013-failures.md).
/// </remarks>
internal sealed class BrokerActor : UntypedActor
{
    private readonly BrokerLife _life;
    private readonly Published<BrokerOptions> _options;
    private readonly ILogger _logger;
    private readonly Explanation? _explain;
    private readonly IMessageStore? _messages;
    private BrokerReady? _ready;
    private StoreHandle? _store;
    private IActorRef _topics = ActorRefs.Nobody;
    private IActorRef _connections = ActorRefs.Nobody;
    private IActorRef _sessions = ActorRefs.Nobody;
    private IActorRef _statistics = ActorRefs.Nobody;
    private IActorRef _recovery = ActorRefs.Nobody;
    private (string Part, Exception Cause)? _failure;
    private bool _isRestart;

    public BrokerActor(BrokerLife life, ILogger logger, Explanation? explain, IMessageStore? messages)
    {
        _life = life;
        _messages = messages;
        _explain = explain;
        _options = new Published<BrokerOptions>(life.Options);
        _logger = logger;
    }

    /// <summary>A part that fails leaves the others with references to what is gone, so the whole broker fails.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
    {
        _failure = (Sender.Path.Name, cause);
        return Directive.Escalate;
    });

    /// <summary>Counts the failure, and lets go of all parts: connections are aborted, what the store has not kept is lost.</summary>
    protected override void PreRestart(Exception reason, object? message)
    {
        var part = _failure?.Part ?? Self.Path.Name;
        _failure = null;
        var count = _life.NoteFailure(Context.System.Scheduler.MonotonicClock);
        if (_life.StopAsker is not null)
        {
            BrokerLog.FailedWhileStopping(_logger, part, reason);
        }
        else if (_life.HasGivenUp)
        {
            BrokerLog.GaveUp(_logger, part, count, BrokerLife.Window.TotalSeconds, _options.Value.RestartsMax, reason);
        }
        else
        {
            BrokerLog.BrokerFailed(_logger, part, count, BrokerLife.Window.TotalSeconds, _options.Value.RestartsMax, reason);
        }

        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        if (_life.StopAsker is { } asker)
        {
            asker.Tell(Stopped.Instance, Self);         // what a failure leaves is as good as it gets: not made anew to be stopped
            Context.Stop(Self);
        }
        else if (_life.HasGivenUp)
        {
            Context.Stop(Self);
        }
        else
        {
            _isRestart = true;
            base.PostRestart(reason);
        }
    }

    protected override void PostStop()
    {
        if (_failure is var (part, cause))
        {
            BrokerLog.PartNotMade(_logger, part, cause);    // its supervisor does not try such a failure again
        }
    }

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
        _recovery = recovery;
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
                _life.ReadyAskers.Add(Sender);
                AnswerReady();
                break;
            case BrokerReady ready when Sender.Equals(_recovery):
                OnReady(ready);
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
                _life.StopAsker = Sender;
                _connections.Tell(ConnectionsActor.StopAll.Instance, Self);
                break;
            case ConnectionsActor.AllStopped when _store is not null:
                _sessions.Tell(SessionProtocol.Settle.Instance, Self);
                break;
            case SessionProtocol.Settled:
                _store!.Actor.Tell(StoreProtocol.Close.Instance, Self);
                break;
            case ConnectionsActor.AllStopped or StoreProtocol.Closed:
                _life.StopAsker!.Tell(Stopped.Instance, Self);
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
            _life.Options = options;
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

    private void OnReady(BrokerReady ready)
    {
        _ready = ready;
        if (_isRestart && ready.Failure is not null && _life is { ReadyAskers.Count: 0, StopAsker: null })
        {
            // The host has long been told that the broker serves: nobody would hear that it does so no more.
            BrokerLog.NotReadyAgain(_logger);
            Context.Stop(Self);
            return;
        }

        AnswerReady();
    }

    private void AnswerReady()
    {
        if (_ready is null)
        {
            return;
        }

        foreach (var asker in _life.ReadyAskers)
        {
            asker.Tell(_ready, Self);
        }

        _life.ReadyAskers.Clear();
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
