using System.Diagnostics.CodeAnalysis;
using Orrery.Actors;
using Orrery.Actors.Extensions;
using Orrery.Broker.Persistence;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Topics;

/// <summary>Who subscribes to what, and what each topic retains: one broker's routing table.</summary>
/// <remarks>
/// Changes are messages to <see cref="Root"/> (<see cref="TopicProtocol"/>). Reading is a walk over what the nodes
/// have published, on any thread, without a message. Once an answer is there, every later walk sees the change.
/// </remarks>
public sealed class TopicTree
{
    private readonly PublishedVersion _version = new();
    private readonly Published<TopicTreeCounters> _counters = new(new TopicTreeCounters(0, 0, 0));

    private TopicTree(TopicTreeOptions options, StoreHandle? store)
    {
        Store = store;
        Options = options;
        RootNode = TopicNode.CreateRoot(this);
    }

    /// <summary>Where the messages of <see cref="TopicProtocol"/> go.</summary>
    public IActorRef Root { get; private set; } = ActorRefs.Nobody;

    /// <summary>Another number after each change that <see cref="Match"/> can see.</summary>
    /// <remarks>A reader that keeps what it matched reads this before it matches; then it can miss no change.</remarks>
    public long Version => _version.Value;

    /// <summary>What the tree holds.</summary>
    public TopicTreeCounters Counters => _counters.Value;

    internal TopicTreeOptions Options { get; }

    /// <summary>What keeps retained messages beyond the process; null for nothing.</summary>
    internal StoreHandle? Store { get; }

    internal TopicNode RootNode { get; }

    /// <summary>Starts an empty tree.</summary>
    /// <param name="parent">Whose child the root actor becomes, under the name "topics".</param>
    /// <param name="options">The limits.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <remarks>
    /// A failure of any node is the parent's to judge. To restart the root would lose every subscription without a word,
    /// so the parent's strategy has to stop it or to escalate.
    /// </remarks>
    public static TopicTree Create(IActorRefFactory parent, TopicTreeOptions options) => Create(parent, options, store: null);

    internal static TopicTree Create(IActorRefFactory parent, TopicTreeOptions options, StoreHandle? store)
    {
        ArgumentNullException.ThrowIfNull(parent);
        ArgumentNullException.ThrowIfNull(options);
        var faults = options.Validate();
        if (faults.Count > 0) throw new ArgumentException(string.Join(' ', faults), nameof(options));

        var tree = new TopicTree(options, store);
        tree.Root = parent.ActorOf(Props.Create(() => new TopicRootActor(tree)), "topics");
        return tree;
    }

    /// <summary>Adds everyone whose filter matches the topic; a session with several such filters several times.</summary>
    /// <param name="topic">What a message is published to.</param>
    /// <param name="entries">Gets the entries.</param>
    /// <remarks>
    /// Order: from the root down; at each level '#', then the filters that end there, then the branch with the level's
    /// own text, then the branch with '+'; in the order of subscribing where the filter is the same.
    /// </remarks>
    public void Match(TopicName topic, List<SubscriberEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(entries);
        TopicMatcher.Match(RootNode, topic, Options.TopicLevelsMax, entries);
    }

    /// <summary>Adds every retained message whose topic the filter matches; those that have expired too.</summary>
    /// <param name="filter">The filter of a new subscription. A shared one has no retained messages (MQTT 5 §4.8.2).</param>
    /// <param name="into">Gets the messages.</param>
    /// <remarks>Order: a topic before those below it, and beside each other in the order in which the tree first met them.</remarks>
    public void MatchRetained(TopicFilter filter, List<ApplicationMessage> into)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(into);
        if (filter.IsShared) return;
        new RetainedWalk(filter, into).Visit(RootNode, 0);
    }

    /// <summary>Finds one topic's retained message, expired or not.</summary>
    /// <param name="topic">Which topic.</param>
    /// <param name="message">The message, or null.</param>
    /// <returns>False without one.</returns>
    public bool TryGetRetained(TopicName topic, [NotNullWhen(true)] out ApplicationMessage? message)
    {
        ArgumentNullException.ThrowIfNull(topic);
        message = null;
        var node = RootNode;
        foreach (var level in topic.Levels)
        {
            if (node.View.Value.Children is not { } children) return false;
            if (!children.TryGet(Hashing.Hash(level), level, out var child)) return false;
            node = child;
        }

        message = node.View.Value.Retained;
        return message is not null;
    }

    internal void RoutingChanged() => _version.Increment();

    internal void Publish(TopicTreeCounters counters) => _counters.Publish(counters);
}
