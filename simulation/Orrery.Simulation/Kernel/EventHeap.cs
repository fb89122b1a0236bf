using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Orrery.Simulation.Kernel;

/// <summary>Names one scheduled event, for cancelling it. The default names none.</summary>
internal readonly record struct EventHandle(int Slot, int Generation);

/// <summary>An event as it leaves the heap.</summary>
internal readonly record struct DueEvent(EventKey Key, EventTarget Target, int Kind, long Argument, object? State, CauseList? Causes);

/// <summary>What will happen, in order of <see cref="EventKey"/>. Adding and taking cost O(log n), cancelling O(1) on average.</summary>
/// <remarks>
/// Nodes hold the key and where the rest is, so that a step down the heap touches nothing else: the rest is far away in memory.
/// That is also why a cancelled event stays where it is until it comes to the top, or until half of all are such.
/// </remarks>
internal sealed class EventHeap
{
    private const int Arity = 4;                // a flatter tree than two: fewer cache misses for one more comparison
    private const int CancelledMin = 64;        // below that many, clearing out is not worth a walk

    private Node[] _nodes = new Node[64];
    private Entry[] _entries = new Entry[64];
    private CauseList?[] _causes = [];          // by slot; empty until causes are kept
    private int _nodesUsed;
    private int _cancelled;                     // nodes whose event was cancelled; never the first
    private int _entriesUsed;
    private int _free = -1;                     // head of the list of entries that were given back

    /// <summary>Events that wait.</summary>
    public int Count => _nodesUsed - _cancelled;

    /// <summary>The key of the first event; there must be one.</summary>
    public EventKey First => _nodesUsed > 0 ? _nodes[0].Key : throw new InvalidOperationException("No event waits.");

    /// <summary>When the first event happens; <see cref="long.MaxValue"/> if none waits.</summary>
    public long FirstNanoseconds => _nodesUsed > 0 ? _nodes[0].Key.Nanoseconds : long.MaxValue;

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
        if (_nodesUsed == _nodes.Length) Array.Resize(ref _nodes, _nodesUsed * 2);
        if (!Node.Fits(key, slot)) throw new InvalidOperationException("More events than the order of a run has room for.");
        Rise(_nodesUsed++, 0, new Node(key, slot));
        return new EventHandle(slot, entry.Generation);
    }

    /// <summary>Takes the first event out; there must be one.</summary>
    public void Take(out DueEvent due)
    {
        var key = First;
        var slot = _nodes[0].Slot;
        ref var entry = ref _entries[slot];
        due = new DueEvent(key, entry.Target!, entry.KindOrNextFree, entry.Argument, entry.State, slot < _causes.Length ? _causes[slot] : null);
        entry.Generation++;
        Release(slot, ref entry);
        RemoveFirst();
        DropCancelledFirst();
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
        DropCancelledFirst();
        if (_cancelled > CancelledMin && _cancelled > _nodesUsed / 2) DropCancelled();
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

    private void DropCancelledFirst()
    {
        while (_cancelled > 0 && _entries[_nodes[0].Slot].Target is null)
        {
            var slot = _nodes[0].Slot;
            Release(slot, ref _entries[slot]);
            _cancelled--;
            RemoveFirst();
        }
    }

    private void DropCancelled()
    {
        var kept = 0;
        for (var i = 0; i < _nodesUsed; i++)
        {
            var node = _nodes[i];
            ref var entry = ref _entries[node.Slot];
            if (entry.Target is null) Release(node.Slot, ref entry);
            else _nodes[kept++] = node;
        }

        Array.Clear(_nodes, kept, _nodesUsed - kept);
        (_nodesUsed, _cancelled) = (kept, 0);
        for (var i = (kept - 2) / Arity; i >= 0 && kept > 1; i--)
        {
            var node = _nodes[i];
            Rise(SinkHole(i), i, node);
        }
    }

    private void RemoveFirst()
    {
        var last = _nodes[--_nodesUsed];
        if (_nodesUsed > 0) Rise(SinkHole(0), 0, last);
    }

    // Down to a leaf without asking whether the node that will fill it has come far enough: it comes from a leaf too.
    private int SinkHole(int hole)
    {
        var nodes = _nodes.AsSpan(0, _nodesUsed);
        while (true)
        {
            var child = (hole * Arity) + 1;
            if (child + Arity <= nodes.Length)
            {
                var family = nodes.Slice(child, Arity);
                var left = Node.Precedes(family[1], family[0]) ? 1 : 0;
                var right = Node.Precedes(family[3], family[2]) ? 3 : 2;
                child += Node.Precedes(family[right], family[left]) ? right : left;
            }
            else
            {
                if (child >= nodes.Length) return hole;
                for (var other = child + 1; other < nodes.Length; other++)
                {
                    if (Node.Precedes(nodes[other], nodes[child])) child = other;
                }
            }

            nodes[hole] = nodes[child];
            hole = child;
        }
    }

    private void Rise(int index, int top, in Node node)
    {
        var nodes = _nodes;
        while (index > top)
        {
            var parent = (index - 1) / Arity;
            if (!Node.Precedes(node, nodes[parent])) break;
            nodes[index] = nodes[parent];
            index = parent;
        }

        nodes[index] = node;
    }

    /// <summary>A key and the place of the rest, in as few bytes as they go: a family of four fills one line of the cache.</summary>
    private readonly struct Node(in EventKey key, int slot)
    {
        private const int SlotBits = 24;                        // 16 million events may wait
        private const int SequenceBits = 37;                    // 137 thousand million may happen
        private const long SequenceMax = (1L << SequenceBits) - 1;

        private readonly long _nanoseconds = key.Nanoseconds;
        private readonly ulong _rank = ((ulong)key.Class << (SlotBits + SequenceBits)) | ((ulong)key.Sequence << SlotBits) | (uint)slot;

        public EventKey Key => EventKey.Of(_nanoseconds, (EventClass)(_rank >> (SlotBits + SequenceBits)), (long)(_rank >> SlotBits) & SequenceMax);

        public long Nanoseconds => _nanoseconds;

        public int Slot => (int)(_rank & ((1UL << SlotBits) - 1));

        public static bool Fits(in EventKey key, int slot) => key.Sequence <= SequenceMax && slot >> SlotBits == 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Precedes(in Node one, in Node other) => one._nanoseconds == other._nanoseconds
            ? PrecedesAtOneInstant(one._rank, other._rank)
            : one._nanoseconds < other._nanoseconds;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static bool PrecedesAtOneInstant(ulong one, ulong other)
        {
            if ((one ^ other) >> SlotBits == 0) ThrowTie(one);
            return one < other;
        }

        [DoesNotReturn]
        private static void ThrowTie(ulong rank) =>
            throw new InvalidOperationException($"Two events share a key: class {rank >> (SlotBits + SequenceBits)}, sequence {(long)(rank >> SlotBits) & SequenceMax}.");
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
