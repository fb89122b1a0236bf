using Orrery.Mqtt.Packets;

namespace Orrery.Mqtt.Codec;

/// <summary>SUBACK and UNSUBACK: MQTT 5 §3.9 and §3.11, MQTT 3.1.1 §3.9 and §3.11.</summary>
internal static class SubAckCodec
{
    public static SubAckPacket Read(ref PacketCursor cursor)
    {
        var identifier = cursor.ReadPacketIdentifier();
        var properties = cursor.Version == MqttVersion.V5 ? PropertyBag.Read(ref cursor, ControlPacketType.SubAck) : default;
        if (cursor.Remaining == 0) cursor.Fail(SubscribeRules.SubAckWithoutCode);
        return new SubAckPacket
        {
            PacketIdentifier = identifier,
            ReasonCodes = ReadCodes(ref cursor, ControlPacketType.SubAck),
            ReasonString = properties.ReasonString,
            UserProperties = properties.UserProperties,
        };
    }

    public static UnsubAckPacket ReadUnsubAck(ref PacketCursor cursor)
    {
        var identifier = cursor.ReadPacketIdentifier();
        if (cursor.Version != MqttVersion.V5) return new UnsubAckPacket { PacketIdentifier = identifier };

        var properties = PropertyBag.Read(ref cursor, ControlPacketType.UnsubAck);
        if (cursor.Remaining == 0) cursor.Fail(SubscribeRules.UnsubAckWithoutCode);
        return new UnsubAckPacket
        {
            PacketIdentifier = identifier,
            ReasonCodes = ReadCodes(ref cursor, ControlPacketType.UnsubAck),
            ReasonString = properties.ReasonString,
            UserProperties = properties.UserProperties,
        };
    }

    public static void Write(ref PacketSink sink, SubAckPacket packet, MqttVersion version)
    {
        WriteHead(ref sink, packet.PacketIdentifier, packet.ReasonString, packet.UserProperties, version);
        for (var index = 0; index < packet.ReasonCodes.Count; index++)
        {
            var code = packet.ReasonCodes[index];

            // MQTT 3.1.1 knows one failure [v311:MQTT-3.9.3-2].
            if (version != MqttVersion.V5 && code >= ReasonCode.UnspecifiedError) code = ReasonCode.UnspecifiedError;
            sink.Byte((byte)code);
        }
    }

    public static void WriteUnsubAck(ref PacketSink sink, UnsubAckPacket packet, MqttVersion version)
    {
        WriteHead(ref sink, packet.PacketIdentifier, packet.ReasonString, packet.UserProperties, version);
        if (version != MqttVersion.V5) return;
        for (var index = 0; index < packet.ReasonCodes.Count; index++) sink.Byte((byte)packet.ReasonCodes[index]);
    }

    private static ReasonCode[] ReadCodes(ref PacketCursor cursor, ControlPacketType type)
    {
        if (cursor.Remaining == 0) return [];
        var codes = new ReasonCode[cursor.Remaining];
        for (var index = 0; index < codes.Length && cursor.Failure is null; index++)
        {
            var code = (ReasonCode)cursor.ReadByte();
            var isAllowed = type == ControlPacketType.SubAck ? IsSubAckCode(code, cursor.Version) : IsUnsubAckCode(code);
            if (!isAllowed) cursor.Fail(type == ControlPacketType.SubAck ? SubscribeRules.SubAckCode : SubscribeRules.UnsubAckCode);
            codes[index] = code;
        }
        return codes;
    }

    private static bool IsSubAckCode(ReasonCode code, MqttVersion version)
    {
        if (code is <= ReasonCode.GrantedQoS2 or ReasonCode.UnspecifiedError) return true;
        return version == MqttVersion.V5 && code is ReasonCode.ImplementationSpecificError or ReasonCode.NotAuthorized
            or ReasonCode.TopicFilterInvalid or ReasonCode.PacketIdentifierInUse or ReasonCode.QuotaExceeded
            or ReasonCode.SharedSubscriptionsNotSupported or ReasonCode.SubscriptionIdentifiersNotSupported
            or ReasonCode.WildcardSubscriptionsNotSupported;
    }

    private static bool IsUnsubAckCode(ReasonCode code) => code is ReasonCode.Success
        or ReasonCode.NoSubscriptionExisted or ReasonCode.UnspecifiedError or ReasonCode.ImplementationSpecificError
        or ReasonCode.NotAuthorized or ReasonCode.TopicFilterInvalid or ReasonCode.PacketIdentifierInUse;

    private static void WriteHead(
        ref PacketSink sink, PacketIdentifier identifier, string? reason, IReadOnlyList<UserProperty> pairs, MqttVersion version)
    {
        sink.UInt16(identifier.Value);
        if (version != MqttVersion.V5) return;

        var count = default(PacketSink);
        count.Optional(PropertyId.ReasonString, reason);
        count.UserProperties(pairs);
        sink.VariableByteInteger((uint)count.Length);
        sink.Optional(PropertyId.ReasonString, reason);
        sink.UserProperties(pairs);
    }
}
