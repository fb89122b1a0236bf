using Orrery.Broker.Connections;
using Orrery.Broker.Publishing;
using Orrery.Broker.Statistics;
using Orrery.Broker.Topics;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Flows;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Sessions.SessionProtocol;

namespace Orrery.Broker.Sessions;

/// <summary>What the client sends, step by step.</summary>
internal sealed partial class SessionActor
{
    private readonly InboundFlow _inbound = new();
    private ShortQueue<object> _work;                   // ClientBatch, Attach, ApplicationMessage (a will), EndSession
    private ShortQueue<object> _urgentWork;             // what an Attach needs done before it goes on
    private ClientBatch? _batch;
    private int _next;                                  // the packet of the batch that is due
    private int _awaiting;                              // answers that the current step waits for
    private int _publishedInBatch;                      // QoS 1 of this batch: their PUBACKs have not left yet
    private PublishPacket? _retaining;                  // waits for the tree to keep its message
    private ApplicationMessage? _retainingMessage;
    private long _retainToken;

    private void OnInbound(Inbound inbound)
    {
        if (_attached is null || !Sender.Equals(_attached.Connection))
        {
            CountVoid(inbound.Batch, 0, inbound.Count);
            return;
        }

        _work.Enqueue(new ClientBatch(inbound.Batch, inbound.Count, _attached));
        Advance();
    }

    /// <summary>Works until nothing is left or a step has to wait.</summary>
    private void Advance()
    {
        while (_awaiting == 0)
        {
            if (_urgentWork.TryDequeue(out var work))
            {
                Begin(work);
            }
            else if (_attachStep != AttachStep.None)
            {
                ContinueAttach();
            }
            else if (_batch is not null)
            {
                StepBatch();
            }
            else if (_work.TryDequeue(out work))
            {
                Begin(work);
            }
            else
            {
                return;
            }
        }
    }

    private void Begin(object work)
    {
        switch (work)
        {
            case ClientBatch batch:
                // Bytes of a connection that was displaced meanwhile count as lost on the way.
                _batch = ReferenceEquals(batch.From, _attached) ? batch : null;
                if (_batch is null)
                {
                    CountVoid(batch.Packets, 0, batch.Count);
                }

                _next = 0;
                _publishedInBatch = 0;
                break;
            case Attach attach:
                BeginAttach(attach);
                break;
            case ApplicationMessage will:
                _broker.Explain?.WillIsDue(_clientId, will);
                Publish(null, will);
                if (_awaiting == 0)
                {
                    FlushOutbox();
                }

                break;
            case EndSession:
                End();
                break;
            case Farewell:
                SayFarewell();
                break;
            default:
                throw new InvariantViolationException($"no work of type {work.GetType()}");
        }
    }

    private void StepBatch()
    {
        var batch = _batch!;
        while (_awaiting == 0 && _next < batch.Count)
        {
            Handle(batch.Packets[_next++]);
            if (!ReferenceEquals(_batch, batch))
            {
                return;                                 // a protocol error or DISCONNECT ended the batch
            }
        }

        if (_awaiting == 0)
        {
            FinishBatch();
        }
    }

    private void FinishBatch()
    {
        FlushOutbox();
        if (MustWaitForSubscribers)
        {
            _heldDemand = true;                         // answered once the subscribers have kept up
        }
        else
        {
            Answer(ConnectionProtocol.InboundHandled.Instance);
        }

        _batch = null;
    }

    /// <summary>Ends the batch early: the connection closes, what came after is void.</summary>
    private void AbandonBatch(ReasonCode? reasonCode, string reason)
    {
        FlushOutbox();
        Answer(new ConnectionProtocol.Disconnect(reasonCode, reason));
        CountVoid(_batch!.Packets, _next, _batch.Count);
        _batch = null;
    }

    private void CountVoid(PacketBatch batch, int first, int end)
    {
        for (var i = first; i < end; i++)
        {
            if (batch[i] is PublishPacket publish)
            {
                Count(Counter.PublishVoid);
                _broker.Explain?.Void(_clientId, publish.Message);
            }
        }
    }

    private void Answer(object message)
    {
        Transmit();
        _attached?.Connection.Tell(message, Self);
    }

    private void Handle(Packet packet)
    {
        switch (packet)
        {
            case PublishPacket publish:
                OnPublish(publish);
                break;
            case PubAckPacket acknowledged:
                Completed(_outbound.OnPubAck(acknowledged.PacketIdentifier, acknowledged.ReasonCode, out var pubackMessage), acknowledged, pubackMessage);
                break;
            case PubRecPacket received:
                Completed(_outbound.OnPubRec(received.PacketIdentifier, received.ReasonCode, out var pubrecMessage), received, pubrecMessage);
                break;
            case PubCompPacket completed:
                Completed(_outbound.OnPubComp(completed.PacketIdentifier, completed.ReasonCode, out var pubcompMessage), completed, pubcompMessage);
                break;
            case PubRelPacket release:
                OnPubRel(release);
                break;
            case SubscribePacket subscribe:
                OnSubscribe(subscribe);
                break;
            case UnsubscribePacket unsubscribe:
                OnUnsubscribe(unsubscribe);
                break;
            case DisconnectPacket disconnect:
                OnDisconnect(disconnect);
                break;
            case PingReqPacket:
                break;                                  // the connection has answered it
            default:
                throw new InvariantViolationException($"{packet.Type} is not for a session");
        }
    }

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
            AbandonBatch(ReasonCode.ReceiveMaximumExceeded, $"more than {options.ReceiveMaximum} unanswered publications"); // [MQTT-3.3.4-9]
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
            && _inbound.CountOnConnection + _publishedInBatch + (isCounted ? 0 : 1) > _broker.Options.ReceiveMaximum;
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

        if (!message.Retain)
        {
            RouteAndAcknowledge(publish, message);
            return;
        }

        FlushOutbox();
        _retaining = publish;
        _retainingMessage = message;
        _awaiting++;
        _broker.Topics.Root.Tell(new TopicProtocol.Retain(message, ++_retainToken), Self);
    }

    /// <summary>Drops what a client may not publish. Only version 5 can say so; in version 3 the client believes it went well.</summary>
    private void RefusePublish(PublishPacket? publish, ApplicationMessage message)
    {
        Count(Counter.PublishRefused);
        _broker.Explain?.Refused(_clientId, message, ReasonCode.NotAuthorized);
        SessionLog.PublishRefused(_broker.Logger, _clientId, message.Topic);
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
            Outbox.Add(route, message, _batch is null ? 1 : _batch.Count - _next + 1, OriginOf(publish));
        }

        if (publish is null || message.QoS == QoS.AtMostOnce)
        {
            return;
        }

        // Only version 5 can say that nobody was there to hear it.
        Acknowledge(publish, route.IsEmpty ? ReasonCode.NoMatchingSubscribers : ReasonCode.Success);
    }

    private void Acknowledge(PublishPacket publish, ReasonCode code) => Send(publish.Message.QoS == QoS.AtLeastOnce
        ? new PubAckPacket { PacketIdentifier = publish.PacketIdentifier, ReasonCode = code }
        : new PubRecPacket { PacketIdentifier = publish.PacketIdentifier, ReasonCode = code });

    private PacketOrigin OriginOf(PublishPacket? publish) => publish is null || _batch is null
        ? default
        : new PacketOrigin(_batch.Packets, _next - 1, _batch.From.Version, publish.TopicAlias != 0);

    private void OnPubRel(PubRelPacket release)
    {
        // An unknown identifier is answered too, and in version 5 with 0x92 [MQTT-4.3.3-11].
        var found = _inbound.OnPubRel(release.PacketIdentifier);
        Send(new PubCompPacket
        {
            PacketIdentifier = release.PacketIdentifier,
            ReasonCode = found == PubRelVerdict.Found ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound,
        });
    }

    private void Completed(FlowOutcome outcome, AcknowledgementPacket packet, QueuedMessage? message)
    {
        switch (outcome)
        {
            case FlowOutcome.SendPubRel:
                Send(new PubRelPacket { PacketIdentifier = packet.PacketIdentifier });
                break;
            case FlowOutcome.SendPubRelNotFound:
                Send(new PubRelPacket { PacketIdentifier = packet.PacketIdentifier, ReasonCode = ReasonCode.PacketIdentifierNotFound });
                break;
            case FlowOutcome.Completed:
                _broker.Explain?.Acknowledged(_clientId, message!.Message, packet.ReasonCode);
                Done(message);
                break;
            case FlowOutcome.Ignored:
                break;
            default:
                throw new InvariantViolationException($"no rule for {outcome}");
        }

        Pump();
    }

    private void OnDisconnect(DisconnectPacket disconnect)
    {
        _tally.Add(ReasonCounter.ClosedByClient, disconnect.ReasonCode);
        if (disconnect.SessionExpiryIntervalSeconds is { } seconds)
        {
            // A session that was to end with its connection can't be prolonged at the last moment.
            var from = _batch!.From;
            if (from.SessionExpiryIntervalSeconds == 0 && seconds != 0)
            {
                AbandonBatch(ReasonCode.ProtocolError, "Session Expiry Interval was 0 in CONNECT and can't be raised in DISCONNECT");
                return;
            }

            from.SessionExpiryIntervalSeconds = Math.Min(seconds, _broker.Options.SessionExpiryIntervalMaxSeconds);
        }

        if (disconnect.ReasonCode == ReasonCode.Success)
        {
            _will = null;                               // [MQTT-3.14.4-3]; 0x04 and errors keep it
        }

        AbandonBatch(null, $"DISCONNECT {disconnect.ReasonCode}");
    }

    private sealed record ClientBatch(PacketBatch Packets, int Count, Attachment From);

    private sealed record Farewell
    {
        public static Farewell Instance { get; } = new();
    }

    private sealed record EndSession
    {
        public static EndSession Instance { get; } = new();
    }
}
