namespace Orrery.Mqtt.Packets;

/// <summary>CONNECT: the first packet of a connection (MQTT 5 §3.1).</summary>
public sealed record ConnectPacket : Packet
{
    /// <inheritdoc/>
    public override ControlPacketType Type => ControlPacketType.Connect;

    /// <summary>The version that the client speaks on this connection. Default: 5.0.</summary>
    public MqttVersion Version { get; init; } = MqttVersion.V5;

    /// <summary>Names the session. Empty, the default, asks the server for a name [MQTT-3.1.3-6].</summary>
    public string ClientId { get; init; } = "";

    /// <summary>True to discard an earlier session [MQTT-3.1.2-4]. "Clean Session" before MQTT 5, where it also ends this one with the connection.</summary>
    public bool CleanStart { get; init; }

    /// <summary>The longest that the client is silent, in seconds, 0 to 65,535. 0, the default, sets no limit.</summary>
    public ushort KeepAliveSeconds { get; init; }

    /// <summary>Who connects; null if not said.</summary>
    public string? UserName { get; init; }

    /// <summary>Any bytes, at most 65,535; null without one. Before MQTT 5 it needs a user name [v311:MQTT-3.1.2-22].</summary>
    public ReadOnlyMemory<byte>? Password { get; init; }

    /// <summary>What to publish if the client is lost; null for nothing.</summary>
    public Will? Will { get; init; }

    /// <summary>How long the session outlives the connection, in seconds. Null means 0; 4,294,967,295 is for ever.</summary>
    public uint? SessionExpiryIntervalSeconds { get; init; }

    /// <summary>How many QoS 1 and 2 messages the client takes unacknowledged, 1 to 65,535. Null means 65,535.</summary>
    public ushort? ReceiveMaximum { get; init; }

    /// <summary>The largest packet that the client takes, in bytes, 1 or more. Null sets no limit.</summary>
    public uint? MaximumPacketSize { get; init; }

    /// <summary>The highest topic alias that the client takes. Null means 0: none.</summary>
    public ushort? TopicAliasMaximum { get; init; }

    /// <summary>True to ask for Response Information in CONNACK. Null means false.</summary>
    public bool? RequestResponseInformation { get; init; }

    /// <summary>False to keep reason strings out of most packets [MQTT-3.1.2-29]. Null means true.</summary>
    public bool? RequestProblemInformation { get; init; }

    /// <summary>Pairs in the order sent.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    /// <summary>The name of the extended authentication method; null without one (MQTT 5 §4.12).</summary>
    public string? AuthenticationMethod { get; init; }

    /// <summary>What the method needs; null without. Never without a method.</summary>
    public ReadOnlyMemory<byte>? AuthenticationData { get; init; }
}
