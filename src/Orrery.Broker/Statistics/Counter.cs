namespace Orrery.Broker.Statistics;

/// <summary>What a broker counts. Every loss has a counter of its own.</summary>
public enum Counter
{
    /// <summary>Connections that were opened.</summary>
    ConnectionsOpened,

    /// <summary>Connections that ended, however.</summary>
    ConnectionsClosed,

    /// <summary>Connections refused because <see cref="BrokerOptions.ConnectionsMax"/> was reached.</summary>
    ConnectionsRefused,

    /// <summary>CONNECTs that were accepted.</summary>
    ConnectsAccepted,

    /// <summary>CONNECTs that were refused.</summary>
    ConnectsRefused,

    /// <summary>Connections closed because the client was silent for 1.5 times its Keep Alive.</summary>
    KeepAliveTimeouts,

    /// <summary>Connections closed because of what the client sent.</summary>
    ProtocolViolations,

    /// <summary>Sessions that were ended: expired, or replaced by a clean start.</summary>
    SessionsEnded,

    /// <summary>Messages lost because a session's queue was full.</summary>
    QueueFull,

    /// <summary>QoS 0 messages for sessions without a connection.</summary>
    QoS0Offline,

    /// <summary>Messages whose expiry interval passed before they could be sent.</summary>
    Expired,

    /// <summary>Messages larger than the Maximum Packet Size of the client.</summary>
    TooLargeForClient,

    /// <summary>Retained messages that were delivered but not kept, for want of room.</summary>
    RetainedRefused,

    /// <summary>Messages that waited for a shared subscription whose last member left.</summary>
    SharedGroupEnded,

    /// <summary>QoS 2 messages of a shared subscription that were in flight to a session that ended [MQTT-4.8.2-5].</summary>
    SharedInFlightEnded,

    /// <summary>Messages refused because their payload is not what they say it is.</summary>
    PayloadFormatInvalid,

    /// <summary>Subscriptions refused for want of room.</summary>
    SubscriptionsRefused,
}
