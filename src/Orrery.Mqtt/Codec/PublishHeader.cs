namespace Orrery.Mqtt.Codec;

/// <summary>What differs between two PUBLISH packets that carry one message to two receivers.</summary>
public readonly record struct PublishHeader
{
    /// <summary>The QoS of this delivery, which may be lower than the message's.</summary>
    public QoS QoS { get; init; }

    /// <summary>The RETAIN flag of this delivery.</summary>
    public bool Retain { get; init; }

    /// <summary>True if this may be a repetition. Never at QoS 0 [MQTT-3.3.1-2].</summary>
    public bool Duplicate { get; init; }

    /// <summary>Ignored at QoS 0; never none above it.</summary>
    public PacketIdentifier PacketIdentifier { get; init; }

    /// <summary>An alias to assign or to use, 1 to 65,535; 0 for none. Ignored before MQTT 5.</summary>
    public ushort TopicAlias { get; init; }

    /// <summary>True to send the alias instead of the topic. Needs an alias that the receiver knows. Ignored before MQTT 5.</summary>
    public bool OmitTopic { get; init; }

    /// <summary>How long the message is still worth sending, in seconds; null if there is no limit. The message's own is not looked at. Ignored before MQTT 5.</summary>
    public uint? MessageExpiryIntervalSeconds { get; init; }

    /// <summary>Which subscriptions match, each 1 to 268,435,455; null for none. Ignored before MQTT 5.</summary>
    public uint[]? SubscriptionIdentifiers { get; init; }
}
