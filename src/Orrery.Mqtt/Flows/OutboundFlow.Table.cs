using System.Diagnostics.CodeAnalysis;

namespace Orrery.Mqtt.Flows;

// Where the entries are kept: a slab that is reused, linked in the order of first sending, with an index by identifier.
public sealed partial class OutboundFlow<TMessage>
{
    private const int None = -1;
    private const int Reserved = -2;                        // in _slots: an identifier of a packet that is no PUBLISH

    private Entry[] _entries = [];
    private Dictionary<ushort, int>? _slots;                // identifier to index in _entries; looked up, never enumerated
    private int _unused = None;                             // entries that are free, linked by Next
    private int _first = None;                              // entries in use, in the order of their first PUBLISH
    private int _last = None;
    private ushort _lastIdentifier;

    private bool HasFreeIdentifier => _slots is null || _slots.Count < ushort.MaxValue;

    // Identifiers go round through 1 to 65,535, so a number just freed is the last to be used again.
    [MemberNotNull(nameof(_slots))]
    private PacketIdentifier TakeIdentifier()
    {
        _slots ??= [];
        do
        {
            _lastIdentifier = _lastIdentifier == ushort.MaxValue ? (ushort)1 : (ushort)(_lastIdentifier + 1);
        }
        while (_slots.ContainsKey(_lastIdentifier));
        return new PacketIdentifier(_lastIdentifier);
    }

    private bool TryGetSlot(PacketIdentifier identifier, out int slot)
    {
        slot = None;
        return _slots is not null && _slots.TryGetValue(identifier.Value, out slot) && slot >= 0;
    }

    private ref Entry Add(PacketIdentifier identifier)
    {
        if (_unused == None) Grow();
        var slot = _unused;
        ref var entry = ref _entries[slot];
        _unused = entry.Next;
        entry.Identifier = identifier.Value;
        entry.Previous = _last;
        entry.Next = None;
        if (_last == None) _first = slot;
        else _entries[_last].Next = slot;
        _last = slot;
        _slots!.Add(identifier.Value, slot);
        InFlightCount++;
        return ref entry;
    }

    private void Remove(int slot)
    {
        var (identifier, next, previous) = (_entries[slot].Identifier, _entries[slot].Next, _entries[slot].Previous);
        if (previous == None) _first = next;
        else _entries[previous].Next = next;
        if (next == None) _last = previous;
        else _entries[next].Previous = previous;

        _entries[slot] = new Entry { Next = _unused };
        _unused = slot;
        _slots!.Remove(identifier);
        InFlightCount--;
    }

    private void Grow()
    {
        var start = _entries.Length;
        Array.Resize(ref _entries, Math.Max(4, start * 2));
        for (var slot = _entries.Length - 1; slot >= start; slot--)
        {
            _entries[slot].Next = _unused;
            _unused = slot;
        }
    }

    private void ForgetAll()
    {
        _entries = [];
        _slots = null;
        _unused = _first = _last = None;
        _lastIdentifier = 0;
        InFlightCount = 0;
    }

    private struct Entry
    {
        public TMessage? Message;
        public int Next;
        public int Previous;
        public ushort Identifier;
        public OutboundState State;
        public QoS QoS;
        public bool UsesQuota;                              // its PUBLISH was sent on this connection
        public bool IsOwed;                                 // it waits to be sent again on this connection

        public readonly Outbound<TMessage> ToOutbound() => new(new PacketIdentifier(Identifier), State, QoS, Message!);
    }
}
