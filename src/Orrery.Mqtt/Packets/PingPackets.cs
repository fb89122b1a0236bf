namespace Orrery.Mqtt.Packets;

/// <summary>PINGREQ: a client shows that it is alive (MQTT 5 §3.12).</summary>
public sealed record PingReqPacket : Packet
{
    /// <summary>The only one needed, since it has no content.</summary>
    public static PingReqPacket Instance { get; } = new();

    /// <inheritdoc/>
    public override ControlPacketType Type => ControlPacketType.PingReq;
}

/// <summary>PINGRESP: the server's answer to PINGREQ (MQTT 5 §3.13).</summary>
public sealed record PingRespPacket : Packet
{
    /// <summary>The only one needed, since it has no content.</summary>
    public static PingRespPacket Instance { get; } = new();

    /// <inheritdoc/>
    public override ControlPacketType Type => ControlPacketType.PingResp;
}
