namespace Orrery.Client;

/// <summary>Why a connection ended.</summary>
public enum DisconnectCause
{
    /// <summary>The client said DISCONNECT.</summary>
    ByClient,

    /// <summary>CONNACK said no.</summary>
    Refused,

    /// <summary>The server said DISCONNECT, which only MQTT 5 has.</summary>
    ByServer,

    /// <summary>The server broke the protocol.</summary>
    ProtocolViolation,

    /// <summary>An answer to CONNECT or PINGREQ was not there in time.</summary>
    Timeout,

    /// <summary>The transport closed or failed.</summary>
    TransportLost,
}
