namespace Orrery.Mqtt.Packets;

/// <summary>DISCONNECT: the last packet of a connection (MQTT 5 §3.14).</summary>
/// <remarks>Before MQTT 5 only a client sends it, and without any content.</remarks>
public sealed record DisconnectPacket : Packet
{
    /// <inheritdoc/>
    public override ControlPacketType Type => ControlPacketType.Disconnect;

    /// <summary>Why the connection ends.</summary>
    public ReasonCode ReasonCode { get; init; }

    /// <summary>A new value in seconds; null leaves CONNECT's. Only from a client [MQTT-3.14.2-2].</summary>
    public uint? SessionExpiryIntervalSeconds { get; init; }

    /// <summary>A sentence for people; null without one.</summary>
    public string? ReasonString { get; init; }

    /// <summary>Pairs in the order sent.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    /// <summary>Which other server to use; null without (MQTT 5 §4.11).</summary>
    public string? ServerReference { get; init; }
}
