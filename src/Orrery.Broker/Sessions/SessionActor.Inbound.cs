using Orrery.Broker.Connections;
using Orrery.Broker.Persistence;
using Orrery.Broker.Statistics;
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
            Answer(ConnectionProtocol.InboundHandled.Instance, promises: true);
        }

        _batch = null;
    }

    /// <summary>Ends the batch early: the connection closes, what came after is void.</summary>
    /// <param name="reasonCode">For DISCONNECT; null says none.</param>
    /// <param name="reason">For the log.</param>
    /// <param name="promises">True if the end waits for all that this session has written.</param>
    private void AbandonBatch(ReasonCode? reasonCode, string reason, bool promises = false)
    {
        FlushOutbox();
        Answer(new ConnectionProtocol.Disconnect(reasonCode, reason), promises);
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

    private void OnPubRel(PubRelPacket release)
    {
        // An unknown identifier is answered too, and in version 5 with 0x92 [MQTT-4.3.3-11].
        var found = _inbound.OnPubRel(release.PacketIdentifier);
        if (found == PubRelVerdict.Found && DurableQueue is { } queue)
        {
            Keep(new StoreMutation.RemoveInbound(queue, release.PacketIdentifier));
        }

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
                KeepRelease(message!);
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

        var isWillKept = false;
        if (disconnect.ReasonCode == ReasonCode.Success)
        {
            isWillKept = _will is not null && _kept is not null;
            if (isWillKept)
            {
                Keep(new StoreMutation.ClearWill(_kept!));
            }

            _will = null;                               // [MQTT-3.14.4-3]; 0x04 and errors keep it
        }

        // The end of the connection is all that tells the client: a crash after it must not bring the will back.
        AbandonBatch(null, $"DISCONNECT {disconnect.ReasonCode}", promises: isWillKept);
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
