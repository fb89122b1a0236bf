namespace Orrery.Mqtt.Packets;

/// <summary>PUBLISH: an application message on one connection (MQTT 5 §3.3).</summary>
public sealed record PublishPacket : Packet
{
    /// <inheritdoc/>
    public override ControlPacketType Type => ControlPacketType.Publish;

    /// <summary>What is published. Its topic is always there: the reader has looked up an alias.</summary>
    public required ApplicationMessage Message { get; init; }

    /// <summary>True if the sender may have sent it before. Never at QoS 0 [MQTT-3.3.1-2].</summary>
    public bool Duplicate { get; init; }

    /// <summary>None at QoS 0, and only there [MQTT-2.2.1-2].</summary>
    public PacketIdentifier PacketIdentifier { get; init; }

    /// <summary>The alias that stood in the packet, 1 to 65,535; 0, the default, for none.</summary>
    public ushort TopicAlias { get; init; }

    /// <summary>Which of the receiver's subscriptions match, each 1 to 268,435,455. Only from a server [MQTT-3.3.4-6].</summary>
    public IReadOnlyList<uint> SubscriptionIdentifiers { get; init; } = [];
}
