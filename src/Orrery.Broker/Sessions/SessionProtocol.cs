using Orrery.Actors;
using Orrery.Broker.Connections;
using Orrery.Broker.Persistence;
using Orrery.Broker.Publishing;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Sessions;

/// <summary>The messages <see cref="SessionActor"/> and <see cref="SessionsActor"/> accept. All are immutable.</summary>
internal static class SessionProtocol
{
    /// <summary>Binds the session of a client to a live connection, which takes it over from any earlier one.</summary>
    /// <param name="Connection">Gets <see cref="ConnectionProtocol.Attached"/> or <see cref="ConnectionProtocol.Refused"/>.</param>
    /// <param name="Connect">What the client asked for.</param>
    /// <param name="ClientId">Its identifier, or the one assigned to it.</param>
    /// <param name="KeepAliveSeconds">What counts on this connection, after the server's own limit.</param>
    public sealed record Attach(IActorRef Connection, ConnectPacket Connect, string ClientId, int KeepAliveSeconds);

    /// <summary>What a client sent in one read, in order.</summary>
    /// <param name="Batch">The packets.</param>
    /// <param name="Count">How many of them are for the session, from the first.</param>
    public sealed record Inbound(PacketBatch Batch, int Count);

    /// <summary>Messages of one publisher's batch for this session.</summary>
    /// <param name="Runs">In the order they were published.</param>
    /// <param name="Confirm">True asks for <see cref="Accepted"/>: the publisher reads no further until its
    /// subscribers have kept up, which bounds every mailbox.</param>
    public sealed record Deliver(DeliveryRun[] Runs, bool Confirm);

    /// <summary>A <see cref="Deliver"/> was queued, sent or dropped, as the limits say.</summary>
    public sealed record Accepted
    {
        public static Accepted Instance { get; } = new();
    }

    /// <summary>The connection encoded this many bytes of what it was given.</summary>
    public sealed record Transmitted(int Bytes);

    /// <summary>Asks the registry what a session holds; the answer is a <see cref="SessionSnapshot"/>.</summary>
    /// <param name="ClientId">Whose it is.</param>
    public sealed record Describe(string ClientId);

    /// <summary>Makes a session what the store kept of it. It answers with <see cref="Recovered"/> once its subscriptions are active.</summary>
    public sealed record Recover(RecoveredQueue Queue);

    /// <summary>The answer to <see cref="Recover"/>, and the registry's to <see cref="RecoverAll"/>.</summary>
    public sealed record Recovered
    {
        public static Recovered Instance { get; } = new();
    }

    /// <summary>Asks the registry to recover sessions; answered with <see cref="Recovered"/> once all are.</summary>
    public sealed record RecoverAll(IReadOnlyList<RecoveredQueue> Queues);

    /// <summary>All of the broker is recovered: delays and expiries of recovered sessions count again.</summary>
    public sealed record Serve
    {
        public static Serve Instance { get; } = new();
    }

    /// <summary>No connection is left. Asks for <see cref="Settled"/> once everything about that is written; the registry asks all.</summary>
    public sealed record Settle
    {
        public static Settle Instance { get; } = new();
    }

    /// <summary>The answer to <see cref="Settle"/>.</summary>
    public sealed record Settled
    {
        public static Settled Instance { get; } = new();
    }

    /// <summary>A session tells the registry that it is over.</summary>
    /// <param name="ClientId">Whose it was.</param>
    /// <param name="AttachesHandled">How many <see cref="Attach"/> it has seen: one more may be on its way.</param>
    public sealed record Ending(string ClientId, long AttachesHandled);
}
