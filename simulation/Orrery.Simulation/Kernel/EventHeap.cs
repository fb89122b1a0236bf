namespace Orrery.Simulation.Kernel;

/// <summary>Names one scheduled event, for cancelling it. The default names none.</summary>
internal readonly record struct EventHandle(int Slot, int Generation);

/// <summary>An event as it leaves the heap.</summary>
internal readonly record struct DueEvent(EventKey Key, EventTarget Target, int Kind, long Argument, object? State, CauseList? Causes);

/// <summary>What will happen, in order of <see cref="EventKey"/>. Adding, taking and cancelling cost O(log n).</summary>
internal sealed class EventHeap
{
    private const int Arity = 4;                // a flatter tree than two: fewer cache misses for one more comparison

    private Node[] _nodes = new Node[64];
    private Entry[] _entries = new Entry[64];
    private int _entriesUsed;
    private int _free = -1;                     // head of the list of entries that were given back

    /// <summary>Events that wait.</summary>
    public int Count { get; private set; }

    /// <summary>The key of the first event; there must be one.</summary>
    public EventKey First => Count > 0 ? _nodes[0].Key : throw new InvalidOperationException("No event waits.");

    /// <summary>Adds an event.</summary>
    public EventHandle Add(in DueEvent due)
    {
        var slot = TakeSlot();
        ref var entry = ref _entries[slot];
        (entry.Target, entry.Kind, entry.Argument, entry.State, entry.Causes) = (due.Target, due.Kind, due.Argument, due.State, due.Causes);
        if (Count == _nodes.Length) Array.Resize(ref _nodes, Count * 2);
        Rise(Count++, new Node(due.Key, slot));
        return new EventHandle(slot, entry.Generation);
    }

    /// <summary>Takes the first event out; there must be one.</summary>
    public DueEvent Take()
    {
        var key = First;
        var slot = _nodes[0].Slot;
        ref var entry = ref _entries[slot];
        var due = new DueEvent(key, entry.Target!, entry.Kind, entry.Argument, entry.State, entry.Causes);
        RemoveAt(0);
        Release(slot);
        return due;
    }

    /// <summary>Takes an event out before its time.</summary>
    /// <returns>False if it has happened or was cancelled already.</returns>
    public bool Cancel(EventHandle handle)
    {
        if ((uint)handle.Slot >= (uint)_entriesUsed || handle.Generation == 0) return false;
        ref var entry = ref _entries[handle.Slot];
        if (entry.Generation != handle.Generation || entry.Target is null) return false;
        RemoveAt(entry.Index);
        Release(handle.Slot);
        return true;
    }

    private int TakeSlot()
    {
        if (_free >= 0)
        {
            var slot = _free;
            _free = _entries[slot].Index;
            return slot;
        }

        if (_entriesUsed == _entries.Length) Array.Resize(ref _entries, _entriesUsed * 2);
        _entries[_entriesUsed].Generation = 1;  // 0 is the handle that names nothing
        return _entriesUsed++;
    }

    private void Release(int slot)
    {
        _entries[slot] = new Entry { Generation = _entries[slot].Generation + 1, Index = _free };
        _free = slot;
    }

    private void RemoveAt(int index)
    {
        var last = _nodes[--Count];
        _nodes[Count] = default;
        if (index == Count) return;
        if (index > 0 && last.Key.Precedes(_nodes[(index - 1) / Arity].Key)) Rise(index, last);
        else Sink(index, last);
    }

    private void Rise(int index, in Node node)
    {
        while (index > 0)
        {
            var parent = (index - 1) / Arity;
            if (!node.Key.Precedes(_nodes[parent].Key)) break;
            Put(index, _nodes[parent]);
            index = parent;
        }

        Put(index, node);
    }

    private void Sink(int index, in Node node)
    {
        while (true)
        {
            var child = index * Arity + 1;
            if (child >= Count) break;
            var end = Math.Min(child + Arity, Count);
            for (var other = child + 1; other < end; other++)
            {
                if (_nodes[other].Key.Precedes(_nodes[child].Key)) child = other;
            }

            if (node.Key.Precedes(_nodes[child].Key)) break;
            Put(index, _nodes[child]);
            index = child;
        }

        Put(index, node);
    }

    private void Put(int index, in Node node)
    {
        _nodes[index] = node;
        _entries[node.Slot].Index = index;
    }

    private readonly record struct Node(EventKey Key, int Slot);

    private struct Entry
    {
        public EventTarget? Target;
        public object? State;
        public CauseList? Causes;
        public long Argument;
        public int Kind;
        public int Index;                       // in the heap; of a free entry, the next free one
        public int Generation;
    }
}
