using Orrery.Actors;
using Orrery.Broker.Persistence;
using Orrery.Broker.Publishing;
using Orrery.Broker.Sharing;
using Orrery.Broker.Statistics;
using Orrery.Broker.Topics;
using Orrery.Mqtt.Packets;
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
    private Router? _router;                            // of a client that publishes
    private DeliveryOutbox? _outbox;                    // the same
    private Tally _tally;
    private int _countedMessages;                       // what the tally was told of the store
    private long _countedBytes;

    public SessionActor(BrokerContext broker, string clientId)
    {
        _broker = broker;
        _clientId = clientId;
        _store = broker.Store;
        _gate = _store is null ? null : new OutputGate();
        _queue = new SessionQueue(broker.CurrentOptions);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private Router Router => _router ??= new Router(_broker.Topics, Self);

    private DeliveryOutbox Outbox => _outbox ??= new DeliveryOutbox();

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
                OnShare(share, Sender);
                break;
            case Transmitted transmitted:
                OnTransmitted(transmitted);
                break;
            case Accepted:
                OnAccepted(Sender);
                break;
            case StoreProtocol.Durable durable:
                OnDurable(durable);
                break;
            case StoreProtocol.Page page:
                OnPage(page);
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
            case Recover recover:
                OnRecover(recover.Queue);
                break;
            case Serve:
                OnServe();
                break;
            case StoreProtocol.Stalled:
                OnStalled();
                break;
            case StoreProtocol.Failed:
                OnStoreFailed();
                break;
            case Settle:
                OnSettle();
                break;
            case ShareWaited:
                OnShareWaited();
                break;
            case WillDelayElapsed:
                OnWillDelayElapsed();
                break;
            case SessionExpiryElapsed:
                OnSessionExpiryElapsed();
                break;
            case Describe:
                Sender.Tell(new SessionSnapshot(IsAttached, _outbound.InFlightCount, _queue.Count, _queue.Bytes, _inbound.Count, _subscriptions.Count), Self);
                break;
            case StatisticsActor.Collect:
                _tally.Report(_broker.Statistics, Self);
                break;
            default:
                Unhandled(message);
                break;
        }

        ResumeShares();
        Transmit();
        if (_store is not null)
        {
            ReadAhead();
            SettleWhenIdle();
        }

        ReportDone();
        CountStored();
        _tally.Announce(_broker.Statistics, Self);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        // Normally nothing is left: this is for a session that failed. Nobody may go on publishing to it.
        _tally.Add(Counter.StoredMessages, -_countedMessages);
        _tally.Add(Counter.StoredBytes, -_countedBytes);
        foreach (var entry in _subscriptions.Entries)
        {
            CountSubscription(entry, -1);
            Unsubscribe(entry);
        }

        _tally.Report(_broker.Statistics, Self);
    }

    /// <summary>Brings what the statistics know of this session's store up to date: once a turn, however much it moved.</summary>
    private void CountStored()
    {
        var messages = _queue.Count + _outbound.InFlightCount;
        if (messages != _countedMessages || _queue.Bytes != _countedBytes)
        {
            _tally.Add(Counter.StoredMessages, messages - _countedMessages);
            _tally.Add(Counter.StoredBytes, _queue.Bytes - _countedBytes);
            (_countedMessages, _countedBytes) = (messages, _queue.Bytes);
        }
    }

    private void CountSubscription(SubscriberEntry entry, int change) =>
        Count(entry.Subscription.Filter.IsShared ? Counter.SharedSubscriptions : Counter.Subscriptions, change);

    /// <summary>Counts a message that is lost, and says so where somebody wants to know of each.</summary>
    private void Drop(Counter reason, ApplicationMessage message)
    {
        Count(reason);
        _broker.Explain?.Dropped(_clientId, message, reason);
    }

    private void DropGaveWay(Counter reason)
    {
        foreach (var queued in _gaveWay)
        {
            Drop(reason, queued.Message);
            if (reason == Counter.QueueFull)
            {
                GiveUp(queued);                         // else the whole queue ends, or the store has none of it
            }
        }

        _gaveWay.Clear();
    }

    private void Count(Counter counter, long amount = 1) => _tally.Add(counter, amount);

    /// <summary>UTC ticks, which outlive a restart, counted on by the monotonic clock: what expiry of messages is counted in.</summary>
    private long NowTicks => _broker.ClockOriginTicks + Context.System.Scheduler.MonotonicClock.Ticks;

    private sealed record WillDelayElapsed
    {
        public static WillDelayElapsed Instance { get; } = new();
    }

    private sealed record SessionExpiryElapsed
    {
        public static SessionExpiryElapsed Instance { get; } = new();
    }
}
