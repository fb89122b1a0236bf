namespace Orrery.Broker.Connections;

/// <summary>What the host knows of a connection before its first byte.</summary>
/// <param name="RemoteEndPoint">The peer's address and port as text, for logs.</param>
/// <param name="Listener">The name of the listener that accepted it.</param>
public sealed record ConnectionInfo(string RemoteEndPoint, string Listener);
