namespace Orrery.Broker.Sessions;

/// <summary>What one session held at one instant. Immutable.</summary>
/// <param name="IsConnected">Whether a client is bound to it.</param>
/// <param name="InFlight">QoS 1 and 2 messages to the client that it has not finished.</param>
/// <param name="Queued">Messages that wait to be sent.</param>
/// <param name="QueuedBytes">Bytes of their topics and payloads.</param>
/// <param name="Inbound">QoS 2 messages of the client that wait for PUBREL.</param>
/// <param name="Subscriptions">Its subscriptions.</param>
public sealed record SessionSnapshot(bool IsConnected, int InFlight, int Queued, long QueuedBytes, int Inbound, int Subscriptions)
{
    /// <summary>What is said of a session that is not there.</summary>
    public static SessionSnapshot None { get; } = new(false, 0, 0, 0, 0, 0);
}
