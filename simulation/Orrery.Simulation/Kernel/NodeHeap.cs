namespace Orrery.Simulation.Kernel;

/// <summary>Nodes, the first of which is at hand. Adding one and taking the first cost O(log n).</summary>
internal sealed class NodeHeap
{
    private const int Arity = 4;                // a flatter tree than two: fewer cache misses for one more comparison

    private EventNode[] _nodes = new EventNode[64];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The first; there must be one.</summary>
    public ref readonly EventNode First => ref _nodes[0];

    /// <summary>All, in no order that counts.</summary>
    public Span<EventNode> Nodes => _nodes.AsSpan(0, Count);

    /// <summary>Adds one.</summary>
    public void Add(in EventNode node)
    {
        if (Count == _nodes.Length) Array.Resize(ref _nodes, Count * 2);
        Rise(Count++, 0, node);
    }

    /// <summary>Takes the first out; there must be one.</summary>
    public void RemoveFirst()
    {
        var last = _nodes[--Count];
        if (Count > 0) Rise(SinkHole(0), 0, last);
    }

    /// <summary>Goes on with the first of <see cref="Nodes"/> alone, which may have been changed.</summary>
    public void Keep(int count)
    {
        Count = count;
        for (var i = (count - 2) / Arity; i >= 0 && count > 1; i--)
        {
            var node = _nodes[i];
            Rise(SinkHole(i), i, node);
        }
    }

    // Down to a leaf without asking whether the node that will fill it has come far enough: it comes from a leaf too.
    private int SinkHole(int hole)
    {
        var nodes = Nodes;
        while (true)
        {
            var child = (hole * Arity) + 1;
            if (child + Arity <= nodes.Length)
            {
                var family = nodes.Slice(child, Arity);
                var left = EventNode.Precedes(family[1], family[0]) ? 1 : 0;
                var right = EventNode.Precedes(family[3], family[2]) ? 3 : 2;
                child += EventNode.Precedes(family[right], family[left]) ? right : left;
            }
            else
            {
                if (child >= nodes.Length) return hole;
                for (var other = child + 1; other < nodes.Length; other++)
                {
                    if (EventNode.Precedes(nodes[other], nodes[child])) child = other;
                }
            }

            nodes[hole] = nodes[child];
            hole = child;
        }
    }

    private void Rise(int index, int top, in EventNode node)
    {
        var nodes = _nodes;
        while (index > top)
        {
            var parent = (index - 1) / Arity;
            if (!EventNode.Precedes(node, nodes[parent])) break;
            nodes[index] = nodes[parent];
            index = parent;
        }

        nodes[index] = node;
    }
}
