using Orrery.Actors.Extensions;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Topics;

/// <summary>What one topic node shows to readers on other threads. Immutable but for <see cref="Children"/>.</summary>
internal sealed record TopicNodeView
{
    /// <summary>Nothing at all: a node starts and ends with it.</summary>
    public static TopicNodeView Empty { get; } = new();

    /// <summary>Subscribers of the filter that ends here, in the order in which they came.</summary>
    public OrderedList<SubscriberEntry> Subscribers { get; init; }

    /// <summary>Subscribers of this node's path followed by '#', which also means the path itself (§4.7.1.2).</summary>
    public OrderedList<SubscriberEntry> MultiLevelSubscribers { get; init; }

    /// <summary>The topic's retained message, or null.</summary>
    public ApplicationMessage? Retained { get; init; }

    /// <summary>True if any node below has a retained message, so that a walk leaves out what has none.</summary>
    public bool HasRetainedBelow { get; init; }

    /// <summary>The child for '+', or null. Apart from the others, since it is looked for at every level.</summary>
    public TopicNode? SingleLevelChild { get; init; }

    /// <summary>The other children by the bytes of their level, or null. Many readers, and the node's actor as writer.</summary>
    public PublishedMap<TopicNode>? Children { get; init; }
}
