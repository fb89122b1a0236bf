namespace Orrery.Mqtt.Packets;

/// <summary>SUBACK: the server's answer to SUBSCRIBE (MQTT 5 §3.9).</summary>
public sealed record SubAckPacket : Packet
{
    /// <inheritdoc/>
    public override ControlPacketType Type => ControlPacketType.SubAck;

    /// <summary>The identifier of the SUBSCRIBE [MQTT-2.2.1-6].</summary>
    public required PacketIdentifier PacketIdentifier { get; init; }

    /// <summary>One for each filter, in its order [MQTT-3.9.3-1]. Older versions carry every failure as 0x80.</summary>
    public required IReadOnlyList<ReasonCode> ReasonCodes { get; init; }

    /// <summary>A sentence for people; null without one.</summary>
    public string? ReasonString { get; init; }

    /// <summary>Pairs in the order sent.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];
}
