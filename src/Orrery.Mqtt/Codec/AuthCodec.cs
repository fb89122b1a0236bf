using Orrery.Mqtt.Packets;

namespace Orrery.Mqtt.Codec;

/// <summary>AUTH: MQTT 5 §3.15.</summary>
internal static class AuthCodec
{
    private static readonly Rule CodeNotAllowed = Rules.ReasonCodeNotAllowed("MQTT-3.15.2-1");

    public static AuthPacket Read(ref PacketCursor cursor)
    {
        // Success without properties is an empty packet (§3.15.2.1). There is no form with the code alone.
        if (cursor.Remaining == 0) return new AuthPacket();

        var code = (ReasonCode)cursor.ReadByte();
        if (!IsAllowed(code, cursor.Sender)) cursor.Fail(CodeNotAllowed);
        var properties = PropertyBag.Read(ref cursor, ControlPacketType.Auth);
        if (properties.AuthenticationMethod is null) cursor.Fail(PropertyRules.AuthenticationMethodMissing);
        return new AuthPacket
        {
            ReasonCode = code,
            AuthenticationMethod = properties.AuthenticationMethod,
            AuthenticationData = properties.AuthenticationData,
            ReasonString = properties.ReasonString,
            UserProperties = properties.UserProperties,
        };
    }

    public static void Write(ref PacketSink sink, AuthPacket packet)
    {
        var count = default(PacketSink);
        WriteProperties(ref count, packet);
        if (count.Length == 0 && packet.ReasonCode == ReasonCode.Success) return;
        sink.Byte((byte)packet.ReasonCode);
        sink.VariableByteInteger((uint)count.Length);
        WriteProperties(ref sink, packet);
    }

    /// <summary>Table 3-11 of §3.15.2.1 [MQTT-3.15.2-1].</summary>
    private static bool IsAllowed(ReasonCode code, PeerRole sender) =>
        code == ReasonCode.ContinueAuthentication
        || code == (sender == PeerRole.Server ? ReasonCode.Success : ReasonCode.ReAuthenticate);

    private static void WriteProperties(ref PacketSink sink, AuthPacket packet)
    {
        sink.Optional(PropertyId.AuthenticationMethod, packet.AuthenticationMethod);
        sink.Optional(PropertyId.AuthenticationData, packet.AuthenticationData);
        sink.Optional(PropertyId.ReasonString, packet.ReasonString);
        sink.UserProperties(packet.UserProperties);
    }
}
