using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Flows;
using Orrery.Mqtt.Packets;

namespace Orrery.Client;

// What the client sends: messages, in the order they were published at each QoS.
public sealed partial class ClientCore
{
    private readonly Queue<Delivery> _queuedAtMostOnce = new();
    private readonly Queue<Delivery> _queued = new();

    private int QueuedCount => _queuedAtMostOnce.Count + _queued.Count;

    /// <summary>Publishes a message now if there is a connection with room for it, else as soon as there is.</summary>
    /// <param name="message">The message.</param>
    /// <param name="now">The time.</param>
    /// <param name="topicAlias">A number that the server shall know the topic by on this connection; 0 for none. MQTT 5 only. A resend goes without.</param>
    /// <returns>A token, which <see cref="ClientEvent.Published"/> or <see cref="ClientEvent.Abandoned"/> repeats.</returns>
    public long Publish(ApplicationMessage message, TimeSpan now, ushort topicAlias = 0)
    {
        ArgumentNullException.ThrowIfNull(message);
        var delivery = new Delivery(++_lastToken, message, topicAlias);
        if (QueuedCount >= _options.QueuedMessagesMax)
        {
            _events.Enqueue(new ClientEvent.Published(delivery.Token, ReasonCode.QuotaExceeded));
            return delivery.Token;
        }

        (message.QoS == QoS.AtMostOnce ? _queuedAtMostOnce : _queued).Enqueue(delivery);
        SendWhatMayGo(now);
        return delivery.Token;
    }

    private void SendWhatMayGo(TimeSpan now)
    {
        if (State != ClientState.Connected) return;

        // Unfinished exchanges first, in their order, so that nothing new overtakes them [MQTT-4.4.0-1, MQTT-4.6.0-1].
        while (_outbound.TryNextResend(out var owed)) Resend(owed, now);

        // An exhausted quota holds back QoS 1 and 2 only [MQTT-3.3.4-9, MQTT-3.3.4-10].
        while (_queuedAtMostOnce.TryDequeue(out var delivery))
        {
            if (IsRefused(delivery)) continue;
            Send(new PublishPacket { Message = delivery.Message, TopicAlias = delivery.TopicAlias }, now);
            _events.Enqueue(new ClientEvent.Published(delivery.Token, ReasonCode.Success));
        }
        while (_outbound.CanStart && _queued.TryDequeue(out var delivery))
        {
            if (IsRefused(delivery)) continue;
            var identifier = _outbound.Start(delivery, delivery.Message.QoS);
            Send(new PublishPacket { Message = delivery.Message, PacketIdentifier = identifier, TopicAlias = delivery.TopicAlias }, now);
        }
    }

    private void Resend(Outbound<Delivery> owed, TimeSpan now)
    {
        if (owed.State == OutboundState.AwaitingPubComp)
        {
            Send(new PubRelPacket { PacketIdentifier = owed.PacketIdentifier }, now);
            return;
        }
        if (IsRefused(owed.Message))
        {
            _outbound.Discard(owed.PacketIdentifier);
            return;
        }
        Send(new PublishPacket { Message = owed.Message.Message, PacketIdentifier = owed.PacketIdentifier, Duplicate = true }, now);
    }

    /// <summary>Ends a delivery that this server said it does not take.</summary>
    private bool IsRefused(Delivery delivery)
    {
        var message = delivery.Message;
        ReasonCode? refusal = null;
        if (message.QoS > (ConnAck!.MaximumQoS ?? QoS.ExactlyOnce)) refusal = ReasonCode.QoSNotSupported;           // [MQTT-3.2.2-11]
        else if (message.Retain && ConnAck.RetainAvailable == false) refusal = ReasonCode.RetainNotSupported;       // [MQTT-3.2.2-14]
        else if (ConnAck.MaximumPacketSize is { } max && SizeOf(message) > max) refusal = ReasonCode.PacketTooLarge;  // [MQTT-3.2.2-15]
        else if (delivery.TopicAlias > (ConnAck.TopicAliasMaximum ?? 0)) refusal = ReasonCode.TopicAliasInvalid;          // [MQTT-3.3.2-9]
        if (refusal is null) return false;
        _events.Enqueue(new ClientEvent.Published(delivery.Token, refusal.Value));
        return true;
    }

    private int SizeOf(ApplicationMessage message)
    {
        var identifier = new PacketIdentifier(message.QoS == QoS.AtMostOnce ? (ushort)0 : (ushort)1);
        return PacketWriter.SizeOf(new PublishPacket { Message = message, PacketIdentifier = identifier }, _options.Version);
    }

    private void OnPubAck(PubAckPacket packet, TimeSpan now)
    {
        if (_outbound.OnPubAck(packet.PacketIdentifier, packet.ReasonCode, out var delivery) == FlowOutcome.Completed)
        {
            _events.Enqueue(new ClientEvent.Published(delivery!.Token, packet.ReasonCode));
            SendWhatMayGo(now);
        }
    }

    private void OnPubRec(PubRecPacket packet, TimeSpan now)
    {
        switch (_outbound.OnPubRec(packet.PacketIdentifier, packet.ReasonCode, out var delivery))
        {
            case FlowOutcome.SendPubRel:
                Answer(new PubRelPacket { PacketIdentifier = packet.PacketIdentifier }, now);
                break;
            case FlowOutcome.SendPubRelNotFound:
                Answer(new PubRelPacket { PacketIdentifier = packet.PacketIdentifier, ReasonCode = ReasonCode.PacketIdentifierNotFound }, now);
                break;
            case FlowOutcome.Completed:
                _events.Enqueue(new ClientEvent.Published(delivery!.Token, packet.ReasonCode));
                SendWhatMayGo(now);
                break;
            default:
                break;
        }
    }

    private void OnPubComp(PubCompPacket packet, TimeSpan now)
    {
        if (_outbound.OnPubComp(packet.PacketIdentifier, packet.ReasonCode, out var delivery) == FlowOutcome.Completed)
        {
            // Even 0x92 is a success: the server released the message before, and has forgotten its identifier.
            _events.Enqueue(new ClientEvent.Published(delivery!.Token, ReasonCode.Success));
            SendWhatMayGo(now);
        }
    }
}
