using Orrery.Mqtt;
using Orrery.Mqtt.Flows;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Persistence;

/// <summary>One change of what is kept. Immutable. A store applies changes in the order in which it is told of them.</summary>
public abstract record StoreMutation
{
    private StoreMutation()
    {
    }

    /// <summary>A queue begins. One of the same kind and name ends with all it has: a client's new session replaces its old one.</summary>
    public sealed record BeginQueue(StoredQueue Queue) : StoreMutation;

    /// <summary>A queue ends, with its subscriptions, messages, exchanges and will.</summary>
    public sealed record EndQueue(StoredQueue Queue) : StoreMutation;

    /// <summary>A client is bound to its session.</summary>
    /// <param name="Queue">The session.</param>
    /// <param name="ExpiryIntervalSeconds">How long the session outlives the connection; uint.MaxValue for ever.</param>
    /// <param name="Will">The will of the connection; null for none.</param>
    public sealed record Attach(StoredQueue Queue, uint ExpiryIntervalSeconds, Will? Will) : StoreMutation;

    /// <summary>The connection of a session is over.</summary>
    /// <param name="Queue">The session.</param>
    /// <param name="ExpiryIntervalSeconds">As DISCONNECT left it.</param>
    /// <param name="ExpiresAtTicks">When the session ends, in UTC ticks; long.MaxValue for never.</param>
    /// <param name="WillDueAtTicks">When the will is due, in UTC ticks; 0 when none is left to publish.</param>
    public sealed record Detach(StoredQueue Queue, uint ExpiryIntervalSeconds, long ExpiresAtTicks, long WillDueAtTicks) : StoreMutation;

    /// <summary>The will was published, or is not wanted any more.</summary>
    public sealed record ClearWill(StoredQueue Queue) : StoreMutation;

    /// <summary>A subscription is made, or takes the place of the one with the same filter.</summary>
    /// <param name="Queue">The session.</param>
    /// <param name="Subscription">What was granted; a filter of a shared subscription is the whole `$share/name/filter`.</param>
    /// <param name="Identifier">Subscription Identifier; null for none.</param>
    public sealed record PutSubscription(StoredQueue Queue, Subscription Subscription, uint? Identifier) : StoreMutation;

    /// <summary>A subscription ends.</summary>
    public sealed record RemoveSubscription(StoredQueue Queue, string Filter) : StoreMutation;

    /// <summary>A message joins queues, which hold it by reference.</summary>
    public sealed record AddMessage(StoredMessage Message, IReadOnlyList<QueueTarget> Targets) : StoreMutation;

    /// <summary>A message that a member had begun goes back to the queue of its shared subscription, which does not have it.</summary>
    public sealed record MoveMessage(StoredMessage Message, StoredQueue From, QueueTarget To) : StoreMutation;

    /// <summary>A message leaves a queue: it is done, expired, refused or dropped.</summary>
    public sealed record RemoveMessage(StoredQueue Queue, StoredMessage Message) : StoreMutation;

    /// <summary>A queued message gets its packet identifier: its first PUBLISH is about to leave.</summary>
    /// <param name="Queue">The session.</param>
    /// <param name="Message">The message.</param>
    /// <param name="PacketIdentifier">Its identifier.</param>
    /// <param name="Order">The place among the exchanges of the session, which grows.</param>
    public sealed record StartExchange(StoredQueue Queue, StoredMessage Message, PacketIdentifier PacketIdentifier, long Order) : StoreMutation;

    /// <summary>An exchange at QoS 2 has come further: PUBREC arrived.</summary>
    public sealed record AdvanceExchange(StoredQueue Queue, StoredMessage Message, OutboundState State) : StoreMutation;

    /// <summary>A PUBLISH at QoS 2 was taken over from the client.</summary>
    public sealed record AddInbound(StoredQueue Queue, PacketIdentifier PacketIdentifier) : StoreMutation;

    /// <summary>The exchange of a PUBLISH at QoS 2 from the client is over.</summary>
    public sealed record RemoveInbound(StoredQueue Queue, PacketIdentifier PacketIdentifier) : StoreMutation;

    /// <summary>A topic's retained message is replaced.</summary>
    public sealed record SetRetained(StoredMessage Message) : StoreMutation;

    /// <summary>A topic has no retained message any more.</summary>
    public sealed record ClearRetained(string Topic) : StoreMutation;
}

/// <summary>How one queue holds a message.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="QoS">1 or 2: the lower of what was published and what was granted.</param>
/// <param name="Retain">The RETAIN flag that the subscriber sees.</param>
/// <param name="Identifiers">Subscription Identifiers to send along; null for none.</param>
public sealed record QueueTarget(StoredQueue Queue, QoS QoS, bool Retain, uint[]? Identifiers);
