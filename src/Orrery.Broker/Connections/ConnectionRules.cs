using Orrery.Mqtt;

namespace Orrery.Broker.Connections;

/// <summary>What a packet of a client means for its connection.</summary>
internal enum Verdict
{
    /// <summary>CONNECT: look at it and find the session.</summary>
    Open,

    /// <summary>Answer PINGREQ.</summary>
    ReplyPingResp,

    /// <summary>The session's to handle.</summary>
    ToSession,

    /// <summary>Close without a word.</summary>
    CloseQuietly,

    /// <summary>Close, naming Protocol Error where the version can.</summary>
    CloseProtocolError,

    /// <summary>Of no consequence any more.</summary>
    Ignore,
}

/// <summary>The table of packets and connection states.</summary>
internal static class ConnectionRules
{
    /// <summary>What one inbound packet means in each state. Pure: the caller does what the verdict says.</summary>
    public static Verdict Judge(ConnectionState state, ControlPacketType packet) => (state, packet) switch
    {
        (ConnectionState.AwaitingConnect, ControlPacketType.Connect) => Verdict.Open,
        (ConnectionState.AwaitingConnect, _) => Verdict.CloseQuietly,                           // [MQTT-3.1.0-1]
        (ConnectionState.Attaching, _) => Verdict.CloseProtocolError,                           // nothing was asked for
        (ConnectionState.Connected, ControlPacketType.PingReq) => Verdict.ReplyPingResp,        // [MQTT-3.12.4-1]
        (ConnectionState.Connected, ControlPacketType.Publish
            or ControlPacketType.PubAck or ControlPacketType.PubRec or ControlPacketType.PubRel or ControlPacketType.PubComp
            or ControlPacketType.Subscribe or ControlPacketType.Unsubscribe or ControlPacketType.Disconnect) => Verdict.ToSession,
        (ConnectionState.Connected, _) => Verdict.CloseProtocolError,                           // [MQTT-3.1.0-2]; AUTH was not agreed; the rest are a server's
        (ConnectionState.Closed, _) => Verdict.Ignore,                                          // bytes already on their way
        _ => throw new InvariantViolationException($"no rule for {state} and {packet}"),
    };
}
