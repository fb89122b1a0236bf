using Orrery.Mqtt.Topics;

namespace Orrery.Mqtt.Packets;

/// <summary>What a publisher says under a topic, whoever carries it. Immutable, and equal by value.</summary>
/// <remarks>One instance is shared by every subscriber, so nothing that differs per delivery belongs here.</remarks>
public sealed record ApplicationMessage
{
    /// <summary>What the message is about.</summary>
    public required TopicName Topic { get; init; }

    /// <summary>The content, 0 to 268,435,455 bytes less the rest of the packet. A slice of what was received.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The QoS that the publisher chose. Default: 0.</summary>
    public QoS QoS { get; init; }

    /// <summary>True if the message also becomes its topic's retained message (MQTT 5 §3.3.1.3).</summary>
    public bool Retain { get; init; }

    /// <summary>What MQTT 5 added. Null, the common case, if the publisher set none of it.</summary>
    public MessageProperties? Properties { get; init; }

    /// <summary>When the message is no longer worth sending.</summary>
    /// <value>Ticks of 100 ns since year 1 in UTC. 0, the default, is never. A broker's own: it is not on the wire.</value>
    public long ExpiresAtTicks { get; init; }

    /// <summary>Compares topic, content, QoS, flags and properties; bytes are compared one by one.</summary>
    public bool Equals(ApplicationMessage? other) =>
        other is not null
        && (ReferenceEquals(this, other)
            || (Topic.Equals(other.Topic)
                && QoS == other.QoS
                && Retain == other.Retain
                && ExpiresAtTicks == other.ExpiresAtTicks
                && Equals(Properties, other.Properties)
                && Payload.Span.SequenceEqual(other.Payload.Span)));

    /// <inheritdoc/>
    public override int GetHashCode() => (int)(Topic.Hash ^ (ulong)Payload.Length);
}
