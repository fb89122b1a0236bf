using System.Runtime.InteropServices;
using System.Text;
using Orrery.Storage.Journal;
using Orrery.Storage.Native;

namespace Orrery.Storage;

/// <summary>Writes into the tables what the journal says of the entries of queues, and gathers what stands side by side for one statement.</summary>
/// <remarks>Each entry comes once between two calls of <see cref="Flush"/>, so that the order of statements is free.</remarks>
internal sealed class EntryWriter
{
    /// <summary>A body up to this stands in the entry itself, if one queue alone holds the message: one row in place of two. A longer one
    /// would be written again when the message is started, and be read at each start of the broker.</summary>
    public const int BodyBytesMax = 256;

    private const int RowsAtOnce = 16;                      // beyond that a statement costs no less a row
    private const int ColumnsOfRow = 8;

    private readonly Ids _ids;
    private readonly MessageReferences _references;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _insertRows;
    private readonly SqliteStatement _insertReference;
    private readonly SqliteStatement _start;
    private readonly SqliteStatement _advance;
    private readonly SqliteStatement _remove;
    private readonly SqliteStatement _removeReference;
    private readonly SqliteStatement _insertInbound;
    private readonly SqliteStatement _deleteInbound;
    private readonly List<(EntryKey Key, PendingEntry Entry)> _added = [];
    private (long Message, EntryRow Row, int Count) _referred;
    private Run _started;
    private Run _removed;

    public EntryWriter(SqliteConnection connection, Ids ids, MessageReferences references)
    {
        _ids = ids;
        _references = references;
        _insert = connection.Prepare("""
            INSERT OR IGNORE INTO entries (queue, message, options, bytes, packet, state, place, body, identifiers, expires_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """);
        _insertRows = connection.Prepare(RowsSql());
        _insertReference = connection.Prepare("""
            INSERT INTO entries (queue, message, options, bytes, packet, state, place, identifiers) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT DO NOTHING
            """);
        // The state after the first PUBLISH has the number of its QoS, which is in the lowest bits of the options.
        _start = connection.Prepare("""
            UPDATE entries SET packet = message - ?2 + ?4, state = options & 3, place = message - ?2 + ?5
            WHERE queue = ?1 AND message BETWEEN ?2 AND ?3
            """);
        _advance = connection.Prepare("UPDATE entries SET state = ?3 WHERE queue = ?1 AND message = ?2");
        _remove = connection.Prepare("DELETE FROM entries WHERE queue = ?1 AND message BETWEEN ?2 AND ?3 AND body IS NOT NULL");
        _removeReference = connection.Prepare("DELETE FROM entries WHERE queue = ?1 AND message = ?2");
        _insertInbound = connection.Prepare("INSERT INTO inbound (queue, packet) VALUES (?1, ?2) ON CONFLICT DO NOTHING");
        _deleteInbound = connection.Prepare("DELETE FROM inbound WHERE queue = ?1 AND packet = ?2");
    }

    /// <summary>Makes an entry as the journal says. What is told of a queue that has ended is left out.</summary>
    public void Apply(EntryKey key, PendingEntry entry)
    {
        if (!_ids.Queues.Contains(key.Queue)) return;
        if (key.IsInbound)
        {
            (entry.Kind == PendingKind.Added ? _insertInbound : _deleteInbound).Bind(1, key.Queue).Bind(2, -key.Message).Run();
            return;
        }

        switch (entry.Kind)
        {
            case PendingKind.Added:
                Add(key, entry);
                break;
            case PendingKind.Removed:
                Remove(key);
                break;
            default:
                Change(key, entry);
                break;
        }
    }

    /// <summary>Writes what was gathered.</summary>
    public void Flush()
    {
        FlushAdded();
        FlushReferred();
        FlushStarted();
        FlushRemoved();
    }

    /// <summary>Forgets what was gathered: the transaction was undone.</summary>
    public void Forget()
    {
        _added.Clear();
        _referred = default;
        _started = _removed = default;
    }

    private void Add(EntryKey key, in PendingEntry entry)
    {
        if (entry.MayBeInTable)
        {
            Remove(key);
            FlushRemoved();
        }

        if (entry.Row.TargetCount == 1 && entry.Row.BodyLength <= BodyBytesMax)
        {
            _added.Add((key, entry));
            if (_added.Count == RowsAtOnce) FlushAdded();
            return;
        }

        // The queues of a message are neighbours, and are counted together.
        if (_referred.Count > 0 && !_referred.Row.IsOfSameRecord(entry.Row)) FlushReferred();
        var count = _referred.Count + InsertReference(key, entry.Row.EntryOptions, entry.Row.CountedBytes, entry, entry.Row.Identifiers());
        _referred = (key.Message, entry.Row, count);
    }

    private void Change(EntryKey key, in PendingEntry entry)
    {
        if (entry.Packet != 0)
        {
            if (_started.IsFollowedBy(key) && entry.Packet == _started.Packet + _started.Count && entry.Place == _started.Place + _started.Count)
            {
                _started = _started with { Count = _started.Count + 1 };
            }
            else
            {
                FlushStarted();
                _started = new Run(key.Queue, key.Message, 1, entry.Packet, entry.Place);
            }
        }

        if (entry.State == 0) return;
        FlushStarted();
        _advance.Bind(1, key.Queue).Bind(2, key.Message).Bind(3, entry.State).Run();
    }

    private void Remove(EntryKey key)
    {
        if (_removed.IsFollowedBy(key))
        {
            _removed = _removed with { Count = _removed.Count + 1 };
            return;
        }

        FlushRemoved();
        _removed = new Run(key.Queue, key.Message, 1, 0, 0);
    }

    private void FlushAdded()
    {
        if (_added.Count < RowsAtOnce || !TryInsertRows())
        {
            foreach (var (key, entry) in CollectionsMarshal.AsSpan(_added)) Insert(key, entry);
        }

        _added.Clear();
    }

    private void FlushReferred()
    {
        var (message, row, count) = _referred;
        _referred = default;
        if (count > 0) _references.Add(message, RowFormat.BodyOptions(row.BodyIsVersion5), row.ExpiresAtTicks, row.Body, count);
    }

    private void FlushStarted()
    {
        var run = _started;
        _started = default;
        if (run.Count == 0) return;
        _start.Bind(1, run.Queue).Bind(2, run.First).Bind(3, run.Last).Bind(4, run.Packet).Bind(5, run.Place).Run();
    }

    private void FlushRemoved()
    {
        var run = _removed;
        _removed = default;
        if (run.Count == 0 || _remove.Bind(1, run.Queue).Bind(2, run.First).Bind(3, run.Last).Run() == run.Count) return;

        // The others are references, or were not there.
        for (var id = run.First; id <= run.Last; id++)
        {
            if (_removeReference.Bind(1, run.Queue).Bind(2, id).Run() > 0) _references.Release(id);
        }
    }

    private bool TryInsertRows()
    {
        foreach (ref readonly var added in CollectionsMarshal.AsSpan(_added))
        {
            if (added.Entry.Row.IdentifierCount > 0 || added.Entry.Row.ExpiresAtTicks != 0) return false;
        }

        for (var i = 0; i < RowsAtOnce; i++) BindRow(_insertRows, i * ColumnsOfRow, _added[i].Key, _added[i].Entry);
        _insertRows.Run();
        return true;
    }

    private void Insert(EntryKey key, in PendingEntry entry)
    {
        BindRow(_insert, 0, key, entry);
        BindIdentifiers(_insert, 9, entry.Row.Identifiers());
        _insert.Bind(10, entry.Row.ExpiresAtTicks).Run();
    }

    private static void BindRow(SqliteStatement statement, int place, EntryKey key, in PendingEntry entry)
    {
        statement.Bind(place + 1, key.Queue).Bind(place + 2, key.Message)
            .Bind(place + 3, RowFormat.EntryOptionsWithBody(entry.Row.EntryOptions, entry.Row.BodyIsVersion5)).Bind(place + 4, entry.Row.CountedBytes);
        BindExchange(statement, place + 5, entry, entry.Row.EntryOptions);
        statement.BindBlob(place + 8, entry.Row.Body);
    }

    private int InsertReference(EntryKey key, long options, long bytes, in PendingEntry exchange, uint[]? identifiers)
    {
        _insertReference.Bind(1, key.Queue).Bind(2, key.Message).Bind(3, options).Bind(4, bytes);
        BindExchange(_insertReference, 5, exchange, options);
        BindIdentifiers(_insertReference, 8, identifiers);
        return _insertReference.Run();
    }

    private static void BindExchange(SqliteStatement statement, int place, in PendingEntry entry, long options)
    {
        if (entry.Packet == 0) statement.BindNull(place).BindNull(place + 1).BindNull(place + 2);
        else statement.Bind(place, entry.Packet).Bind(place + 1, entry.State != 0 ? entry.State : (long)RowFormat.ReadEntryOptions(options).QoS).Bind(place + 2, entry.Place);
    }

    private static void BindIdentifiers(SqliteStatement statement, int place, uint[]? identifiers)
    {
        if (identifiers is null) statement.BindNull(place);
        else statement.BindBlob(place, RowFormat.WriteIdentifiers(identifiers));
    }

    private static string RowsSql()
    {
        // What could fail in the middle would have SQLite copy every page first, so as to undo its beginning.
        var sql = new StringBuilder("INSERT OR IGNORE INTO entries (queue, message, options, bytes, packet, state, place, body) VALUES ");
        for (var row = 0; row < RowsAtOnce; row++)
        {
            var places = Enumerable.Range((row * ColumnsOfRow) + 1, ColumnsOfRow).Select(place => $"?{place}");
            sql.Append(row == 0 ? "(" : ", (").AppendJoin(", ", places).Append(')');
        }

        return sql.ToString();
    }

    /// <summary>Messages with neighbouring ids, whose packet identifiers and places are neighbours too.</summary>
    private readonly record struct Run(long Queue, long First, int Count, long Packet, long Place)
    {
        public long Last => First + Count - 1;

        public bool IsFollowedBy(EntryKey key) => Count > 0 && key.Queue == Queue && key.Message == First + Count;
    }
}
