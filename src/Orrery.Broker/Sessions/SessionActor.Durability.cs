using Orrery.Broker.Connections;
using Orrery.Broker.Persistence;
using Orrery.Broker.Publishing;
using Orrery.Broker.Statistics;
using Orrery.Mqtt;
using Orrery.Mqtt.Flows;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Sessions;

/// <summary>What of this session outlives the process: what it writes, and what it does when it can't.</summary>
/// <remarks>A session whose broker has no store comes past here with a look at a null.</remarks>
internal sealed partial class SessionActor
{
    private const int MutationsExpectedMax = 64;

    private readonly StoreHandle? _store;
    private StoredQueue? _kept;                         // what the store has of the session; null for nothing
    private bool _isDurable;                            // the store has its queue and its exchanges too, not the will alone
    private List<StoreMutation>? _mutations;            // decided, and not yet told
    private int _mutationsExpected = 1;                 // as many as last time
    private bool _owesToken;                            // waits for what others wrote on this session's behalf
    private long _token;                                // this session's count of its writes
    private long _exchangeOrder;

    private StoredQueue? DurableQueue => _isDurable ? _kept : null;

    private void Keep(StoreMutation mutation) => (_mutations ??= new List<StoreMutation>(_mutationsExpected)).Add(mutation);

    /// <summary>Tells the store what was decided, before anybody else hears of it.</summary>
    private void TellStore()
    {
        if (_mutations is null && !_owesToken)
        {
            return;
        }

        _store!.Actor.Tell(new StoreProtocol.Write(_mutations ?? [], ++_token), Self);
        _mutationsExpected = Math.Clamp(_mutations?.Count ?? 0, 1, MutationsExpectedMax);
        _mutations = null;
        _owesToken = false;
    }

    /// <summary>Begins what outlives the process, for a session that outlives its connection, or has a will to be published after a crash.</summary>
    private void BeginKeeping(uint expiry, Will? will)
    {
        _isDurable = _store is not null && expiry > 0;
        if (_isDurable || (will is not null && _store?.Health.State == StoreState.Working))
        {
            _kept = new StoredQueue(StoredQueueKind.Session, _clientId);
            Keep(new StoreMutation.BeginQueue(_kept));
        }
    }

    private void KeepAttach(uint expiry, Will? will)
    {
        if (_kept is not null)
        {
            Keep(new StoreMutation.Attach(_kept, expiry, will));
        }
    }

    /// <summary>Keeps when the session ends and its will is due, by the wall clock: it goes on while the broker is down.</summary>
    private void KeepDetach()
    {
        if (_kept is null)
        {
            return;
        }

        var now = NowTicks;
        var expiresAt = _sessionExpiryIntervalSeconds == uint.MaxValue ? long.MaxValue : now + TicksOf(_sessionExpiryIntervalSeconds);
        var willDueAt = _will is null ? 0 : now + TicksOf(Math.Min(_will.DelayIntervalSeconds, _sessionExpiryIntervalSeconds));
        Keep(new StoreMutation.Detach(_kept, _sessionExpiryIntervalSeconds, expiresAt, willDueAt));
    }

    private static long TicksOf(uint seconds) => seconds * TimeSpan.TicksPerSecond;

    private void EndKeeping()
    {
        if (_kept is not null)
        {
            Keep(new StoreMutation.EndQueue(_kept));
        }

        _kept = null;
        _isDurable = false;
        _isReading = false;
    }

    private void KeepSubscription(Topics.SubscriberEntry entry)
    {
        if (DurableQueue is { } queue)
        {
            Keep(new StoreMutation.PutSubscription(queue, entry.Subscription, entry.SubscriptionIdentifier));
        }
    }

    /// <summary>Puts a message into all durable queues on its route, in one write, which the publisher's acknowledgement waits for.</summary>
    private StoredMessage? KeepFor(Route route, ApplicationMessage message)
    {
        if (!route.IsDurable || route.QueuesFor(message.QoS, message.Retain) is not { Length: > 0 } queues)
        {
            return null;
        }

        var stored = new StoredMessage(message);
        Keep(new StoreMutation.AddMessage(stored, queues));
        return stored;
    }

    /// <summary>Keeps the identifier of a message that is about to be sent for the first time.</summary>
    private void KeepStart(QueuedMessage queued, PacketIdentifier identifier)
    {
        if (DurableQueue is { } queue)
        {
            if (!ReferenceEquals(queued.Holder, queue))
            {
                Take(queued, queue);
            }

            Keep(new StoreMutation.StartExchange(queue, queued.Stored!, identifier, ++_exchangeOrder));
        }
        else if (queued is { Holder: not null, QoS: QoS.ExactlyOnce })
        {
            Unkeep(queued);                             // nobody else may get it, even if this session ends [MQTT-4.8.2-5]
        }
    }

    /// <summary>A message that this session's queue does not have yet: a retained one, or one that a shared subscription has given.</summary>
    /// <remarks>It gets an identity of its own: the queue may hold the same message already, through another subscription.</remarks>
    private void Take(QueuedMessage queued, StoredQueue queue)
    {
        Unkeep(queued);
        queued.Stored = new StoredMessage(queued.Message);
        queued.Holder = queue;
        Keep(new StoreMutation.AddMessage(queued.Stored, [new QueueTarget(queue, queued.QoS, queued.Retain, queued.Identifiers)]));
    }

    private void KeepRelease(QueuedMessage queued)
    {
        if (DurableQueue is { } queue)
        {
            Keep(new StoreMutation.AdvanceExchange(queue, queued.Stored!, OutboundState.AwaitingPubComp));
        }
    }

    /// <summary>The message is done: no queue needs it for this session any more.</summary>
    private void Unkeep(QueuedMessage queued)
    {
        if (queued.Holder is { } holder)
        {
            Keep(new StoreMutation.RemoveMessage(holder, queued.Stored!));
            queued.Holder = null;
        }
    }

    /// <summary>The same for a message that the session was told of and does not send from its queue in the store.</summary>
    private void GiveUp(QueuedMessage queued)
    {
        if (queued is { Holder: not null, Stored: { } stored })
        {
            _queue.GiveUp(stored);
            Unkeep(queued);
        }
    }

    private void OnDurable(StoreProtocol.Durable durable)
    {
        _gate!.Open(durable.Token);
        ReleaseHeld();
    }

    /// <summary>Why the store can't take what a connection needs of it; null if it can, or need not.</summary>
    private (ReasonCode Code, string Reason)? RefusalOf(ConnectPacket connect) =>
        _store is null || !(_isDurable || ExpiryOf(connect) > 0) ? null : _store.Health.State switch
        {
            StoreState.Full => (ReasonCode.QuotaExceeded, "the broker's store has no room"),
            StoreState.Failed => (ReasonCode.ServerUnavailable, "the broker's store has failed"),
            _ => null,
        };

    /// <summary>Why the store can't take a message that it has to; null if it can, or need not.</summary>
    private ReasonCode? RefusalOf(ApplicationMessage message)
    {
        if (_store is null || _store.Health.State == StoreState.Working || message.QoS == QoS.AtMostOnce)
        {
            return null;
        }

        var needsStore = message.Retain || (message.QoS == QoS.ExactlyOnce && _isDurable) || Router.Find(message.Topic).IsDurable;
        return !needsStore ? null
            : _store.Health.State == StoreState.Full ? ReasonCode.QuotaExceeded
            : ReasonCode.ImplementationSpecificError;
    }

    /// <summary>Says that a message was not taken over; an older client, which can't be told, is disconnected without an acknowledgement.</summary>
    private void RefuseForStore(PublishPacket publish, ReasonCode code)
    {
        Count(Counter.PublishRefused);
        _broker.Explain?.Refused(_clientId, publish.Message, code);
        if (publish.Message.QoS == QoS.ExactlyOnce)
        {
            _inbound.Release(publish.PacketIdentifier); // [MQTT-4.3.3-9]
        }

        if (_batch!.From.Version == MqttVersion.V5)
        {
            Acknowledge(publish, code);
        }
        else
        {
            AbandonBatch(code, "the broker's store can't take the message");
        }
    }

    /// <summary>There is no room for what this session wrote. Who waits for an answer is told, rather than left in silence.</summary>
    private void OnStalled()
    {
        if (_attached is null || !_gate!.HoldsAnswer)
        {
            return;
        }

        DropConnection(ReasonCode.QuotaExceeded, ReasonCode.QuotaExceeded, "the broker's store has no room");
    }

    /// <summary>What this session wrote is not durable, and will not be. Without a store there is no durable session.</summary>
    private void OnStoreFailed()
    {
        if (_attached is not null && (_isDurable || _gate!.IsHolding))
        {
            DropConnection(ReasonCode.ImplementationSpecificError, ReasonCode.ServerUnavailable, "the broker's store has failed");
        }
    }

    private void DropConnection(ReasonCode code, ReasonCode connectCode, string reason)
    {
        var connection = _attached!.Connection;
        if (DropHeld(out var end))
        {
            if (_attached.HasResumed)
            {
                _attached.SessionExpiryIntervalSeconds = _sessionExpiryIntervalSeconds;     // who is refused does not end the session
            }

            connection.Tell(new ConnectionProtocol.Refused(connectCode, reason), Self); // CONNACK had not left
        }
        else
        {
            // Who has left, or has broken a rule, is not told of the store too. Most have closed their connection by now: to keep it open
            // until there is room would tell them nothing. So a crash before that may bring a will back (docs/DURABILITY.md).
            connection.Tell(end ?? new ConnectionProtocol.Disconnect(code, reason), Self);
        }
    }
}
