namespace Orrery.Mqtt.Packets;

/// <summary>UNSUBACK: the server's answer to UNSUBSCRIBE (MQTT 5 §3.11).</summary>
public sealed record UnsubAckPacket : Packet
{
    /// <inheritdoc/>
    public override ControlPacketType Type => ControlPacketType.UnsubAck;

    /// <summary>The identifier of the UNSUBSCRIBE [MQTT-2.2.1-6].</summary>
    public required PacketIdentifier PacketIdentifier { get; init; }

    /// <summary>One for each filter, in its order [MQTT-3.11.3-1]. Older versions carry none, so it is empty there.</summary>
    public IReadOnlyList<ReasonCode> ReasonCodes { get; init; } = [];

    /// <summary>A sentence for people; null without one.</summary>
    public string? ReasonString { get; init; }

    /// <summary>Pairs in the order sent.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];
}
