namespace Orrery.Simulation.Network;

/// <summary>A program that holds one end of a connection. Called within the event in which it happens.</summary>
internal interface IStreamOwner
{
    /// <summary>The peer's system accepted the connection. Only who asked for one is told.</summary>
    void OnConnected();

    /// <summary>Bytes arrived, or the peer's end of them did.</summary>
    void OnReadable();

    /// <summary>There is room in the send buffer again, after it was full.</summary>
    void OnWritable();

    /// <summary>The connection is gone without an orderly end; nothing follows.</summary>
    /// <param name="reason">One clause for people.</param>
    void OnLost(string reason);
}

/// <summary>A program that takes connections.</summary>
internal interface IStreamListener
{
    /// <summary>What happens to who asks for a connection now (N8).</summary>
    ListenerMode Mode { get; }

    /// <summary>A connection was opened. The listener sets the owner of its end.</summary>
    /// <param name="end">The listener's end.</param>
    /// <param name="remote">The peer's address.</param>
    void Accept(StreamEnd end, string remote);
}

/// <summary>What a listening system answers.</summary>
internal enum ListenerMode
{
    /// <summary>Yes.</summary>
    Accepting,

    /// <summary>No: nobody listens.</summary>
    Refusing,

    /// <summary>Nothing: the backlog is full, or the request gets lost.</summary>
    Hanging,
}
