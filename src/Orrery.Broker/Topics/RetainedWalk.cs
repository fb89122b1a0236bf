using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Topics;

/// <summary>One walk down the tree along a filter's levels, collecting retained messages.</summary>
internal readonly ref struct RetainedWalk(TopicFilter filter, List<ApplicationMessage> into)
{
    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _levels = filter.Levels;
    private readonly List<ApplicationMessage> _into = into;

    /// <summary>Adds the messages of the node and of what is below it, as far as the filter from that level on matches.</summary>
    /// <param name="node">A node whose path matches the filter's levels above.</param>
    /// <param name="depth">The node's depth: 0 for the root.</param>
    public void Visit(TopicNode node, int depth)
    {
        var view = node.View.Value;
        if (depth == _levels.Count)
        {
            Add(view);
            return;
        }

        var level = _levels[depth].Span;
        switch (level)
        {
            case [(byte)'#']:
                VisitAll(view, depth);
                break;
            case [(byte)'+']:
                foreach (var child in ChildrenOf(view, depth))
                {
                    Visit(child, depth + 1);
                }

                break;
            default:
                if (!view.HasRetainedBelow) break;
                if (view.Children is { } children && children.TryGet(Hashing.Hash(level), level, out var exact)) Visit(exact, depth + 1);
                break;
        }
    }

    private void VisitAll(TopicNodeView view, int depth)
    {
        Add(view);                                          // "a/#" also means "a" (§4.7.1.2)
        foreach (var child in ChildrenOf(view, depth))
        {
            VisitAll(child.View.Value, depth + 1);
        }
    }

    private void Add(TopicNodeView view)
    {
        if (view.Retained is { } message) _into.Add(message);
    }

    /// <summary>The children in the order in which they were made, without those that no wildcard stands for.</summary>
    private static List<TopicNode> ChildrenOf(TopicNodeView view, int depth)
    {
        var found = new List<TopicNode>();
        if (!view.HasRetainedBelow || view.Children is not { } children) return found;

        children.CopyTo(found);

        // A wildcard at the start leaves out topics that start with '$' [MQTT-4.7.2-1].
        if (depth == 0) found.RemoveAll(child => child.Level is [(byte)'$', ..]);
        found.Sort(static (one, other) => one.Index.CompareTo(other.Index));
        return found;
    }
}
