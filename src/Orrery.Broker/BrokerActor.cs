using Microsoft.Extensions.Logging;
using Orrery.Actors;
using Orrery.Broker.Connections;
using Orrery.Broker.Sessions;
using Orrery.Broker.Sharing;
using Orrery.Broker.Statistics;
using Orrery.Broker.Topics;

namespace Orrery.Broker;

/// <summary>The root of one isolated broker: makes its parts, and stops them in order.</summary>
internal sealed class BrokerActor : UntypedActor
{
    private readonly BrokerOptions _options;
    private readonly ILogger _logger;
    private readonly Explanation? _explain;
    private IActorRef _connections = ActorRefs.Nobody;
    private IActorRef _statistics = ActorRefs.Nobody;
    private IActorRef _sessions = ActorRefs.Nobody;
    private IActorRef _stopAsker = ActorRefs.Nobody;

    public BrokerActor(BrokerOptions options, ILogger logger, Explanation? explain)
    {
        _explain = explain;
        _options = options;
        _logger = logger;
    }

    /// <summary>A part that fails leaves the others with references to what is gone, so the whole broker stops.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);

    protected override void PreStart()
    {
        var (options, logger, explain) = (_options, _logger, _explain);
        var topics = TopicTree.Create(Context, new TopicTreeOptions
        {
            RetainedMessagesMax = options.RetainedMessagesMax,
            RetainedBytesMax = options.RetainedBytesMax,
            TopicLevelsMax = options.TopicLevelsMax,
        });
        _statistics = Context.ActorOf(Props.Create(() => new StatisticsActor(options, topics)), "sys");
        var statistics = _statistics;
        var groups = new SharedGroupContext(options, topics, statistics, logger, explain);
        var shared = Context.ActorOf(Props.Create(() => new SharedGroupsActor(groups)), "shared");
        var sessions = Context.ActorOf(Props.Create(() => new SessionsActor(options, topics, shared, statistics, logger, explain)), "sessions");
        _sessions = sessions;
        var broker = new BrokerContext(options, topics, sessions, shared, statistics, logger, explain);
        _connections = Context.ActorOf(Props.Create(() => new ConnectionsActor(broker)), "connections");
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ConnectionsActor.Accept:
                _connections.Forward(message);
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
            case ConnectionsActor.AllStopped:
                _stopAsker.Tell(Stopped.Instance, Self);
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
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
