namespace Orrery.Mqtt.Codec;

/// <summary>The rules for a packet's first byte, which hold before anything else has arrived (MQTT 5 §2.1).</summary>
internal static class FixedHeader
{
    private const int DuplicateFlag = 0b1000;

    /// <summary>Judges type and flags.</summary>
    /// <param name="first">The first byte.</param>
    /// <param name="sender">Who sends.</param>
    /// <param name="version">The version of the connection; null before CONNECT.</param>
    /// <returns>The rule that is broken; null if none is.</returns>
    public static Rule? Judge(byte first, PeerRole sender, MqttVersion? version)
    {
        var type = (ControlPacketType)(first >> 4);
        var flags = first & 0x0F;
        if (type == 0 || (type == ControlPacketType.Auth && version is MqttVersion.V31 or MqttVersion.V311)) return Rules.ForbiddenType;
        if (version is null && type != ControlPacketType.Connect) return Rules.FirstPacketIsNotConnect;
        if (!Sends(sender, type, version)) return Rules.WrongDirection;
        if (version is not null && type == ControlPacketType.Connect) return Rules.SecondConnect;

        // MQTT 3.1 §2.1 sets DUP on a PUBREL, SUBSCRIBE or UNSUBSCRIBE that is sent again.
        var ignored = version == MqttVersion.V31 ? DuplicateFlag : 0;
        return type switch
        {
            ControlPacketType.Publish => JudgePublish(flags),
            ControlPacketType.PubRel => (flags & ~ignored) == 0b0010 ? null : Rules.PubRelFlags,
            ControlPacketType.Subscribe => (flags & ~ignored) == 0b0010 ? null : Rules.SubscribeFlags,
            ControlPacketType.Unsubscribe => (flags & ~ignored) == 0b0010 ? null : Rules.UnsubscribeFlags,
            ControlPacketType.Disconnect => flags == 0 ? null : Rules.DisconnectFlags,
            ControlPacketType.Auth => flags == 0 ? null : Rules.AuthFlags,
            _ => flags == 0 ? null : Rules.ReservedFlags,
        };
    }

    private static Rule? JudgePublish(int flags)
    {
        var qos = (flags >> 1) & 3;
        if (qos == 3) return Rules.QoS3;
        return qos == 0 && (flags & DuplicateFlag) != 0 ? Rules.DuplicateAtQoS0 : null;
    }

    private static bool Sends(PeerRole sender, ControlPacketType type, MqttVersion? version) => type switch
    {
        ControlPacketType.Connect or ControlPacketType.Subscribe or ControlPacketType.Unsubscribe
            or ControlPacketType.PingReq => sender == PeerRole.Client,
        ControlPacketType.ConnAck or ControlPacketType.SubAck or ControlPacketType.UnsubAck
            or ControlPacketType.PingResp => sender == PeerRole.Server,
        ControlPacketType.Disconnect => sender == PeerRole.Client || version == MqttVersion.V5,
        _ => true,
    };
}
