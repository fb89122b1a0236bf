using Orrery.Actors;
using Orrery.Broker.Connections;
using Orrery.Broker.Persistence;
using Orrery.Broker.Publishing;
using Orrery.Broker.Statistics;
using Orrery.Broker.Topics;
using Orrery.Mqtt;
using Orrery.Mqtt.Flows;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Sessions;

/// <summary>What the client publishes, and its will: kept, routed, and told to the subscribers.</summary>
internal sealed partial class SessionActor
{
    // A round of confirmations for this many published bytes: rare enough to cost nothing, often enough to bound mailboxes.
    private const int ConfirmEveryBytes = 256 * 1024;

    private int _publishedInBatch;                      // QoS 1 of this batch: their PUBACKs have not left yet
    private PublishPacket? _retaining;                  // waits for the tree to keep its message
    private ApplicationMessage? _retainingMessage;
    private long _retainToken;
    private long _publishedSinceConfirm;
    private int _confirmsOutstanding;
    private bool _heldDemand;

    private void OnPublish(PublishPacket publish)
    {
        var message = publish.Message;
        var options = _broker.Options;
        _broker.Explain?.Received(_clientId, publish);
        if (message.QoS > options.MaximumQoS)
        {
            _broker.Explain?.Refused(_clientId, message, ReasonCode.QoSNotSupported);
            AbandonBatch(ReasonCode.QoSNotSupported, $"QoS {(int)message.QoS} is above the maximum of {(int)options.MaximumQoS}");
            return;
        }

        if (message.Retain && !options.RetainAvailable)
        {
            _broker.Explain?.Refused(_clientId, message, ReasonCode.RetainNotSupported);
            AbandonBatch(ReasonCode.RetainNotSupported, "retained messages are switched off");
            return;
        }

        if (message.QoS != QoS.AtMostOnce && ExceedsReceiveMaximum(publish))
        {
            _broker.Explain?.Refused(_clientId, message, ReasonCode.ReceiveMaximumExceeded);
            AbandonBatch(ReasonCode.ReceiveMaximumExceeded, $"more than {_batch!.From.InboundMaximum} unanswered publications"); // [MQTT-3.3.4-9]
            return;
        }

        if (_broker.Options.PayloadFormatChecked && PayloadFormat.IsBroken(message))
        {
            RefusePayload(publish);
            return;
        }

        if (message.QoS == QoS.ExactlyOnce
            && _inbound.OnPublish(publish.PacketIdentifier, message.QoS, publish.Duplicate) == InboundVerdict.AcknowledgeOnly)
        {
            _broker.Explain?.Repeated(_clientId, publish);
            Send(new PubRecPacket { PacketIdentifier = publish.PacketIdentifier }); // [MQTT-4.3.3-10]
            return;
        }

        if (message.QoS == QoS.AtLeastOnce)
        {
            _publishedInBatch++;
        }

        if (message.Properties?.MessageExpiryIntervalSeconds is { } seconds)
        {
            message = message with { ExpiresAtTicks = NowTicks + (seconds * TimeSpan.TicksPerSecond) };
        }

        Publish(publish, message);
    }

    private void RefusePayload(PublishPacket publish)
    {
        Count(Counter.PayloadFormatInvalid);
        _broker.Explain?.Refused(_clientId, publish.Message, ReasonCode.PayloadFormatInvalid);
        const ReasonCode Code = ReasonCode.PayloadFormatInvalid;
        switch (publish.Message.QoS)
        {
            case QoS.AtMostOnce:
                AbandonBatch(Code, "the payload is said to be UTF-8 and is not");
                break;
            case QoS.AtLeastOnce:
                Send(new PubAckPacket { PacketIdentifier = publish.PacketIdentifier, ReasonCode = Code });
                break;
            default:
                Send(new PubRecPacket { PacketIdentifier = publish.PacketIdentifier, ReasonCode = Code });
                break;
        }
    }

    /// <summary>A message that is sent again uses no more of the quota than it does already.</summary>
    private bool ExceedsReceiveMaximum(PublishPacket publish)
    {
        var isCounted = publish.Message.QoS == QoS.ExactlyOnce && _inbound.UsesQuota(publish.PacketIdentifier);
        return _batch!.From.Version == MqttVersion.V5
            && _inbound.CountOnConnection + _publishedInBatch + (isCounted ? 0 : 1) > _batch.From.InboundMaximum;
    }

    /// <summary>Keeps a retained message, then routes it: whoever subscribes in between gets the new value.</summary>
    /// <param name="publish">What to acknowledge, or null for a will.</param>
    /// <param name="message">The message, with its expiry.</param>
    private void Publish(PublishPacket? publish, ApplicationMessage message)
    {
        if (SystemTopics.Contains(message.Topic))
        {
            RefusePublish(publish, message);
            return;
        }

        if (publish is not null && RefusalOf(message) is { } refusal)
        {
            RefuseForStore(publish, refusal);
            return;
        }

        if (!message.Retain)
        {
            RouteAndAcknowledge(publish, message);
            return;
        }

        if (_store is not null && _store.Health.State != StoreState.Working)
        {
            Count(Counter.RetainedRefused);             // delivered, and not kept
            RouteAndAcknowledge(publish, message);
            return;
        }

        FlushOutbox();
        _retaining = publish;
        _retainingMessage = message;
        _awaiting++;
        var stored = _store is null ? null : new StoredMessage(message);
        _broker.Topics.Root.Tell(new TopicProtocol.Retain(message, ++_retainToken) { Stored = stored }, Self);
    }

    /// <summary>Drops what a client may not publish. Only version 5 can say so; in version 3 the client believes it went well.</summary>
    private void RefusePublish(PublishPacket? publish, ApplicationMessage message)
    {
        Count(Counter.PublishRefused);
        _broker.Explain?.Refused(_clientId, message, ReasonCode.NotAuthorized);
        SessionLog.PublishRefused(_broker.Logger, _clientId, message.Topic);
        KeepWillDone(publish);
        if (publish is null || message.QoS == QoS.AtMostOnce)
        {
            return;
        }

        var isTold = _batch!.From.Version == MqttVersion.V5;
        Acknowledge(publish, isTold ? ReasonCode.NotAuthorized : ReasonCode.Success);
        if (isTold && message.QoS == QoS.ExactlyOnce)
        {
            _inbound.Release(publish.PacketIdentifier); // the exchange ended with the refusal [MQTT-4.3.3-9]
        }
    }

    private void OnRetained(TopicProtocol.Retained retained)
    {
        Invariant.That(retained.Token == _retainToken && _retainingMessage is not null);
        if (!retained.Stored)
        {
            Count(Counter.RetainedRefused);
            SessionLog.RetainedRefused(_broker.Logger, _clientId, _retainingMessage!.Topic);
        }

        var (publish, message) = (_retaining, _retainingMessage!);
        _broker.Explain?.Retained(message, retained.Stored);
        _retaining = null;
        _retainingMessage = null;
        _awaiting--;
        _owesToken |= _store is not null && message.QoS != QoS.AtMostOnce;  // the topic's node has written, not this session
        RouteAndAcknowledge(publish, message);
        if (publish is null)
        {
            FlushOutbox();
        }

        Advance();
    }

    private void RouteAndAcknowledge(PublishPacket? publish, ApplicationMessage message)
    {
        var route = Router.Find(message.Topic);
        _broker.Explain?.Routed(message, route);
        if (route.IsEmpty)
        {
            Count(Counter.Unmatched);
        }
        else
        {
            var stored = message.QoS == QoS.AtMostOnce ? null : KeepFor(route, message);
            Outbox.Add(route, message, _batch is null ? 1 : _batch.Count - _next + 1, OriginOf(publish), stored);
        }

        KeepWillDone(publish);

        if (publish is null || message.QoS == QoS.AtMostOnce)
        {
            return;
        }

        // Only version 5 can say that nobody was there to hear it.
        Acknowledge(publish, route.IsEmpty ? ReasonCode.NoMatchingSubscribers : ReasonCode.Success);
    }

    private void Acknowledge(PublishPacket publish, ReasonCode code)
    {
        if (publish.Message.QoS == QoS.AtLeastOnce)
        {
            Send(new PubAckPacket { PacketIdentifier = publish.PacketIdentifier, ReasonCode = code });
            return;
        }

        if (code < ReasonCode.UnspecifiedError && DurableQueue is { } queue)
        {
            // In one write with the message: with the one and without the other it would be lost, or come twice.
            Keep(new StoreMutation.AddInbound(queue, publish.PacketIdentifier));
        }

        Send(new PubRecPacket { PacketIdentifier = publish.PacketIdentifier, ReasonCode = code });
    }

    /// <summary>A will is published once: the store forgets it in the write that holds its messages.</summary>
    private void KeepWillDone(PublishPacket? publish)
    {
        if (publish is null && _kept is not null)
        {
            Keep(new StoreMutation.ClearWill(_kept));
        }
    }

    private PacketOrigin OriginOf(PublishPacket? publish) => publish is null || _batch is null
        ? default
        : new PacketOrigin(_batch.Packets, _next - 1, _batch.From.Version, publish.TopicAlias != 0);

    /// <summary>Tells the subscribers what this turn published, and now and then asks them to say that they kept up.</summary>
    private void FlushOutbox()
    {
        if (_outbox is null || _outbox.PendingBytes == 0)
        {
            return;
        }

        TellStore();                                    // before a subscriber can say anything about these messages
        _publishedSinceConfirm += _outbox.PendingBytes;
        var confirm = _publishedSinceConfirm >= ConfirmEveryBytes && _confirmsOutstanding == 0;
        _outbox.Flush(confirm, Self);
        if (!confirm)
        {
            return;
        }

        _publishedSinceConfirm = 0;
        foreach (var session in _outbox.Told)
        {
            if (!session.Equals(Self))
            {
                Context.Watch(session);                 // a session that ends answers too
                _confirmsOutstanding++;
            }
        }
    }

    private bool MustWaitForSubscribers => _publishedSinceConfirm >= ConfirmEveryBytes && _confirmsOutstanding > 0;

    private void OnAccepted(IActorRef session)
    {
        if (!session.Equals(Self))
        {
            Context.Unwatch(session);
            OnConfirmerTerminated();
        }
    }

    private void OnConfirmerTerminated()
    {
        _confirmsOutstanding--;
        Invariant.That(_confirmsOutstanding >= 0);
        if (_heldDemand && _confirmsOutstanding == 0)
        {
            _heldDemand = false;
            Answer(ConnectionProtocol.InboundHandled.Instance, promises: true);
        }
    }
}
