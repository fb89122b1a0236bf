using Orrery.Mqtt.Topics;

namespace Orrery.Mqtt.Packets;

/// <summary>UNSUBSCRIBE: a client ends subscriptions (MQTT 5 §3.10).</summary>
public sealed record UnsubscribePacket : Packet
{
    /// <inheritdoc/>
    public override ControlPacketType Type => ControlPacketType.Unsubscribe;

    /// <summary>What UNSUBACK repeats. Never none.</summary>
    public required PacketIdentifier PacketIdentifier { get; init; }

    /// <summary>In the order sent. At least one [MQTT-3.10.3-2].</summary>
    public required IReadOnlyList<TopicFilter> Filters { get; init; }

    /// <summary>Pairs in the order sent.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];
}
