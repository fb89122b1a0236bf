namespace Orrery.Actors.Cells;

/// <summary>How to find entries of an <see cref="OrderedTable{TKey,TEntry,TRule}"/> by key.</summary>
internal interface IKeyRule<TKey, TEntry>
{
    static abstract TKey KeyOf(in TEntry entry);

    static abstract uint HashOf(TKey key);

    static abstract bool AreEqual(TKey left, TKey right);
}

/// <summary>A hash table that enumerates in the order of adding, whatever was removed in between.</summary>
/// <remarks>
/// Entries lie in one array; a removed one leaves a gap, which the next growth closes. Up to eight entries are searched
/// without an index, since most actors have few children and watch few others.
/// </remarks>
internal sealed class OrderedTable<TKey, TEntry, TRule>
    where TRule : struct, IKeyRule<TKey, TEntry>
{
    private const int IndexedFrom = 8;
    private const int Gap = -2;

    private Slot[] _slots = new Slot[1];
    private int[]? _buckets;
    private int _used;

    /// <summary>Entries in the table.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an entry whose key is not in the table.</summary>
    public void Add(TEntry entry)
    {
        if (_used == _slots.Length) Grow();
        var hash = TRule.HashOf(TRule.KeyOf(in entry));
        _slots[_used] = new Slot { Entry = entry, Hash = hash, Next = -1 };
        if (_buckets is not null) Link(_used);
        _used++;
        Count++;
    }

    public bool TryGet(TKey key, out TEntry entry)
    {
        var index = Find(key);
        entry = index >= 0 ? _slots[index].Entry : default!;
        return index >= 0;
    }

    /// <summary>Removes and returns the entry of a key.</summary>
    public bool Remove(TKey key, out TEntry entry)
    {
        var index = Find(key);
        if (index < 0)
        {
            entry = default!;
            return false;
        }

        if (_buckets is not null) Unlink(index);
        entry = _slots[index].Entry;
        _slots[index] = new Slot { Next = Gap };
        Count--;
        if (Count == 0) _used = 0;
        return true;
    }

    /// <summary>Copies the entries, oldest first.</summary>
    public void CopyTo(List<TEntry> into)
    {
        for (var i = 0; i < _used; i++)
        {
            if (_slots[i].Next != Gap) into.Add(_slots[i].Entry);
        }
    }

    private int Find(TKey key)
    {
        var hash = TRule.HashOf(key);
        if (_buckets is null)
        {
            for (var i = 0; i < _used; i++)
            {
                if (Matches(i, hash, key)) return i;
            }

            return -1;
        }

        var index = _buckets[hash & (uint)(_buckets.Length - 1)] - 1;
        while (index >= 0 && !Matches(index, hash, key))
        {
            index = _slots[index].Next;
        }

        return index;
    }

    private bool Matches(int index, uint hash, TKey key) =>
        _slots[index].Next != Gap && _slots[index].Hash == hash && TRule.AreEqual(TRule.KeyOf(in _slots[index].Entry), key);

    private void Grow()
    {
        // A table that is half gaps needs no larger array, only a tidy one.
        var old = _slots;
        var capacity = Count > old.Length / 2 ? old.Length * 2 : old.Length;
        _slots = new Slot[capacity];
        var kept = 0;
        for (var i = 0; i < _used; i++)
        {
            if (old[i].Next != Gap) _slots[kept++] = new Slot { Entry = old[i].Entry, Hash = old[i].Hash, Next = -1 };
        }

        _used = kept;
        // The array's length is a power of two, so a mask finds the bucket.
        _buckets = capacity > IndexedFrom ? new int[capacity] : null;
        if (_buckets is null) return;
        for (var i = 0; i < _used; i++)
        {
            Link(i);
        }
    }

    private void Link(int index)
    {
        ref var bucket = ref _buckets![_slots[index].Hash & (uint)(_buckets.Length - 1)];
        _slots[index].Next = bucket - 1;
        bucket = index + 1;
    }

    private void Unlink(int index)
    {
        ref var bucket = ref _buckets![_slots[index].Hash & (uint)(_buckets.Length - 1)];
        if (bucket - 1 == index)
        {
            bucket = _slots[index].Next + 1;
            return;
        }

        var previous = bucket - 1;
        while (_slots[previous].Next != index)
        {
            previous = _slots[previous].Next;
        }

        _slots[previous].Next = _slots[index].Next;
    }

    private struct Slot
    {
        public TEntry Entry;
        public uint Hash;

        // The next slot of the same bucket; -1 at the end.
        public int Next;
    }
}

/// <summary>Children by name.</summary>
internal readonly struct ByName : IKeyRule<string, ActorCell>
{
    public static string KeyOf(in ActorCell entry) => entry.Name;

    public static uint HashOf(string key) => NameHash.Of(key);

    public static bool AreEqual(string left, string right) => string.Equals(left, right, StringComparison.Ordinal);
}

/// <summary>Watched or watching actors by identity.</summary>
internal readonly struct ByReference : IKeyRule<InternalActorRef, WatchEntry>
{
    public static InternalActorRef KeyOf(in WatchEntry entry) => entry.Actor;

    // Spread, because uids of actors made together follow each other.
    public static uint HashOf(InternalActorRef key) => (uint)key.Uid * 2654435769u >> 7;

    public static bool AreEqual(InternalActorRef left, InternalActorRef right) => ReferenceEquals(left, right);
}

/// <summary>One side of a watch.</summary>
/// <param name="Actor">The other actor.</param>
/// <param name="Message">What to be told in place of <see cref="Terminated"/>; null for that.</param>
/// <param name="IsEnded">Whether the end is in the mailbox already.</param>
internal readonly record struct WatchEntry(InternalActorRef Actor, object? Message, bool IsEnded);
