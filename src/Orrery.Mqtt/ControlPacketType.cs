namespace Orrery.Mqtt;

/// <summary>The four high bits of a packet's first byte (MQTT 5 §2.1.2). 0 is forbidden, and 15 is before MQTT 5.</summary>
public enum ControlPacketType : byte
{
    /// <summary>A client asks for a connection.</summary>
    Connect = 1,

    /// <summary>The server's answer to CONNECT.</summary>
    ConnAck = 2,

    /// <summary>An application message, in either direction.</summary>
    Publish = 3,

    /// <summary>Answers a PUBLISH at QoS 1.</summary>
    PubAck = 4,

    /// <summary>Answers a PUBLISH at QoS 2: its first step.</summary>
    PubRec = 5,

    /// <summary>Answers PUBREC.</summary>
    PubRel = 6,

    /// <summary>Answers PUBREL, and ends the exchange.</summary>
    PubComp = 7,

    /// <summary>A client adds or replaces subscriptions.</summary>
    Subscribe = 8,

    /// <summary>The server's answer to SUBSCRIBE.</summary>
    SubAck = 9,

    /// <summary>A client ends subscriptions.</summary>
    Unsubscribe = 10,

    /// <summary>The server's answer to UNSUBSCRIBE.</summary>
    UnsubAck = 11,

    /// <summary>A client shows that it is alive.</summary>
    PingReq = 12,

    /// <summary>The server's answer to PINGREQ.</summary>
    PingResp = 13,

    /// <summary>The last packet of a connection: a client's, and since MQTT 5 also a server's.</summary>
    Disconnect = 14,

    /// <summary>One step of an authentication exchange, since MQTT 5.</summary>
    Auth = 15,
}
