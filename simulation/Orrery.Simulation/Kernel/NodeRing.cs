using System.Numerics;

namespace Orrery.Simulation.Kernel;

/// <summary>Nodes of later events in spans of time, unordered within a span: adding one touches nothing but the end of its span.</summary>
/// <param name="spanBits">A span has so many bits of nanoseconds.</param>
/// <param name="spans">How many lie within reach, a power of two from 64 on. What lies beyond waits in a heap until the ring has come near it.</param>
internal sealed class NodeRing(int spanBits, int spans)
{
    private readonly EventNode[]?[] _nodes = new EventNode[spans][];
    private readonly int[] _counts = new int[spans];
    private readonly ulong[] _occupied = new ulong[spans / 64];
    private readonly Stack<EventNode[]> _spare = new();     // a crowd leaves its large array to the next, wherever that is
    private readonly NodeHeap _beyond = new();
    private long _next;                         // the first span that was not taken yet
    private int _taken = -1;                    // whose array may still be read
    private int _within;

    /// <summary>How many there are.</summary>
    public int Count => _within + _beyond.Count;

    /// <summary>Whether a time is in a span that was not taken yet.</summary>
    public bool Covers(long nanoseconds) => SpanOf(nanoseconds) >= _next;

    /// <summary>The number of the first span that was not taken yet, counted from time 0. To be set only while the ring is empty.</summary>
    public long NextSpan
    {
        get => _next;
        set => _next = value;
    }

    /// <summary>Adds a node whose time is covered.</summary>
    public void Add(in EventNode node)
    {
        if (SpanOf(node.Nanoseconds) - _next < spans) AddWithin(node);
        else _beyond.Add(node);
    }

    /// <summary>Takes the nodes of the first span that has any; there must be one.</summary>
    /// <returns>Valid until the next call of any kind.</returns>
    public ReadOnlySpan<EventNode> TakeNext()
    {
        GiveBackTaken();
        Approach();
        if (_within == 0)
        {
            _next = SpanOf(_beyond.First.Nanoseconds);
            Approach();
        }

        var place = NextOccupied(PlaceOf(_next));
        _next += PlaceOf(place - _next) + 1;
        return TakeAll(place);
    }

    /// <summary>Takes out every node for which something holds.</summary>
    public void RemoveAll(Predicate<EventNode> match)
    {
        for (var place = 0; place < spans; place++)
        {
            var kept = Compact(_nodes[place].AsSpan(0, _counts[place]), match);
            _within -= _counts[place] - kept;
            _counts[place] = kept;
            if (kept == 0) _occupied[place / 64] &= ~(1UL << place);
        }

        _beyond.Keep(Compact(_beyond.Nodes, match));
    }

    /// <summary>Moves nodes for which something does not hold to the front.</summary>
    /// <returns>How many there are.</returns>
    public static int Compact(Span<EventNode> nodes, Predicate<EventNode> match)
    {
        var kept = 0;
        foreach (var node in nodes)
        {
            if (!match(node)) nodes[kept++] = node;
        }

        return kept;
    }

    private long SpanOf(long nanoseconds) => nanoseconds >> spanBits;

    private int PlaceOf(long span) => (int)(span & (spans - 1));

    private void AddWithin(in EventNode node)
    {
        var place = PlaceOf(SpanOf(node.Nanoseconds));
        ref var nodes = ref _nodes[place];
        var count = _counts[place]++;
        if (nodes is null) nodes = _spare.TryPop(out var spare) ? spare : new EventNode[4];
        else if (count == nodes.Length) Array.Resize(ref nodes, count * 2);
        nodes[count] = node;
        _occupied[place / 64] |= 1UL << place;
        _within++;
    }

    private ReadOnlySpan<EventNode> TakeAll(int place)
    {
        var nodes = _nodes[place].AsSpan(0, _counts[place]);
        _within -= nodes.Length;
        _counts[place] = 0;
        _occupied[place / 64] &= ~(1UL << place);
        _taken = place;
        return nodes;
    }

    private void GiveBackTaken()
    {
        if (_taken < 0 || _counts[_taken] > 0) return;          // in use again already
        _spare.Push(_nodes[_taken]!);
        _nodes[_taken] = null;
        _taken = -1;
    }

    /// <summary>Takes in what has come within reach.</summary>
    private void Approach()
    {
        while (_beyond.Count > 0 && SpanOf(_beyond.First.Nanoseconds) - _next < spans)
        {
            AddWithin(_beyond.First);
            _beyond.RemoveFirst();
        }
    }

    private int NextOccupied(int place)
    {
        var word = place / 64;
        var bits = _occupied[word] & (ulong.MaxValue << place);     // a shift counts modulo 64
        while (bits == 0)
        {
            word = (word + 1) % _occupied.Length;
            bits = _occupied[word];
        }

        return (word * 64) + BitOperations.TrailingZeroCount(bits);
    }
}
