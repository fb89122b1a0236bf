using System.Buffers;
using Orrery.Mqtt;
using Orrery.Mqtt.Flows;
using Orrery.Mqtt.Packets;

namespace Orrery.Client;

// What the server sends.
public sealed partial class ClientCore
{
    // Messages at QoS 2 that are handed over at PUBREL, by identifier; looked up, never enumerated.
    private readonly Dictionary<ushort, PublishPacket> _unreleased = [];

    private int _unacknowledgedAtLeastOnce;                 // QoS 1 messages that the owner has not acknowledged

    /// <summary>Handles what arrived.</summary>
    /// <param name="input">What arrived and is not consumed. Starts behind the last whole packet afterwards; what is left must be given again.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="InvalidOperationException">There is no connection.</exception>
    public void Receive(ref ReadOnlySequence<byte> input, TimeSpan now)
    {
        if (State == ClientState.Disconnected) throw new InvalidOperationException("There is no connection.");
        _lastReceived = now;
        while (_reader is not null)
        {
            var status = _reader.TryReadBatch(ref input, BatchBytesMax, out var batch);
            foreach (var packet in batch.Packets)
            {
                // No packet counts behind the one that ended the connection.
                if (State == ClientState.Disconnected) return;
                Handle(packet, now);
            }
            if (batch.Violation is { } violation && State != ClientState.Disconnected) Fail(violation, now);
            if (status != DecodeStatus.Complete) return;
        }
    }

    /// <summary>Acknowledges a message, where <see cref="ClientOptions.AcknowledgesOnArrival"/> is false.</summary>
    /// <param name="packet">What arrived on this connection, in the order of arrival for each QoS [MQTT-4.6.0-2, MQTT-4.6.0-3].</param>
    /// <param name="now">The time.</param>
    /// <param name="reasonCode">The answer. With 0x80 and above a message at QoS 2 is over [MQTT-4.3.3-9].</param>
    public void Acknowledge(PublishPacket packet, TimeSpan now, ReasonCode reasonCode = ReasonCode.Success)
    {
        ArgumentNullException.ThrowIfNull(packet);
        if (State != ClientState.Connected) return;
        if (packet.Message.QoS == QoS.AtLeastOnce)
        {
            Answer(new PubAckPacket { PacketIdentifier = packet.PacketIdentifier, ReasonCode = reasonCode }, now);
        }
        else if (packet.Message.QoS == QoS.ExactlyOnce)
        {
            Answer(new PubRecPacket { PacketIdentifier = packet.PacketIdentifier, ReasonCode = reasonCode }, now);
        }
    }

    private void Handle(Packet packet, TimeSpan now)
    {
        if (State == ClientState.AwaitingConnAck)
        {
            if (packet is ConnAckPacket connAck) OnConnAck(connAck, now);
            else Fail(new(ReasonCode.ProtocolError, "MQTT-3.2.0-1", "The server's first packet is not CONNACK."), now);
            return;
        }

        switch (packet)
        {
            case PublishPacket publish: OnPublish(publish, now); break;
            case PubAckPacket pubAck: OnPubAck(pubAck, now); break;
            case PubRecPacket pubRec: OnPubRec(pubRec, now); break;
            case PubRelPacket pubRel: OnPubRel(pubRel, now); break;
            case PubCompPacket pubComp: OnPubComp(pubComp, now); break;
            case SubAckPacket subAck: OnSubAck(subAck); break;
            case UnsubAckPacket unsubAck: OnUnsubAck(unsubAck); break;
            case PingRespPacket: _pingSent = null; break;
            case DisconnectPacket disconnect:
                End(DisconnectCause.ByServer, disconnect.ReasonCode, disconnect.ReasonString ?? "the server disconnected");
                break;
            case ConnAckPacket:
                Fail(new(ReasonCode.ProtocolError, "MQTT-3.2.0-2", "The server sent a second CONNACK."), now);
                break;
            default:
                Fail(new(ReasonCode.ProtocolError, "MQTT 5 §4.12", "The server sent AUTH, and no method was agreed."), now);
                break;
        }
    }

    private void OnConnAck(ConnAckPacket connAck, TimeSpan now)
    {
        if (connAck.ReasonCode != ReasonCode.Success)
        {
            ConnAck = connAck;
            End(DisconnectCause.Refused, connAck.ReasonCode, connAck.ReasonString ?? $"the server refused: {connAck.ReasonCode}");
            return;
        }
        if (connAck.SessionPresent && _cleanStart)
        {
            Fail(new(ReasonCode.ProtocolError, "MQTT-3.2.2-4", "The server resumes a session that was not asked for."), now);
            return;
        }

        // MQTT 3.1 has no such flag: it resumes what there is.
        var resumed = connAck.SessionPresent || (_options.Version == MqttVersion.V31 && !_cleanStart);
        if (!resumed) LeaveLostSession();
        ConnAck = connAck;
        ClientId = connAck.AssignedClientIdentifier ?? ClientId;
        State = ClientState.Connected;
        _hasSession = true;
        _unacknowledgedAtLeastOnce = 0;
        _keepAlive = TimeSpan.FromSeconds(connAck.ServerKeepAliveSeconds ?? _options.KeepAliveSeconds);
        _outbound.Open(Math.Min(_options.InFlightMax, connAck.ReceiveMaximum ?? ushort.MaxValue));
        _inbound.Open();
        _events.Enqueue(new ClientEvent.Connected(connAck));
        if (_owesRestoring) RestoreSubscriptions(now);
        SendWhatMayGo(now);
    }

    private void OnPublish(PublishPacket packet, TimeSpan now)
    {
        var qos = packet.Message.QoS;
        var verdict = _inbound.OnPublish(packet.PacketIdentifier, qos, packet.Duplicate);
        if (qos == QoS.AtLeastOnce) _unacknowledgedAtLeastOnce++;
        if (_inbound.CountOnConnection + _unacknowledgedAtLeastOnce > ReceiveMaximum)
        {
            Fail(new(ReasonCode.ReceiveMaximumExceeded, "MQTT-3.3.4-9", "The server sent more than Receive Maximum allows."), now);
            return;
        }

        if (verdict == InboundVerdict.Accept)
        {
            if (qos == QoS.ExactlyOnce && _options.HandsOverAtPubRel) _unreleased[packet.PacketIdentifier.Value] = packet;
            else _events.Enqueue(new ClientEvent.Received(packet));
        }

        // What is not handed over now, nobody else acknowledges: a repeated message at QoS 2 [MQTT-4.3.3-10], and a held one.
        var isHandedOver = verdict == InboundVerdict.Accept && !(qos == QoS.ExactlyOnce && _options.HandsOverAtPubRel);
        if (_options.AcknowledgesOnArrival || !isHandedOver) Acknowledge(packet, now);
    }

    private int ReceiveMaximum => _options.Version == MqttVersion.V5 ? _options.ReceiveMaximum : ushort.MaxValue;

    private void OnPubRel(PubRelPacket packet, TimeSpan now)
    {
        var found = _inbound.OnPubRel(packet.PacketIdentifier) == PubRelVerdict.Found;
        if (_unreleased.Remove(packet.PacketIdentifier.Value, out var held)) _events.Enqueue(new ClientEvent.Received(held));
        var reasonCode = found ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound;
        Answer(new PubCompPacket { PacketIdentifier = packet.PacketIdentifier, ReasonCode = reasonCode }, now);
    }
}
