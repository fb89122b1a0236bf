using Orrery.Actors;
using Orrery.Broker.Persistence;
using Orrery.Broker.Topics;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Sharing;

/// <summary>The messages between sessions and the shared subscriptions they are members of. All are immutable.</summary>
/// <remarks>Joining and leaving are answered as the topic tree answers: with <see cref="TopicProtocol.Subscribed"/> and
/// <see cref="TopicProtocol.Unsubscribed"/>.</remarks>
internal static class SharedProtocol
{
    /// <summary>The room of a member whose client is away; 0 is that of one which can't keep up at the moment.</summary>
    public const int Away = -1;

    /// <summary>Makes a session a member of the group that its filter names, or changes its options.</summary>
    /// <param name="Entry">Whose, with the options as granted.</param>
    /// <param name="RoomMax">How many messages the session takes at a time, 0 for none now, or <see cref="Away"/>.</param>
    public sealed record Join(SubscriberEntry Entry, int RoomMax);

    /// <summary>Ends a membership. What the session has not begun to send, it gives back first.</summary>
    public sealed record Leave(IActorRef Session, long SubscriptionId, TopicFilter Filter);

    /// <summary>The member's client came or went, fell behind or caught up.</summary>
    /// <param name="Filter">Which group.</param>
    /// <param name="RoomMax">How many messages it takes at a time, 0 for none now, or <see cref="Away"/>.</param>
    public sealed record Room(TopicFilter Filter, int RoomMax);

    /// <summary>Messages for this member, and for no other of its group.</summary>
    /// <param name="SubscriptionId">The member's number for its subscription.</param>
    /// <param name="Messages">In order.</param>
    public sealed record Share(long SubscriptionId, SharedMessage[] Messages);

    /// <summary>The member is done with this many messages: acknowledged, refused, or lost with a count.</summary>
    /// <param name="SubscriptionId">The membership they were shared with, which may have ended.</param>
    /// <param name="Messages">How many.</param>
    public sealed record Done(long SubscriptionId, int Messages);

    /// <summary>The member gives messages back, which go to others.</summary>
    /// <param name="SubscriptionId">The membership they were shared with, which may have ended.</param>
    /// <param name="Messages">In any order.</param>
    /// <param name="RoomMax">How many messages it takes at a time, 0 for none now, or <see cref="Away"/>.</param>
    public sealed record GiveBack(long SubscriptionId, SharedMessage[] Messages, int RoomMax);

    /// <summary>Makes a group what the store kept of it. It answers with <see cref="Recovered"/> once it subscribes and has its messages.</summary>
    public sealed record Recover(StoredQueue Queue);

    /// <summary>The answer to <see cref="Recover"/>, and the parent's to <see cref="RecoverAll"/>.</summary>
    public sealed record Recovered
    {
        public static Recovered Instance { get; } = new();
    }

    /// <summary>Asks the parent to recover groups; answered with <see cref="Recovered"/> once all are.</summary>
    public sealed record RecoverAll(IReadOnlyList<StoredQueue> Queues);

    /// <summary>All of the broker is recovered: a group without members ends again.</summary>
    public sealed record Serve
    {
        public static Serve Instance { get; } = new();
    }

    /// <summary>A group tells its parent that nobody is left.</summary>
    /// <param name="Filter">Which group.</param>
    /// <param name="Handled">How many messages it has seen through its parent: one more may be on its way.</param>
    public sealed record Empty(TopicFilter Filter, long Handled);
}
