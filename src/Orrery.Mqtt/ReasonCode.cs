namespace Orrery.Mqtt;

/// <summary>The outcome of an operation, as acknowledgements carry it (MQTT 5 §2.4). 0x80 and above is failure.</summary>
/// <remarks>The names and numbers are the specification's. Success also stands for its two other names of 0.</remarks>
public enum ReasonCode : byte
{
    /// <summary>The normal outcome; also a normal disconnection, and a subscription granted at QoS 0.</summary>
    Success = 0x00,

    /// <summary>The subscription is granted at QoS 1.</summary>
    GrantedQoS1 = 0x01,

    /// <summary>The subscription is granted at QoS 2.</summary>
    GrantedQoS2 = 0x02,

    /// <summary>The client leaves and wants its will published all the same.</summary>
    DisconnectWithWillMessage = 0x04,

    /// <summary>The message is accepted, and nobody subscribes to its topic.</summary>
    NoMatchingSubscribers = 0x10,

    /// <summary>There was no such subscription to end.</summary>
    NoSubscriptionExisted = 0x11,

    /// <summary>The authentication exchange goes on.</summary>
    ContinueAuthentication = 0x18,

    /// <summary>The client starts to authenticate again.</summary>
    ReAuthenticate = 0x19,

    /// <summary>It failed, and no other code says why.</summary>
    UnspecifiedError = 0x80,

    /// <summary>Bytes that break the format of packets.</summary>
    MalformedPacket = 0x81,

    /// <summary>A well-formed packet that breaks the protocol's rules here and now.</summary>
    ProtocolError = 0x82,

    /// <summary>The packet is valid, and this receiver does not accept it.</summary>
    ImplementationSpecificError = 0x83,

    /// <summary>The server does not speak the version that was asked for.</summary>
    UnsupportedProtocolVersion = 0x84,

    /// <summary>The client identifier is a valid string that the server does not allow.</summary>
    ClientIdentifierNotValid = 0x85,

    /// <summary>The user name or password is not accepted.</summary>
    BadUserNameOrPassword = 0x86,

    /// <summary>The peer may not do this.</summary>
    NotAuthorized = 0x87,

    /// <summary>The server cannot serve now.</summary>
    ServerUnavailable = 0x88,

    /// <summary>The server has too much to do: try again later.</summary>
    ServerBusy = 0x89,

    /// <summary>The client was shut out by an administrator.</summary>
    Banned = 0x8A,

    /// <summary>The server is stopping.</summary>
    ServerShuttingDown = 0x8B,

    /// <summary>The authentication method is unsupported, or not the one in use.</summary>
    BadAuthenticationMethod = 0x8C,

    /// <summary>Nothing arrived for one and a half times the keep-alive interval.</summary>
    KeepAliveTimeout = 0x8D,

    /// <summary>A newer connection uses the same client identifier.</summary>
    SessionTakenOver = 0x8E,

    /// <summary>The topic filter is well formed and not allowed here.</summary>
    TopicFilterInvalid = 0x8F,

    /// <summary>The topic name is well formed and not allowed here.</summary>
    TopicNameInvalid = 0x90,

    /// <summary>The packet identifier belongs to an exchange that has not ended.</summary>
    PacketIdentifierInUse = 0x91,

    /// <summary>The packet identifier belongs to no exchange.</summary>
    PacketIdentifierNotFound = 0x92,

    /// <summary>More unacknowledged messages than the receiver asked for.</summary>
    ReceiveMaximumExceeded = 0x93,

    /// <summary>The topic alias is 0 or above the receiver's maximum.</summary>
    TopicAliasInvalid = 0x94,

    /// <summary>The packet is larger than the receiver accepts.</summary>
    PacketTooLarge = 0x95,

    /// <summary>Messages arrive faster than agreed.</summary>
    MessageRateTooHigh = 0x96,

    /// <summary>A limit of the implementation or the administrator was reached.</summary>
    QuotaExceeded = 0x97,

    /// <summary>An administrator closed the connection.</summary>
    AdministrativeAction = 0x98,

    /// <summary>The payload is not what its format indicator says.</summary>
    PayloadFormatInvalid = 0x99,

    /// <summary>The server keeps no retained messages.</summary>
    RetainNotSupported = 0x9A,

    /// <summary>The QoS is above the server's maximum.</summary>
    QoSNotSupported = 0x9B,

    /// <summary>Use another server temporarily.</summary>
    UseAnotherServer = 0x9C,

    /// <summary>Use another server from now on.</summary>
    ServerMoved = 0x9D,

    /// <summary>The server has no shared subscriptions.</summary>
    SharedSubscriptionsNotSupported = 0x9E,

    /// <summary>Connections are opened faster than allowed.</summary>
    ConnectionRateExceeded = 0x9F,

    /// <summary>The connection has lasted as long as it may.</summary>
    MaximumConnectTime = 0xA0,

    /// <summary>The server has no subscription identifiers.</summary>
    SubscriptionIdentifiersNotSupported = 0xA1,

    /// <summary>The server has no subscriptions with wildcards.</summary>
    WildcardSubscriptionsNotSupported = 0xA2,
}
