using Orrery.Actors;
using Orrery.Broker.Persistence;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Topics;

/// <summary>The messages that <see cref="TopicTree.Root"/> accepts, and its answers. All are immutable.</summary>
public static class TopicProtocol
{
    /// <summary>Adds an entry, or puts it in the place of the same session's entry for the same filter.</summary>
    /// <param name="Entry">Who subscribes and how.</param>
    /// <param name="Filter">The entry's filter.</param>
    /// <remarks>Answered with <see cref="Subscribed"/> or <see cref="SubscribeRefused"/>. The tree knows no shared subscriptions:
    /// each is one subscriber, with the filter that its members share.</remarks>
    /// <exception cref="ArgumentException">The filter starts with "$share/".</exception>
    public sealed record Subscribe(SubscriberEntry Entry, TopicFilter Filter)
    {
        /// <summary>The filter, which is not a shared one.</summary>
        public TopicFilter Filter { get; } = Plain(Filter);
    }

    /// <summary>The entry stands: whatever is matched from now on finds it.</summary>
    /// <param name="SubscriptionId">The entry's.</param>
    /// <param name="Existed">True if it took the place of an earlier one, which RetainHandling asks for [MQTT-3.3.1-10].</param>
    public sealed record Subscribed(long SubscriptionId, bool Existed);

    /// <summary>The entry was not added: a limit of <see cref="TopicTreeOptions"/> is reached.</summary>
    /// <param name="SubscriptionId">The entry's.</param>
    public sealed record SubscribeRefused(long SubscriptionId);

    /// <summary>Removes the session's entry for a filter, if there is one.</summary>
    /// <param name="Session">Whose.</param>
    /// <param name="SubscriptionId">Repeated in the answer, <see cref="Unsubscribed"/>.</param>
    /// <param name="Filter">The entry's filter.</param>
    /// <exception cref="ArgumentException">The filter starts with "$share/".</exception>
    public sealed record Unsubscribe(IActorRef Session, long SubscriptionId, TopicFilter Filter)
    {
        /// <summary>The filter, which is not a shared one.</summary>
        public TopicFilter Filter { get; } = Plain(Filter);
    }

    /// <summary>No entry stands for the filter: whatever is matched from now on does not find it.</summary>
    /// <param name="SubscriptionId">As asked.</param>
    /// <param name="Existed">True if there was an entry.</param>
    public sealed record Unsubscribed(long SubscriptionId, bool Existed = true);

    /// <summary>Makes a message its topic's retained one; an empty payload removes it [MQTT-3.3.1-5, MQTT-3.3.1-6].</summary>
    /// <param name="Message">The message as it is to be found by <see cref="TopicTree.MatchRetained"/>.</param>
    /// <param name="Token">Repeated in the answer, <see cref="Retained"/>.</param>
    public sealed record Retain(ApplicationMessage Message, long Token)
    {
        /// <summary>What the topic's node tells the store to keep before it answers; null keeps nothing beyond the process.</summary>
        public StoredMessage? Stored { get; init; }
    }

    /// <summary>The answer to <see cref="Retain"/>, once every later walk sees the change.</summary>
    /// <param name="Token">As asked.</param>
    /// <param name="Stored">False if a limit forbade it, and the topic still has what it had.</param>
    public sealed record Retained(long Token, bool Stored);

    /// <summary>Removes a retained message, such as an expired one, unless its topic has another by now. No answer.</summary>
    /// <param name="Message">The very instance that <see cref="TopicTree.MatchRetained"/> gave.</param>
    public sealed record DropRetained(ApplicationMessage Message);

    /// <summary>Gives the tree other limits of retained messages; the rest of the options does not change. No answer.</summary>
    /// <param name="Options">What counts from now on. What is there already stays, and may become smaller.</param>
    public sealed record SetLimits(TopicTreeOptions Options);

    private static TopicFilter Plain(TopicFilter filter) => filter.IsShared
        ? throw new ArgumentException($"{filter} is a shared subscription's", nameof(filter))
        : filter;
}
