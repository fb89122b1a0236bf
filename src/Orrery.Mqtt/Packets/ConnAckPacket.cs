namespace Orrery.Mqtt.Packets;

/// <summary>CONNACK: the server's answer to CONNECT (MQTT 5 §3.2).</summary>
public sealed record ConnAckPacket : Packet
{
    /// <inheritdoc/>
    public override ControlPacketType Type => ControlPacketType.ConnAck;

    /// <summary>True if the server goes on with an earlier session. Only with success [MQTT-3.2.2-6]. MQTT 3.1 has no such flag.</summary>
    public bool SessionPresent { get; init; }

    /// <summary>The outcome. On the wire of 3.1.1 and 3.1 it becomes one of the return codes 0 to 5, the nearest.</summary>
    public ReasonCode ReasonCode { get; init; }

    /// <summary>The server's value in place of the client's, in seconds; null if that one stands.</summary>
    public uint? SessionExpiryIntervalSeconds { get; init; }

    /// <summary>How many QoS 1 and 2 messages the server takes unacknowledged, 1 to 65,535. Null means 65,535.</summary>
    public ushort? ReceiveMaximum { get; init; }

    /// <summary>The highest QoS that the server supports, 0 or 1. Null means 2.</summary>
    public QoS? MaximumQoS { get; init; }

    /// <summary>False if the server keeps no retained messages. Null means true.</summary>
    public bool? RetainAvailable { get; init; }

    /// <summary>The largest packet that the server takes, in bytes, 1 or more. Null sets no limit.</summary>
    public uint? MaximumPacketSize { get; init; }

    /// <summary>The name that the server chose; null if the client brought one [MQTT-3.1.3-7].</summary>
    public string? AssignedClientIdentifier { get; init; }

    /// <summary>The highest topic alias that the server takes. Null means 0: none.</summary>
    public ushort? TopicAliasMaximum { get; init; }

    /// <summary>A sentence for people; null without one.</summary>
    public string? ReasonString { get; init; }

    /// <summary>Pairs in the order sent.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    /// <summary>False if filters may hold no wildcards. Null means true.</summary>
    public bool? WildcardSubscriptionAvailable { get; init; }

    /// <summary>False if the server has no subscription identifiers. Null means true.</summary>
    public bool? SubscriptionIdentifiersAvailable { get; init; }

    /// <summary>False if the server has no shared subscriptions. Null means true.</summary>
    public bool? SharedSubscriptionAvailable { get; init; }

    /// <summary>The keep-alive that the client must use, in seconds; null if its own stands [MQTT-3.2.2-21].</summary>
    public ushort? ServerKeepAliveSeconds { get; init; }

    /// <summary>From what to build response topics; null without.</summary>
    public string? ResponseInformation { get; init; }

    /// <summary>Which other server to use; null without (MQTT 5 §4.11).</summary>
    public string? ServerReference { get; init; }

    /// <summary>The name of the extended authentication method; null without one.</summary>
    public string? AuthenticationMethod { get; init; }

    /// <summary>What the method needs; null without. Never without a method.</summary>
    public ReadOnlyMemory<byte>? AuthenticationData { get; init; }
}
