namespace Orrery.Simulation.Kernel;

/// <summary>Names one scheduled event, for cancelling it. The default names none.</summary>
internal readonly record struct EventHandle(int Slot, int Generation);

/// <summary>An event as it leaves the heap.</summary>
internal readonly record struct DueEvent(EventKey Key, EventTarget Target, int Kind, long Argument, object? State, CauseList? Causes);

/// <summary>What will happen, in order of <see cref="EventKey"/>. Adding and taking cost O(log n) of what happens soon, cancelling O(1) on average.</summary>
/// <remarks>
/// Nodes hold the key and where the rest is, so that a step down the heap touches nothing else: the rest is far away in memory.
/// Only what happens next is in the heap, so that it stays small; later events wait in a <see cref="NodeRing"/>. A span that many
/// events crowd into, as where all clients of a world keep one rhythm, is split in a ring of its own.
/// A cancelled event stays where it is until it comes to the top, or until half of all are such.
/// </remarks>
internal sealed class EventHeap
{
    private const int CancelledMin = 64;        // below that many, clearing out is not worth a walk

    private const int FarBits = 26;             // a span of 67 ms, in which few of ten thousand idle clients have something to do
    private const int FarSpans = 1_024;         // 69 s: a keep-alive of a minute stays within reach
    private const int SoonBits = 18;            // a span of 0.26 ms
    private const int CrowdMin = 64;            // fewer are not worth being split

    // What the rings don't cover is near. That is never nothing while any event waits, and its first was not cancelled.
    private readonly NodeHeap _near = new();
    private readonly NodeRing _soon = new(SoonBits, 1 << (FarBits - SoonBits));     // the rest of a span of the other
    private readonly NodeRing _far = new(FarBits, FarSpans);
    private Entry[] _entries = new Entry[64];
    private CauseList?[] _causes = [];          // by slot; empty until causes are kept
    private int _cancelled;                     // nodes whose event was cancelled
    private int _entriesUsed;
    private int _free = -1;                     // head of the list of entries that were given back

    /// <summary>Events that wait.</summary>
    public int Count => _near.Count + _soon.Count + _far.Count - _cancelled;

    /// <summary>The key of the first event; there must be one.</summary>
    public EventKey First => _near.Count > 0 ? _near.First.Key : throw new InvalidOperationException("No event waits.");

    /// <summary>When the first event happens; <see cref="long.MaxValue"/> if none waits.</summary>
    public long FirstNanoseconds => _near.Count > 0 ? _near.First.Nanoseconds : long.MaxValue;

    /// <summary>Adds an event.</summary>
    public EventHandle Add(in EventKey key, EventTarget target, int kind, long argument, object? state, CauseList? causes)
    {
        var slot = TakeSlot();
        ref var entry = ref _entries[slot];
        entry.Target = target;
        entry.KindOrNextFree = kind;
        entry.Argument = argument;
        if (state is not null) entry.State = state;             // a free entry holds none, and storing a reference is not free
        if (causes is not null) Explain(slot, causes);
        if (!EventNode.Fits(key, slot)) throw new InvalidOperationException("More events than the order of a run has room for.");
        var node = new EventNode(key, slot);
        if (_far.Covers(key.Nanoseconds)) _far.Add(node);
        else if (_soon.Covers(key.Nanoseconds)) _soon.Add(node);
        else _near.Add(node);
        if (_near.Count == 0) FindFirst();
        return new EventHandle(slot, entry.Generation);
    }

    /// <summary>Takes the first event out; there must be one.</summary>
    public void Take(out DueEvent due)
    {
        var key = First;
        var slot = _near.First.Slot;
        ref var entry = ref _entries[slot];
        due = new DueEvent(key, entry.Target!, entry.KindOrNextFree, entry.Argument, entry.State, slot < _causes.Length ? _causes[slot] : null);
        entry.Generation++;
        Release(slot, ref entry);
        _near.RemoveFirst();
        FindFirst();
    }

    /// <summary>Takes an event out before its time.</summary>
    /// <returns>False if it has happened or was cancelled already.</returns>
    public bool Cancel(EventHandle handle)
    {
        if ((uint)handle.Slot >= (uint)_entriesUsed || handle.Generation == 0) return false;
        ref var entry = ref _entries[handle.Slot];
        if (entry.Generation != handle.Generation) return false;
        entry.Generation++;
        entry.Target = null;
        entry.State = null;
        _cancelled++;
        FindFirst();
        if (_cancelled > CancelledMin && _cancelled > Count) DropCancelled();
        return true;
    }

    private int TakeSlot()
    {
        if (_free >= 0)
        {
            var slot = _free;
            _free = _entries[slot].KindOrNextFree;
            return slot;
        }

        if (_entriesUsed == _entries.Length) Array.Resize(ref _entries, _entriesUsed * 2);
        _entries[_entriesUsed].Generation = 1;  // 0 is the handle that names nothing
        return _entriesUsed++;
    }

    private void Explain(int slot, CauseList causes)
    {
        if (slot >= _causes.Length) Array.Resize(ref _causes, _entries.Length);
        _causes[slot] = causes;
    }

    private void Release(int slot, ref Entry entry)
    {
        entry.Target = null;
        if (entry.State is not null) entry.State = null;
        if (slot < _causes.Length) _causes[slot] = null;
        entry.KindOrNextFree = _free;
        _free = slot;
    }

    private void FindFirst()
    {
        while (_cancelled > 0 && _near.Count > 0 && IsCancelled(_near.First))
        {
            Drop(_near.First);
            _near.RemoveFirst();
        }

        while (_near.Count == 0)
        {
            if (_soon.Count == 0 && !TryGoOn()) return;
            if (_soon.Count > 0) Approach(_soon.TakeNext());
        }
    }

    /// <summary>Takes the next span of the far ring.</summary>
    /// <returns>False if there is none.</returns>
    private bool TryGoOn()
    {
        if (_far.Count == 0) return false;
        var nodes = _far.TakeNext();
        if (nodes.Length < CrowdMin)
        {
            _soon.NextSpan = _far.NextSpan << (FarBits - SoonBits);
            Approach(nodes);
            return true;
        }

        _soon.NextSpan = (_far.NextSpan - 1) << (FarBits - SoonBits);
        foreach (var node in nodes)
        {
            _soon.Add(node);
        }

        return true;
    }

    private void Approach(ReadOnlySpan<EventNode> nodes)
    {
        foreach (var node in nodes)
        {
            if (_cancelled > 0 && IsCancelled(node)) Drop(node);
            else _near.Add(node);
        }
    }

    private bool IsCancelled(EventNode node) => _entries[node.Slot].Target is null;

    private void Drop(in EventNode node)
    {
        Release(node.Slot, ref _entries[node.Slot]);
        _cancelled--;
    }

    private void DropCancelled()
    {
        _near.Keep(NodeRing.Compact(_near.Nodes, DropIfCancelled));
        _soon.RemoveAll(DropIfCancelled);
        _far.RemoveAll(DropIfCancelled);
    }

    private bool DropIfCancelled(EventNode node)
    {
        if (!IsCancelled(node)) return false;
        Drop(node);
        return true;
    }

    private struct Entry
    {
        public EventTarget? Target;             // null if it is free or was cancelled
        public object? State;
        public long Argument;
        public int KindOrNextFree;              // of a free entry, the next free one
        public int Generation;
    }
}
