namespace Orrery.Broker.Statistics;

/// <summary>What a broker counts. Every loss has a counter of its own.</summary>
/// <remarks>Packets by type and endings by reason code are counted apart: see <see cref="BrokerStatistics"/>.</remarks>
public enum Counter
{
    /// <summary>Connections that were opened.</summary>
    ConnectionsOpened,

    /// <summary>Connections that ended, however.</summary>
    ConnectionsClosed,

    /// <summary>Connections refused because <see cref="BrokerOptions.ConnectionsMax"/> was reached, or the broker was stopping.</summary>
    ConnectionsRefused,

    /// <summary>CONNECTs that were accepted.</summary>
    ConnectsAccepted,

    /// <summary>CONNECTs that were refused.</summary>
    ConnectsRefused,

    /// <summary>Connections that brought no CONNECT in time.</summary>
    ConnectTimeouts,

    /// <summary>Connections that ended after their CONNECT had been accepted.</summary>
    ClientsDisconnected,

    /// <summary>Those of them that the network or the peer ended without a DISCONNECT.</summary>
    ConnectionsLost,

    /// <summary>Connections closed because the client was silent for 1.5 times its Keep Alive.</summary>
    KeepAliveTimeouts,

    /// <summary>Connections closed because of what the client sent.</summary>
    ProtocolViolations,

    /// <summary>Bytes of the whole packets that clients sent.</summary>
    BytesReceived,

    /// <summary>Bytes of the packets sent to clients.</summary>
    BytesSent,

    /// <summary>Bytes of the payloads that clients published.</summary>
    PublishBytesReceived,

    /// <summary>Bytes of the payloads sent to clients.</summary>
    PublishBytesSent,

    /// <summary>Sessions that began.</summary>
    SessionsStarted,

    /// <summary>Sessions that were ended: with their connection, expired, or replaced by a clean start.</summary>
    SessionsEnded,

    /// <summary>Those of them that outlived their connection and then expired.</summary>
    SessionsExpired,

    /// <summary>Sessions that a fault of the broker ended.</summary>
    SessionsFailed,

    /// <summary>Messages that wait for a session or are in flight to its client now. Falls again.</summary>
    StoredMessages,

    /// <summary>Bytes of the messages that wait for sessions now. Falls again.</summary>
    StoredBytes,

    /// <summary>Subscriptions of sessions to filters that are not shared now. Falls again.</summary>
    Subscriptions,

    /// <summary>Subscriptions of sessions to shared filters now. Falls again.</summary>
    SharedSubscriptions,

    /// <summary>Messages that no subscription matched.</summary>
    Unmatched,

    /// <summary>Messages that were not accepted because a client may not publish to their topic.</summary>
    PublishRefused,

    /// <summary>PUBLISH packets behind the end of their connection: after DISCONNECT, a protocol error or a takeover.</summary>
    PublishVoid,

    /// <summary>Messages lost because a session's queue was full.</summary>
    QueueFull,

    /// <summary>QoS 0 messages for sessions without a connection.</summary>
    QoS0Offline,

    /// <summary>QoS 0 messages that were on their way to a client when its connection ended.</summary>
    QoS0ConnectionEnded,

    /// <summary>Messages whose expiry interval passed before they could be sent.</summary>
    Expired,

    /// <summary>Messages larger than the Maximum Packet Size of the client.</summary>
    TooLargeForClient,

    /// <summary>Messages under way to a session whose subscription ended meanwhile.</summary>
    Unsubscribed,

    /// <summary>Messages that waited for a session, or were in flight to its client, when it ended.</summary>
    SessionEnded,

    /// <summary>Retained messages owed to a new subscription when its connection ended; of one that still waited for its turn, none.</summary>
    RetainedUnsent,

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
