namespace Orrery.Mqtt.Packets;

/// <summary>AUTH: one step of an authentication exchange (MQTT 5 §3.15). There is none before MQTT 5.</summary>
public sealed record AuthPacket : Packet
{
    /// <inheritdoc/>
    public override ControlPacketType Type => ControlPacketType.Auth;

    /// <summary>Success, ContinueAuthentication or ReAuthenticate [MQTT-3.15.2-1].</summary>
    public ReasonCode ReasonCode { get; init; }

    /// <summary>The method in use. Null only in the short form of success, which has no properties at all.</summary>
    public string? AuthenticationMethod { get; init; }

    /// <summary>What the method needs; null without.</summary>
    public ReadOnlyMemory<byte>? AuthenticationData { get; init; }

    /// <summary>A sentence for people; null without one.</summary>
    public string? ReasonString { get; init; }

    /// <summary>Pairs in the order sent.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];
}
