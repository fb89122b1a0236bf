namespace Orrery.Client;

/// <summary>Where a client stands with its server.</summary>
public enum ClientState
{
    /// <summary>There is no connection, or it is over.</summary>
    Disconnected,

    /// <summary>CONNECT was sent.</summary>
    AwaitingConnAck,

    /// <summary>The server said yes.</summary>
    Connected,
}
