using System.Text;
using Orrery.Broker.Persistence;
using Orrery.Storage.Native;

namespace Orrery.Storage;

/// <summary>Writes the entries of queues, which are most of all changes: gathers what stands side by side in one group, for one statement.</summary>
/// <remarks>
/// What is gathered are new messages of one queue each, messages that are started, and messages that are removed. A message that is added
/// and started in one group is one row; a run of neighbours that are started or removed is one statement. Whatever else needs the rows
/// calls <see cref="Flush"/> before it.
/// </remarks>
internal sealed class EntryWriter
{
    /// <summary>A body up to this stands in the entry itself, if one queue alone holds the message: one row in place of two. A longer one
    /// would be written again when the message is started, and be read at each start of the broker.</summary>
    public const int BodyBytesMax = 256;

    private const int RowsAtOnce = 16;                      // beyond that a statement costs no less a row
    private const int ColumnsOfRow = 8;

    private readonly RowFormat _format;
    private readonly Ids _ids;
    private readonly MessageReferences _references;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _insertRows;
    private readonly SqliteStatement _insertReference;
    private readonly SqliteStatement _start;
    private readonly SqliteStatement _remove;
    private readonly SqliteStatement _removeReference;
    private readonly List<NewEntry> _added = [];            // by id, which grows
    private Run _started;
    private Run _removed;

    public EntryWriter(SqliteConnection connection, RowFormat format, Ids ids, MessageReferences references)
    {
        _format = format;
        _ids = ids;
        _references = references;
        _insert = connection.Prepare("""
            INSERT OR IGNORE INTO entries (queue, message, options, bytes, packet, state, place, body, identifiers, expires_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """);
        _insertRows = connection.Prepare(RowsSql());
        _insertReference = connection.Prepare("""
            INSERT INTO entries (queue, message, options, bytes, identifiers) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING
            """);
        // The state after the first PUBLISH has the number of its QoS, which is in the lowest bits of the options.
        _start = connection.Prepare("""
            UPDATE entries SET packet = message - ?2 + ?4, state = options & 3, place = message - ?2 + ?5
            WHERE queue = ?1 AND message BETWEEN ?2 AND ?3
            """);
        _remove = connection.Prepare("DELETE FROM entries WHERE queue = ?1 AND message BETWEEN ?2 AND ?3 AND body IS NOT NULL");
        _removeReference = connection.Prepare("DELETE FROM entries WHERE queue = ?1 AND message = ?2");
    }

    /// <summary>A message joins queues that are there.</summary>
    public void Add(StoredMessage message, IReadOnlyList<QueueTarget> targets)
    {
        if (targets.Count == 1 && message.Id > _ids.LargestMessage && RowFormat.BytesOf(message.Message) <= BodyBytesMax)
        {
            if (!_ids.Queues.Contains(targets[0].Queue.Id)) return;
            _added.Add(new NewEntry(targets[0], message));
            _ids.UseMessage(message.Id);
            return;
        }

        if (message.Id <= _ids.LargestMessage) Flush();     // it may be among what was gathered
        var count = 0;
        foreach (var target in targets)
        {
            if (_ids.Queues.Contains(target.Queue.Id) && TryInsertReference(target, message)) count++;
        }

        if (count > 0) _references.Add(message, count);
    }

    /// <summary>A message of a queue gets its packet identifier and its place.</summary>
    public void Start(StoreMutation.StartExchange start)
    {
        var id = start.Message.Id;
        if (FindAdded(start.Queue.Id, id) is var index and >= 0)
        {
            _added[index] = _added[index] with { Packet = start.PacketIdentifier.Value, Place = start.Order };
            return;
        }

        if (_removed.Holds(start.Queue.Id, id)) Flush();
        if (_started.IsFollowedBy(start.Queue.Id, id)
            && start.PacketIdentifier.Value == _started.Packet + _started.Count && start.Order == _started.Place + _started.Count)
        {
            _started = _started with { Count = _started.Count + 1 };
            return;
        }

        FlushStarted();
        _started = new Run(start.Queue.Id, id, 1, start.PacketIdentifier.Value, start.Order);
    }

    /// <summary>A message leaves a queue.</summary>
    public void Remove(long queue, long id)
    {
        if (FindAdded(queue, id) >= 0 || _started.Holds(queue, id)) Flush();
        if (_removed.IsFollowedBy(queue, id))
        {
            _removed = _removed with { Count = _removed.Count + 1 };
            return;
        }

        FlushRemoved();
        _removed = new Run(queue, id, 1, 0, 0);
    }

    /// <summary>A message goes from one queue to another, or stays where it is if there is no other.</summary>
    public void Move(StoreMutation.MoveMessage move, bool isFromThere, bool isToThere)
    {
        Flush();
        var (from, id) = (move.From.Id, move.Message.Id);
        if (isFromThere && _remove.Bind(1, from).Bind(2, id).Bind(3, id).Run() > 0)
        {
            if (isToThere) Insert(new NewEntry(move.To, move.Message));
            return;
        }

        // The reference goes along; where there was none, as when the group has ended already, there is a new one.
        var isHeld = isFromThere && _removeReference.Bind(1, from).Bind(2, id).Run() > 0;
        var isAdded = isToThere && TryInsertReference(move.To, move.Message);
        if (isAdded && !isHeld) _references.Add(move.Message, 1);
        else if (isHeld && !isAdded) _references.Release(id);
    }

    /// <summary>Writes what was gathered.</summary>
    public void Flush()
    {
        FlushAdded();
        FlushStarted();
        FlushRemoved();
    }

    /// <summary>Forgets what was gathered: the transaction was undone.</summary>
    public void Forget()
    {
        _added.Clear();
        _started = _removed = default;
    }

    private void FlushAdded()
    {
        var next = 0;
        while (next < _added.Count)
        {
            if (_added.Count - next >= RowsAtOnce && TryInsertRows(next))
            {
                next += RowsAtOnce;
                continue;
            }

            Insert(_added[next++]);
        }

        _added.Clear();
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

    private int FindAdded(long queue, long id)
    {
        if (_added.Count == 0 || id < _added[0].Message.Id) return -1;
        var (low, high) = (0, _added.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var found = _added[middle].Message.Id;
            if (found == id) return _added[middle].Target.Queue.Id == queue ? middle : -1;
            (low, high) = found < id ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    private bool TryInsertRows(int first)
    {
        for (var i = first; i < first + RowsAtOnce; i++)
        {
            if (_added[i].Target.Identifiers is not null || _added[i].Message.Message.ExpiresAtTicks != 0) return false;
        }

        for (var i = 0; i < RowsAtOnce; i++) BindRow(_insertRows, i * ColumnsOfRow, _added[first + i]);
        _insertRows.Run();
        return true;
    }

    private void Insert(in NewEntry entry)
    {
        BindRow(_insert, 0, entry);
        if (entry.Target.Identifiers is { } identifiers) _insert.BindBlob(9, RowFormat.WriteIdentifiers(identifiers));
        else _insert.BindNull(9);
        _insert.Bind(10, entry.Message.Message.ExpiresAtTicks).Run();
    }

    private void BindRow(SqliteStatement statement, int place, in NewEntry entry)
    {
        var (target, message) = (entry.Target, entry.Message.Message);
        statement.Bind(place + 1, target.Queue.Id).Bind(place + 2, entry.Message.Id)
            .Bind(place + 3, RowFormat.EntryOptions(target.QoS, target.Retain, message)).Bind(place + 4, RowFormat.BytesOf(message));
        if (entry.Packet == 0) statement.BindNull(place + 5).BindNull(place + 6).BindNull(place + 7);
        else statement.Bind(place + 5, entry.Packet).Bind(place + 6, (long)target.QoS).Bind(place + 7, entry.Place);
        statement.BindBlob(place + 8, _format.WriteMessage(message));
    }

    private bool TryInsertReference(QueueTarget target, StoredMessage message)
    {
        _insertReference.Bind(1, target.Queue.Id).Bind(2, message.Id).Bind(3, RowFormat.EntryOptions(target.QoS, target.Retain))
            .Bind(4, RowFormat.BytesOf(message.Message));
        if (target.Identifiers is { } identifiers) _insertReference.BindBlob(5, RowFormat.WriteIdentifiers(identifiers));
        else _insertReference.BindNull(5);
        return _insertReference.Run() > 0;
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

    /// <summary>A message that one queue alone holds. Its packet identifier is 0 while it waits.</summary>
    private readonly record struct NewEntry(QueueTarget Target, StoredMessage Message, long Packet = 0, long Place = 0);

    /// <summary>Messages with neighbouring ids, whose packet identifiers and places are neighbours too.</summary>
    private readonly record struct Run(long Queue, long First, int Count, long Packet, long Place)
    {
        public long Last => First + Count - 1;

        public bool Holds(long queue, long id) => Count > 0 && queue == Queue && id >= First && id <= Last;

        public bool IsFollowedBy(long queue, long id) => Count > 0 && queue == Queue && id == First + Count;
    }
}
