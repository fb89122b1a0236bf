using Orrery.Mqtt.Packets;

namespace Orrery.Mqtt.Codec;

/// <summary>DISCONNECT: MQTT 5 §3.14, MQTT 3.1.1 §3.14.</summary>
internal static class DisconnectCodec
{
    private static readonly Rule CodeNotAllowed = Rules.ReasonCodeNotAllowed("MQTT-3.14.2-1");

    public static DisconnectPacket Read(ref PacketCursor cursor)
    {
        var code = ReasonCode.Success;
        var properties = default(PropertyBag);
        if (cursor.Version == MqttVersion.V5)
        {
            // Without a code it is a normal disconnection; without a length there are no properties (§3.14.2.2.1).
            if (cursor.Remaining > 0)
            {
                code = (ReasonCode)cursor.ReadByte();
                if (!IsAllowed(code, cursor.Sender)) cursor.Fail(CodeNotAllowed);
            }
            if (cursor.Remaining > 0) properties = PropertyBag.Read(ref cursor, ControlPacketType.Disconnect);
        }
        if (properties.SessionExpiryInterval is not null && cursor.Sender == PeerRole.Server)
        {
            cursor.Fail(PropertyRules.SessionExpiryFromServer);
        }
        return new DisconnectPacket
        {
            ReasonCode = code,
            SessionExpiryIntervalSeconds = properties.SessionExpiryInterval,
            ReasonString = properties.ReasonString,
            UserProperties = properties.UserProperties,
            ServerReference = properties.ServerReference,
        };
    }

    public static void Write(ref PacketSink sink, DisconnectPacket packet, MqttVersion version)
    {
        if (version != MqttVersion.V5) return;

        var count = default(PacketSink);
        WriteProperties(ref count, packet);
        if (count.Length == 0 && packet.ReasonCode == ReasonCode.Success) return;
        sink.Byte((byte)packet.ReasonCode);
        if (count.Length == 0) return;
        sink.VariableByteInteger((uint)count.Length);
        WriteProperties(ref sink, packet);
    }

    /// <summary>Table 3-10 of §3.14.2.1, and 0x8C, which §2.4 gives to DISCONNECT too.</summary>
    private static bool IsAllowed(ReasonCode code, PeerRole sender)
    {
        if (code is ReasonCode.Success or ReasonCode.UnspecifiedError or ReasonCode.MalformedPacket
            or ReasonCode.ProtocolError or ReasonCode.ImplementationSpecificError or ReasonCode.TopicNameInvalid
            or (>= ReasonCode.ReceiveMaximumExceeded and <= ReasonCode.PayloadFormatInvalid))
        {
            return true;
        }
        if (sender == PeerRole.Client) return code == ReasonCode.DisconnectWithWillMessage;
        return code is ReasonCode.NotAuthorized or ReasonCode.ServerBusy
            or (>= ReasonCode.ServerShuttingDown and <= ReasonCode.TopicFilterInvalid)
            or (>= ReasonCode.RetainNotSupported and <= ReasonCode.WildcardSubscriptionsNotSupported);
    }

    private static void WriteProperties(ref PacketSink sink, DisconnectPacket packet)
    {
        sink.Optional(PropertyId.SessionExpiryInterval, packet.SessionExpiryIntervalSeconds);
        sink.Optional(PropertyId.ReasonString, packet.ReasonString);
        sink.UserProperties(packet.UserProperties);
        sink.Optional(PropertyId.ServerReference, packet.ServerReference);
    }
}
