using Orrery.Mqtt.Packets;

namespace Orrery.Mqtt.Codec;

/// <summary>CONNACK: MQTT 5 §3.2, MQTT 3.1.1 §3.2, MQTT 3.1 §3.2.</summary>
internal static class ConnAckCodec
{
    private const int SessionPresentFlag = 0x01;

    public static ConnAckPacket Read(ref PacketCursor cursor)
    {
        var flags = (int)cursor.ReadByte();
        var code = cursor.ReadByte();

        // MQTT 3.1 leaves the first byte unused.
        if (cursor.Version == MqttVersion.V31) flags = 0;
        else if ((flags & ~SessionPresentFlag) != 0) cursor.Fail(ConnectRules.ConnAckFlags);
        if (flags != 0 && code != 0) cursor.Fail(ConnectRules.SessionPresentWithFailure);

        if (cursor.Version != MqttVersion.V5)
        {
            return new ConnAckPacket { SessionPresent = flags != 0, ReasonCode = FromReturnCode(ref cursor, code) };
        }

        if (!IsAllowed((ReasonCode)code)) cursor.Fail(ConnectRules.ReasonCode);
        var properties = PropertyBag.Read(ref cursor, ControlPacketType.ConnAck);
        return new ConnAckPacket
        {
            SessionPresent = flags != 0,
            ReasonCode = (ReasonCode)code,
            SessionExpiryIntervalSeconds = properties.SessionExpiryInterval,
            ReceiveMaximum = properties.ReceiveMaximum,
            MaximumQoS = properties.MaximumQoS is { } one ? one ? QoS.AtLeastOnce : QoS.AtMostOnce : null,
            RetainAvailable = properties.RetainAvailable,
            MaximumPacketSize = properties.MaximumPacketSize,
            AssignedClientIdentifier = properties.AssignedClientIdentifier,
            TopicAliasMaximum = properties.TopicAliasMaximum,
            ReasonString = properties.ReasonString,
            UserProperties = properties.UserProperties,
            WildcardSubscriptionAvailable = properties.WildcardSubscriptionAvailable,
            SubscriptionIdentifiersAvailable = properties.SubscriptionIdentifiersAvailable,
            SharedSubscriptionAvailable = properties.SharedSubscriptionAvailable,
            ServerKeepAliveSeconds = properties.ServerKeepAlive,
            ResponseInformation = properties.ResponseInformation,
            ServerReference = properties.ServerReference,
            AuthenticationMethod = properties.AuthenticationMethod,
            AuthenticationData = properties.AuthenticationData,
        };
    }

    public static void Write(ref PacketSink sink, ConnAckPacket packet, MqttVersion version)
    {
        sink.Byte(packet.SessionPresent && version != MqttVersion.V31 ? (byte)SessionPresentFlag : (byte)0);
        if (version != MqttVersion.V5)
        {
            sink.Byte(ToReturnCode(packet.ReasonCode));
            return;
        }

        sink.Byte((byte)packet.ReasonCode);
        var count = default(PacketSink);
        WriteProperties(ref count, packet);
        sink.VariableByteInteger((uint)count.Length);
        WriteProperties(ref sink, packet);
    }

    /// <summary>The nearest of the return codes of MQTT 3.1.1 §3.2.2.3.</summary>
    private static byte ToReturnCode(ReasonCode code) => code switch
    {
        ReasonCode.Success => 0,
        ReasonCode.UnsupportedProtocolVersion => 1,
        ReasonCode.ClientIdentifierNotValid => 2,
        ReasonCode.BadUserNameOrPassword => 4,
        ReasonCode.NotAuthorized => 5,
        _ => 3,                                             // server unavailable: the only one that blames nobody
    };

    private static ReasonCode FromReturnCode(ref PacketCursor cursor, byte code)
    {
        if (code > 5) cursor.Fail(ConnectRules.ReturnCode);
        return code switch
        {
            0 => ReasonCode.Success,
            1 => ReasonCode.UnsupportedProtocolVersion,
            2 => ReasonCode.ClientIdentifierNotValid,
            4 => ReasonCode.BadUserNameOrPassword,
            5 => ReasonCode.NotAuthorized,
            _ => ReasonCode.ServerUnavailable,
        };
    }

    private static bool IsAllowed(ReasonCode code) => code switch
    {
        ReasonCode.Success => true,
        >= ReasonCode.UnspecifiedError and <= ReasonCode.Banned => true,
        ReasonCode.BadAuthenticationMethod or ReasonCode.TopicNameInvalid or ReasonCode.PacketTooLarge
            or ReasonCode.QuotaExceeded => true,
        >= ReasonCode.PayloadFormatInvalid and <= ReasonCode.ServerMoved => true,
        ReasonCode.ConnectionRateExceeded => true,
        _ => false,
    };

    private static void WriteProperties(ref PacketSink sink, ConnAckPacket packet)
    {
        sink.Optional(PropertyId.SessionExpiryInterval, packet.SessionExpiryIntervalSeconds);
        sink.Optional(PropertyId.ReceiveMaximum, packet.ReceiveMaximum);
        sink.Optional(PropertyId.MaximumQoS, packet.MaximumQoS is { } qos ? qos != QoS.AtMostOnce : (bool?)null);
        sink.Optional(PropertyId.RetainAvailable, packet.RetainAvailable);
        sink.Optional(PropertyId.MaximumPacketSize, packet.MaximumPacketSize);
        sink.Optional(PropertyId.AssignedClientIdentifier, packet.AssignedClientIdentifier);
        sink.Optional(PropertyId.TopicAliasMaximum, packet.TopicAliasMaximum);
        sink.Optional(PropertyId.ReasonString, packet.ReasonString);
        sink.UserProperties(packet.UserProperties);
        sink.Optional(PropertyId.WildcardSubscriptionAvailable, packet.WildcardSubscriptionAvailable);
        sink.Optional(PropertyId.SubscriptionIdentifiersAvailable, packet.SubscriptionIdentifiersAvailable);
        sink.Optional(PropertyId.SharedSubscriptionAvailable, packet.SharedSubscriptionAvailable);
        sink.Optional(PropertyId.ServerKeepAlive, packet.ServerKeepAliveSeconds);
        sink.Optional(PropertyId.ResponseInformation, packet.ResponseInformation);
        sink.Optional(PropertyId.ServerReference, packet.ServerReference);
        sink.Optional(PropertyId.AuthenticationMethod, packet.AuthenticationMethod);
        sink.Optional(PropertyId.AuthenticationData, packet.AuthenticationData);
    }
}
