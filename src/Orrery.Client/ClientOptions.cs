using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Client;

/// <summary>What a client asks of a server, and how it behaves.</summary>
public sealed record ClientOptions
{
    /// <summary>The version to speak. Default: 5.0.</summary>
    public MqttVersion Version { get; init; } = MqttVersion.V5;

    /// <summary>Names the session. Default: empty, so that the server chooses a name, which MQTT 3.1 does not allow.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>Whether the first connection starts a new session (Clean Session in MQTT 3). Default: true.</summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>How long the session outlives its connection, in seconds; 4,294,967,295 is for ever. MQTT 5 only.</summary>
    /// <remarks>Null, the default, ends it with the connection.</remarks>
    public uint? SessionExpiryIntervalSeconds { get; init; }

    /// <summary>The longest silence before a PINGREQ, in seconds. Default: 60. 0 sends none.</summary>
    /// <remarks>A server may shorten it in CONNACK [MQTT-3.1.2-21].</remarks>
    public ushort KeepAliveSeconds { get; init; } = 60;

    /// <summary>How long CONNACK may take. Default: 30 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Who the client says it is. Null, the default, sends no user name.</summary>
    public string? UserName { get; init; }

    /// <summary>The password. Null, the default, sends none. MQTT 3 allows none without a user name.</summary>
    public ReadOnlyMemory<byte>? Password { get; init; }

    /// <summary>What the server publishes if the client is gone without a word. Null, the default, is nothing.</summary>
    public Will? Will { get; init; }

    /// <summary>How many unacknowledged messages the server may send, 1 to 65,535. Default: 65,535. MQTT 5 only.</summary>
    public ushort ReceiveMaximum { get; init; } = ushort.MaxValue;

    /// <summary>How many unacknowledged messages the client sends, 1 to 65,535. Default: 65,535. The server may lower it.</summary>
    public ushort InFlightMax { get; init; } = ushort.MaxValue;

    /// <summary>The largest packet to accept, in bytes. Null, the default, is the protocol's limit.</summary>
    public uint? MaximumPacketSize { get; init; }

    /// <summary>How many topic aliases the server may use. Default: 0. MQTT 5 only.</summary>
    public ushort TopicAliasMaximum { get; init; }

    /// <summary>How many messages may wait for a connection or for room in flight. Default: 10,000. A later one is refused.</summary>
    public int QueuedMessagesMax { get; init; } = 10_000;

    /// <summary>Whether the client acknowledges a message when it arrives. Default: true. Else its owner does.</summary>
    public bool AcknowledgesOnArrival { get; init; } = true;

    /// <summary>When a message at QoS 2 is handed over: at its first PUBLISH, the default, or only at PUBREL (MQTT 5 §4.3.3).</summary>
    public bool HandsOverAtPubRel { get; init; }

    /// <summary>Name and value pairs in CONNECT. MQTT 5 only.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    /// <summary>Whether the server may send response information in CONNACK. Null, the default, does not ask. MQTT 5 only.</summary>
    public bool? RequestResponseInformation { get; init; }

    /// <summary>Whether the server may explain failures in every packet. Null, the default, leaves it to the server's default, which is yes. MQTT 5 only.</summary>
    public bool? RequestProblemInformation { get; init; }

    /// <summary>The authentication method to name in CONNECT. Null, the default, is none. MQTT 5 only.</summary>
    /// <remarks>The client has no method of its own: a server that answers with AUTH ends the connection.</remarks>
    public string? AuthenticationMethod { get; init; }

    /// <summary>What goes with <see cref="AuthenticationMethod"/>. Null, the default, is nothing.</summary>
    public ReadOnlyMemory<byte>? AuthenticationData { get; init; }

    /// <summary>How to come back after a lost connection. Null, the default: not by itself.</summary>
    /// <remarks>
    /// With it, a client whose server has lost the session subscribes again to what was granted, and publishes its
    /// unacknowledged messages of QoS 1 again; those of QoS 2 fail, since a second copy could arrive.
    /// </remarks>
    public ReconnectOptions? Reconnect { get; init; }

    internal ConnectPacket ToConnect(bool cleanStart) => new()
    {
        Version = Version,
        ClientId = ClientId,
        CleanStart = cleanStart,
        KeepAliveSeconds = KeepAliveSeconds,
        UserName = UserName,
        Password = Password,
        Will = Will,
        SessionExpiryIntervalSeconds = SessionExpiryIntervalSeconds,
        ReceiveMaximum = ReceiveMaximum == ushort.MaxValue ? null : ReceiveMaximum,
        MaximumPacketSize = MaximumPacketSize,
        TopicAliasMaximum = TopicAliasMaximum == 0 ? null : TopicAliasMaximum,
        RequestResponseInformation = RequestResponseInformation,
        RequestProblemInformation = RequestProblemInformation,
        AuthenticationMethod = AuthenticationMethod,
        AuthenticationData = AuthenticationData,
        UserProperties = UserProperties,
    };
}
