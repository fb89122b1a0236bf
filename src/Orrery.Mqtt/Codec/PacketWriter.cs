using System.Buffers;
using Orrery.Mqtt.Packets;

namespace Orrery.Mqtt.Codec;

/// <summary>Turns packets into bytes. Leaves out what the version cannot carry. No state, so any thread may use it.</summary>
public static class PacketWriter
{
    private const byte RequiredFlags = 0b0010;              // of PUBREL, SUBSCRIBE and UNSUBSCRIBE [MQTT-2.1.3-1]

    /// <summary>How many bytes <see cref="Write"/> writes.</summary>
    /// <returns>The whole packet with its fixed header.</returns>
    /// <exception cref="ArgumentException">As for <see cref="Write"/>.</exception>
    public static int SizeOf(Packet packet, MqttVersion version)
    {
        if (packet is PublishPacket publish) return PublishCodec.SizeOfPacket(publish, version);

        var count = default(PacketSink);
        WriteBody(ref count, packet, version);
        return 1 + VariableByteInteger.SizeOf((uint)count.Length) + count.Length;
    }

    /// <summary>Writes one whole packet.</summary>
    /// <param name="output">Takes the bytes; it is advanced once.</param>
    /// <param name="packet">What to write. What the protocol forbids in it, such as a packet identifier of 0, is not looked for.</param>
    /// <param name="version">The version of the connection. CONNECT goes by its own.</param>
    /// <returns>How many bytes it took: <see cref="SizeOf"/>.</returns>
    /// <exception cref="ArgumentException">A text or field is above 65,535 bytes, a text has no valid UTF-8 form, the packet is too large, or the version has no such packet.</exception>
    public static int Write(IBufferWriter<byte> output, Packet packet, MqttVersion version)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (packet is PublishPacket publish)
        {
            var publishSize = PublishCodec.SizeOfPacket(publish, version);
            PublishCodec.WritePacket(output.GetSpan(publishSize), publish, version);
            output.Advance(publishSize);
            return publishSize;
        }

        var count = default(PacketSink);
        WriteBody(ref count, packet, version);
        var size = 1 + VariableByteInteger.SizeOf((uint)count.Length) + count.Length;
        var sink = new PacketSink(output.GetSpan(size));
        sink.Byte((byte)(((int)packet.Type << 4) | FlagsOf(packet.Type)));
        sink.VariableByteInteger((uint)count.Length);
        WriteBody(ref sink, packet, version);
        output.Advance(size);
        return size;
    }

    private static byte FlagsOf(ControlPacketType type) =>
        type is ControlPacketType.PubRel or ControlPacketType.Subscribe or ControlPacketType.Unsubscribe ? RequiredFlags : (byte)0;

    private static void WriteBody(ref PacketSink sink, Packet packet, MqttVersion version)
    {
        switch (packet)
        {
            case AcknowledgementPacket acknowledgement: AcknowledgementCodec.Write(ref sink, acknowledgement, version); break;
            case ConnectPacket connect: ConnectCodec.Write(ref sink, connect); break;
            case ConnAckPacket connAck: ConnAckCodec.Write(ref sink, connAck, version); break;
            case SubscribePacket subscribe: SubscribeCodec.Write(ref sink, subscribe, version); break;
            case SubAckPacket subAck: SubAckCodec.Write(ref sink, subAck, version); break;
            case UnsubscribePacket unsubscribe: UnsubscribeCodec.Write(ref sink, unsubscribe, version); break;
            case UnsubAckPacket unsubAck: SubAckCodec.WriteUnsubAck(ref sink, unsubAck, version); break;
            case DisconnectPacket disconnect: DisconnectCodec.Write(ref sink, disconnect, version); break;
            case PingReqPacket or PingRespPacket: break;
            case AuthPacket auth when version == MqttVersion.V5: AuthCodec.Write(ref sink, auth); break;
            default: throw new ArgumentException($"MQTT {version} has no such packet.", nameof(packet));
        }
    }
}
