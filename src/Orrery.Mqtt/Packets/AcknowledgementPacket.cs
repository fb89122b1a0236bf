namespace Orrery.Mqtt.Packets;

/// <summary>What PUBACK, PUBREC, PUBREL and PUBCOMP have in common (MQTT 5 §3.4 to §3.7).</summary>
public abstract record AcknowledgementPacket : Packet
{
    /// <summary>The identifier of the PUBLISH that the exchange began with [MQTT-2.2.1-5].</summary>
    public required PacketIdentifier PacketIdentifier { get; init; }

    /// <summary>The outcome. Older versions carry none and read as success.</summary>
    public ReasonCode ReasonCode { get; init; }

    /// <summary>A sentence for people; null without one.</summary>
    public string? ReasonString { get; init; }

    /// <summary>Pairs in the order sent.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];
}

/// <summary>PUBACK: the message at QoS 1 has arrived, or is refused (MQTT 5 §3.4).</summary>
public sealed record PubAckPacket : AcknowledgementPacket
{
    /// <inheritdoc/>
    public override ControlPacketType Type => ControlPacketType.PubAck;
}

/// <summary>PUBREC: the message at QoS 2 has arrived, or is refused (MQTT 5 §3.5).</summary>
public sealed record PubRecPacket : AcknowledgementPacket
{
    /// <inheritdoc/>
    public override ControlPacketType Type => ControlPacketType.PubRec;
}

/// <summary>PUBREL: the sender will not send this PUBLISH again (MQTT 5 §3.6).</summary>
public sealed record PubRelPacket : AcknowledgementPacket
{
    /// <inheritdoc/>
    public override ControlPacketType Type => ControlPacketType.PubRel;
}

/// <summary>PUBCOMP: the exchange at QoS 2 is over (MQTT 5 §3.7).</summary>
public sealed record PubCompPacket : AcknowledgementPacket
{
    /// <inheritdoc/>
    public override ControlPacketType Type => ControlPacketType.PubComp;
}
