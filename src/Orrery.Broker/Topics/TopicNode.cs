using Orrery.Actors;
using Orrery.Actors.Extensions;
using Orrery.Mqtt;

namespace Orrery.Broker.Topics;

/// <summary>One level of a topic or filter in use: what readers hold of a <see cref="TopicNodeActor"/>.</summary>
/// <remarks>The node's actor publishes the view; the parent's actor alone touches what is marked as its own.</remarks>
internal sealed class TopicNode
{
    private TopicNode(TopicTree tree, byte[] level, ulong hash, long index, int depth, int levelStart)
    {
        Tree = tree;
        Level = level;
        Hash = hash;
        Index = index;
        Depth = depth;
        LevelStart = levelStart;
    }

    /// <summary>What the node is part of.</summary>
    public TopicTree Tree { get; }

    /// <summary>The bytes of the level; none for an empty level and for the root.</summary>
    public byte[] Level { get; }

    /// <summary>The hash of <see cref="Level"/>.</summary>
    public ulong Hash { get; }

    /// <summary>How many siblings were made before it: the order of walks.</summary>
    public long Index { get; }

    /// <summary>How many levels there are down to it: 0 for the root.</summary>
    public int Depth { get; }

    /// <summary>How many bytes of a topic come before the level below the node: 0 for the root.</summary>
    public int LevelStart { get; }

    /// <summary>What routing and walks see.</summary>
    public Published<TopicNodeView> View { get; } = new(TopicNodeView.Empty);

    /// <summary>The parent's own: the actor that answers for the node.</summary>
    public IActorRef Actor { get; set; } = ActorRefs.Nobody;

    /// <summary>The parent's own: how many messages it sent to <see cref="Actor"/>.</summary>
    public long SentCount { get; set; }

    /// <summary>The parent's own: true once the node is out of the tree.</summary>
    public bool IsRemoved { get; set; }

    public static TopicNode CreateRoot(TopicTree tree) => new(tree, [], 0, 0, 0, 0);

    public TopicNode CreateChild(ReadOnlySpan<byte> level, long index) =>
        new(Tree, level.ToArray(), Hashing.Hash(level), index, Depth + 1, LevelStart + level.Length + 1);

    /// <summary>Makes the actor; <see cref="Props"/> hold nothing but the node, since there may be millions.</summary>
    public TopicNodeActor CreateActor() => new(this);
}
