using Orrery.Actors;
using Orrery.Broker.Publishing;
using Orrery.Broker.Sharing;
using Orrery.Broker.Statistics;
using Orrery.Broker.Topics;
using static Orrery.Broker.Sessions.SessionProtocol;

namespace Orrery.Broker.Sessions;

/// <summary>Owns one client's Session State (MQTT 5 §4.1) and is the only writer of it.</summary>
/// <remarks>
/// What the client sends, its connections and its will are worked off one after the other, in the order in which
/// they came; a step that needs an answer from elsewhere (the topic tree, the end of the old connection) holds back
/// the next step, and nothing else: deliveries to the client go on.
/// </remarks>
internal sealed partial class SessionActor : UntypedActor, IWithTimers
{
    private readonly BrokerContext _broker;
    private readonly string _clientId;
    private readonly Router _router;
    private readonly DeliveryOutbox _outbox = new();
    private Tally _tally;

    public SessionActor(BrokerContext broker, string clientId)
    {
        _broker = broker;
        _clientId = clientId;
        _router = new Router(broker.Topics, Self);
        var options = broker.Options;
        _queue = new SessionQueue(options.QueuedMessagesMax, options.QueuedBytesMax, options.QueueFullPolicy);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsAttached => _attached is not null;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Deliver deliver:
                OnDeliver(deliver);
                break;
            case Inbound inbound:
                OnInbound(inbound);
                break;
            case SharedProtocol.Share share:
                OnShare(share);
                break;
            case Transmitted transmitted:
                OnTransmitted(transmitted);
                break;
            case Accepted:
                OnAccepted(Sender);
                break;
            case TopicProtocol.Retained retained:
                OnRetained(retained);
                break;
            case TopicProtocol.Subscribed subscribed:
                OnSubscribed(subscribed);
                break;
            case TopicProtocol.SubscribeRefused refused:
                OnSubscribeRefused(refused);
                break;
            case TopicProtocol.Unsubscribed unsubscribed:
                OnUnsubscribed(unsubscribed);
                break;
            case Attach attach:
                OnAttach(attach);
                break;
            case Terminated terminated:
                OnTerminated(terminated.ActorRef);
                break;
            case WillDelayElapsed:
                OnWillDelayElapsed();
                break;
            case SessionExpiryElapsed:
                OnSessionExpiryElapsed();
                break;
            default:
                Unhandled(message);
                break;
        }

        Transmit();
        ReportDone();
        _tally.Report(_broker.Statistics, Self);
    }

    private void Count(Counter counter, long amount = 1) => _tally.Add(counter, amount);

    /// <summary>Wall time in UTC ticks: what expiry is counted in, since it is kept across restarts.</summary>
    private long NowTicks => Context.System.Scheduler.Now.UtcTicks;

    private sealed record WillDelayElapsed
    {
        public static WillDelayElapsed Instance { get; } = new();
    }

    private sealed record SessionExpiryElapsed
    {
        public static SessionExpiryElapsed Instance { get; } = new();
    }
}
