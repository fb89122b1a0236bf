using Orrery.Broker.Persistence;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Topics;

/// <summary>What topic nodes tell each other. <see cref="TopicProtocol"/> has what comes from outside.</summary>
internal static class TopicNodeProtocol
{
    /// <summary>Goes down the tree in the place of a Subscribe that finds the tree full: it may only replace.</summary>
    public sealed record Resubscribe(TopicProtocol.Subscribe Subscribe);

    /// <summary>Goes down the tree to the node of a topic: an admitted change of its retained message.</summary>
    /// <param name="Topic">Whose.</param>
    /// <param name="Message">The message to be, or null to remove it.</param>
    /// <param name="CountDelta">What it does to the number of retained messages on the path: -1, 0 or 1.</param>
    /// <param name="Token">The token of the Retain that asks for an answer, or null.</param>
    /// <param name="Mutation">What the node tells the store; null for nothing.</param>
    public sealed record StoreRetained(TopicName Topic, ApplicationMessage? Message, int CountDelta, long? Token, StoreMutation? Mutation);

    /// <summary>A node tells the root that admitted changes of its topic's retained message are published.</summary>
    public sealed record RetainedSettled(TopicName Topic, int Count);

    /// <summary>A node tells the root how many subscriptions fewer there are than the root counted.</summary>
    public sealed record SubscriptionsReleased(int Count);

    /// <summary>A node tells its parent that it holds nothing.</summary>
    /// <param name="Node">Which node.</param>
    /// <param name="HandledCount">How many of the parent's messages it knew when it said so.</param>
    public sealed record NodeIdle(TopicNode Node, long HandledCount);

    /// <summary>A node tells itself to publish what has changed, after whatever its mailbox holds by now.</summary>
    public sealed record PublishChanges
    {
        private PublishChanges()
        {
        }

        public static PublishChanges Instance { get; } = new();
    }
}
