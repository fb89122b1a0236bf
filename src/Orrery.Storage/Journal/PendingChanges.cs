using System.Runtime.InteropServices;

namespace Orrery.Storage.Journal;

/// <summary>What the journal says and the tables do not know yet.</summary>
/// <remarks>
/// Each entry has one place here, whatever happened to it, so that a message that came and went costs the tables nothing. What is written to
/// the tables is how an entry is now, which may be later than the record that is taken out of the journal: the records that are left
/// say the rest again after a crash, and come to the same.
/// </remarks>
internal sealed class PendingChanges(JournalBuffers buffers)
{
    private const int SpareListsMax = 64;

    private readonly Dictionary<EntryKey, PendingEntry> _entries = [];
    private readonly Queue<Row> _rows = new();
    private readonly List<Row> _taken = [];
    private readonly Stack<List<EntryKey>> _spareLists = new();
    private readonly Dictionary<long, QueueIndex> _queues = [];
    private (long Queue, QueueIndex? Index) _latest;            // most changes in a row are of one queue

    /// <summary>Bytes that the journal takes in memory.</summary>
    public long Bytes { get; private set; }

    /// <summary>Entries that differ from the tables.</summary>
    public int Count => _entries.Count;

    /// <summary>Whether the journal has no row.</summary>
    public bool IsEmpty => _rows.Count == 0;

    /// <summary>Takes in a row of the journal.</summary>
    /// <param name="id">Its id, which grows.</param>
    /// <param name="journal">Its records.</param>
    /// <exception cref="InvalidDataException">It is not what was written.</exception>
    public void Absorb(long id, JournalRow journal)
    {
        var touched = _spareLists.TryPop(out var spare) ? spare : [];
        var reader = new JournalReader(journal);
        while (!reader.IsAtEnd)
        {
            var kind = (JournalKind)reader.Byte();
            if (kind == JournalKind.Add)
            {
                AbsorbAdd(journal, ref reader, touched);
                continue;
            }

            if (kind is < JournalKind.Add or > JournalKind.RemoveInbound) throw JournalReader.Unreadable();
            var (queue, second) = (reader.Number(), reader.Number());
            var isInbound = kind is JournalKind.AddInbound or JournalKind.RemoveInbound;
            var key = isInbound ? EntryKey.OfInbound(queue, second) : new EntryKey(queue, second);
            ref var entry = ref Of(key, touched, mayBeInTable: true, isAdded: false);
            switch (kind)
            {
                case JournalKind.AddInbound:
                    entry.Kind = PendingKind.Added;
                    break;
                case JournalKind.Remove or JournalKind.RemoveInbound:
                    entry.Kind = PendingKind.Removed;
                    if (!entry.MayBeInTable) _entries.Remove(key);
                    break;
                case JournalKind.Start:
                    (entry.Packet, entry.Place, entry.State) = ((ushort)reader.Number(), reader.Number(), 0);
                    break;
                default:                                // it has come further
                    entry.State = (byte)reader.Number();
                    break;
            }
        }

        _rows.Enqueue(new Row(id, journal, touched));
        Bytes += journal.Bytes.Length;
    }

    /// <summary>Takes out the oldest row, for the tables.</summary>
    /// <param name="apply">Gets each entry that the row was the first to change, as it is now.</param>
    /// <returns>The row's id, and how many entries that were.</returns>
    public (long Id, int Count) TakeOldest(Action<EntryKey, PendingEntry> apply)
    {
        var row = _rows.Dequeue();
        Bytes -= row.Journal.Bytes.Length;
        _taken.Add(row);
        foreach (var key in row.Touched)
        {
            if (_entries.Remove(key, out var entry)) apply(key, entry);
            if (!key.IsInbound) Forget(key);
        }

        return (row.Id, row.Touched.Count);
    }

    /// <summary>What was taken is written, and its bytes may be used again.</summary>
    public void Recycle()
    {
        foreach (var row in _taken)
        {
            buffers.Return(row.Journal);
            row.Touched.Clear();
            if (_spareLists.Count < SpareListsMax) _spareLists.Push(row.Touched);
        }

        _taken.Clear();
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _taken.Clear();
        _entries.Clear();
        _rows.Clear();
        _queues.Clear();
        _latest = default;
        Bytes = 0;
    }

    /// <summary>What is to become of an entry, if that is not what the table says.</summary>
    public bool TryGet(EntryKey key, out PendingEntry entry) => _entries.TryGetValue(key, out entry);

    /// <summary>Messages behind an id that wait in a queue and are not in the table, in order.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="message">The id.</param>
    /// <param name="countMax">At most so many.</param>
    /// <returns>Null where nothing of the queue has changed behind the id: the table knows it all.</returns>
    public List<long>? AddedAfter(long queue, long message, int countMax)
    {
        if (!_queues.TryGetValue(queue, out var index) || index.Largest <= message) return null;
        var ids = new List<long>();
        if (index.IsUnordered)
        {
            foreach (var (key, entry) in _entries)
            {
                if (key.Queue == queue && key.Message > message && entry is { Kind: PendingKind.Added, Packet: 0 }) ids.Add(key.Message);
            }

            ids.Sort();
            return ids;
        }

        foreach (var id in index.AddedAfter(message))
        {
            if (ids.Count == countMax) break;
            if (_entries.TryGetValue(new EntryKey(queue, id), out var entry) && entry is { Kind: PendingKind.Added, Packet: 0 }) ids.Add(id);
        }

        return ids;
    }

    private void AbsorbAdd(JournalRow journal, ref JournalReader reader, List<EntryKey> touched)
    {
        var (message, flags) = (reader.Number(), reader.Byte());
        var row = new EntryRow
        {
            Journal = journal,
            BodyIsVersion5 = (flags & JournalReader.BodyIsVersion5) != 0,
            ExpiresAtTicks = (flags & JournalReader.Expires) != 0 ? reader.Number() : 0,
            CountedBytes = reader.Number(),
        };
        row.BodyLength = (int)Math.Min(reader.Number(), int.MaxValue);
        row.BodyStart = reader.Skip(row.BodyLength);
        row.TargetCount = (int)Math.Min(reader.Number(), int.MaxValue);
        for (var left = row.TargetCount; left > 0; left--)
        {
            var queue = reader.Number();
            row.EntryOptions = reader.Byte();
            row.IdentifierCount = (int)Math.Min(reader.Number(), int.MaxValue);
            row.IdentifiersStart = reader.Position;
            for (var i = row.IdentifierCount; i > 0; i--) reader.Number();

            // A message with a new id was never in the table, and no earlier row knows of it.
            ref var entry = ref Of(new EntryKey(queue, message), touched, mayBeInTable: (flags & JournalReader.IsNew) == 0, isAdded: true);
            entry = new PendingEntry { Kind = PendingKind.Added, MayBeInTable = entry.MayBeInTable, Row = row };
        }
    }

    private ref PendingEntry Of(EntryKey key, List<EntryKey> touched, bool mayBeInTable, bool isAdded)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_entries, key, out var isThere);
        if (isThere)
        {
            if (isAdded) IndexOf(key.Queue).IsUnordered = true;
            return ref entry;
        }

        entry.MayBeInTable = mayBeInTable;
        touched.Add(key);
        if (!key.IsInbound) IndexOf(key.Queue).Note(key.Message, isAdded);
        return ref entry;
    }

    private QueueIndex IndexOf(long queue)
    {
        if (_latest.Index is { } latest && _latest.Queue == queue) return latest;
        ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(_queues, queue, out _);
        index ??= new QueueIndex();
        _latest = (queue, index);
        return index;
    }

    private void Forget(EntryKey key)
    {
        var index = IndexOf(key.Queue);
        index.Forget(key.Message);
        if (index.Touched > 0) return;
        _queues.Remove(key.Queue);
        _latest = default;
    }

    private readonly record struct Row(long Id, JournalRow Journal, List<EntryKey> Touched);
}
