using Orrery.Mqtt.Packets;

namespace Orrery.Mqtt.Codec;

/// <summary>PUBACK, PUBREC, PUBREL and PUBCOMP, which differ in their reason codes alone: MQTT 5 §3.4 to §3.7.</summary>
internal static class AcknowledgementCodec
{
    private static readonly Rule PubAckCode = Rules.ReasonCodeNotAllowed("MQTT-3.4.2-1");
    private static readonly Rule PubRecCode = Rules.ReasonCodeNotAllowed("MQTT-3.5.2-1");
    private static readonly Rule PubRelCode = Rules.ReasonCodeNotAllowed("MQTT-3.6.2-1");
    private static readonly Rule PubCompCode = Rules.ReasonCodeNotAllowed("MQTT-3.7.2-1");

    public static AcknowledgementPacket Read(ref PacketCursor cursor, ControlPacketType type)
    {
        var identifier = cursor.ReadPacketIdentifier();
        var code = ReasonCode.Success;
        var properties = default(PropertyBag);
        if (cursor.Version == MqttVersion.V5)
        {
            // Success without properties may leave out the code; any code without properties, their length.
            if (cursor.Remaining > 0) code = ReadCode(ref cursor, type);
            if (cursor.Remaining > 0) properties = PropertyBag.Read(ref cursor, type);
        }

        var reason = properties.ReasonString;
        var pairs = properties.UserProperties;
        return type switch
        {
            ControlPacketType.PubAck => new PubAckPacket { PacketIdentifier = identifier, ReasonCode = code, ReasonString = reason, UserProperties = pairs },
            ControlPacketType.PubRec => new PubRecPacket { PacketIdentifier = identifier, ReasonCode = code, ReasonString = reason, UserProperties = pairs },
            ControlPacketType.PubRel => new PubRelPacket { PacketIdentifier = identifier, ReasonCode = code, ReasonString = reason, UserProperties = pairs },
            _ => new PubCompPacket { PacketIdentifier = identifier, ReasonCode = code, ReasonString = reason, UserProperties = pairs },
        };
    }

    public static void Write(ref PacketSink sink, AcknowledgementPacket packet, MqttVersion version)
    {
        sink.UInt16(packet.PacketIdentifier.Value);
        if (version != MqttVersion.V5) return;

        var count = default(PacketSink);
        WriteProperties(ref count, packet);
        if (count.Length == 0 && packet.ReasonCode == ReasonCode.Success) return;
        sink.Byte((byte)packet.ReasonCode);
        if (count.Length == 0) return;
        sink.VariableByteInteger((uint)count.Length);
        WriteProperties(ref sink, packet);
    }

    private static void WriteProperties(ref PacketSink sink, AcknowledgementPacket packet)
    {
        sink.Optional(PropertyId.ReasonString, packet.ReasonString);
        sink.UserProperties(packet.UserProperties);
    }

    private static ReasonCode ReadCode(ref PacketCursor cursor, ControlPacketType type)
    {
        var code = (ReasonCode)cursor.ReadByte();
        var answersPublish = type is ControlPacketType.PubAck or ControlPacketType.PubRec;
        var isAllowed = answersPublish
            ? code is ReasonCode.Success or ReasonCode.NoMatchingSubscribers or ReasonCode.UnspecifiedError
                or ReasonCode.ImplementationSpecificError or ReasonCode.NotAuthorized or ReasonCode.TopicNameInvalid
                or ReasonCode.PacketIdentifierInUse or ReasonCode.QuotaExceeded or ReasonCode.PayloadFormatInvalid
            : code is ReasonCode.Success or ReasonCode.PacketIdentifierNotFound;
        if (!isAllowed)
        {
            cursor.Fail(type switch
            {
                ControlPacketType.PubAck => PubAckCode,
                ControlPacketType.PubRec => PubRecCode,
                ControlPacketType.PubRel => PubRelCode,
                _ => PubCompCode,
            });
        }
        return code;
    }
}
