using Orrery.Mqtt.Topics;

namespace Orrery.Mqtt.Packets;

/// <summary>One filter of a SUBSCRIBE with its options (MQTT 5 §3.8.3.1).</summary>
/// <param name="Filter">Which topics.</param>
/// <param name="MaximumQoS">The highest QoS at which the server may send.</param>
/// <param name="NoLocal">True to leave out what this client publishes itself. Never on a shared subscription [MQTT-3.8.3-4].</param>
/// <param name="RetainAsPublished">True to keep the RETAIN flag as the publisher set it [MQTT-3.3.1-13].</param>
/// <param name="RetainHandling">Whether retained messages answer this subscription.</param>
/// <remarks>MQTT 3.1.1 and 3.1 carry filter and QoS alone; the rest has its default.</remarks>
public sealed record Subscription(
    TopicFilter Filter,
    QoS MaximumQoS,
    bool NoLocal = false,
    bool RetainAsPublished = false,
    RetainHandling RetainHandling = RetainHandling.SendAtSubscribe);

/// <summary>SUBSCRIBE: a client adds or replaces subscriptions (MQTT 5 §3.8).</summary>
public sealed record SubscribePacket : Packet
{
    /// <inheritdoc/>
    public override ControlPacketType Type => ControlPacketType.Subscribe;

    /// <summary>What SUBACK repeats. Never none.</summary>
    public required PacketIdentifier PacketIdentifier { get; init; }

    /// <summary>What PUBLISH packets of these subscriptions shall carry, 1 to 268,435,455; null for nothing.</summary>
    public uint? SubscriptionIdentifier { get; init; }

    /// <summary>In the order sent. At least one [MQTT-3.8.3-2].</summary>
    public required IReadOnlyList<Subscription> Subscriptions { get; init; }

    /// <summary>Pairs in the order sent.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];
}
