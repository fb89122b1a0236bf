namespace Orrery.Broker.Connections;

/// <summary>Where a connection stands.</summary>
internal enum ConnectionState
{
    /// <summary>Nothing but CONNECT may come.</summary>
    AwaitingConnect,

    /// <summary>CONNECT came; the session has yet to take this connection. Nothing is read meanwhile.</summary>
    Attaching,

    /// <summary>CONNACK left with success.</summary>
    Connected,

    /// <summary>Over. What still arrives is void.</summary>
    Closed,
}
