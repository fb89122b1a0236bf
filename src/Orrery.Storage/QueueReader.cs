using Orrery.Broker.Persistence;
using Orrery.Mqtt.Packets;
using Orrery.Storage.Journal;
using Orrery.Storage.Native;

namespace Orrery.Storage;

/// <summary>Reads messages, and the pages of queues.</summary>
internal sealed class QueueReader
{
    private readonly RowFormat _format;
    private readonly PendingChanges _pending;
    private readonly string _path;
    private readonly SqliteStatement _page;
    private readonly SqliteStatement _message;

    public QueueReader(SqliteConnection connection, RowFormat format, PendingChanges pending, string path)
    {
        _format = format;
        _pending = pending;
        _path = path;
        _page = connection.Prepare("""
            SELECT message, options, bytes, identifiers, body, expires_at FROM entries
            WHERE queue = ?1 AND message > ?2 AND packet IS NULL ORDER BY message
            """);
        _message = connection.Prepare("SELECT options, expires_at, body FROM messages WHERE id = ?1");
    }

    /// <summary>Reads messages of a queue that have no packet identifier, in the order of their ids: of the table and of the journal.</summary>
    public List<StoredEntry> Read(long queueId, long afterMessageId, int countMax, long bytesMax, out bool isLast)
    {
        var entries = new List<StoredEntry>();
        var added = _pending.AddedAfter(queueId, afterMessageId, countMax);
        var (next, bytes) = (0, 0L);
        _page.Bind(1, queueId).Bind(2, afterMessageId);
        try
        {
            var isRow = _page.Step();
            while (entries.Count < countMax && (isRow || next < added?.Count))
            {
                var id = isRow ? _page.Integer(0) : long.MaxValue;
                if (next < added?.Count && added[next] <= id)
                {
                    _pending.TryGet(new EntryKey(queueId, added[next]), out var found);
                    if (!Fits(found.Row.CountedBytes)) break;
                    entries.Add(Entry(added[next], found.Row));
                    if (id == added[next++]) isRow = _page.Step();
                    continue;
                }

                if (added is null || !_pending.TryGet(new EntryKey(queueId, id), out _))
                {
                    if (!Fits(_page.Integer(2))) break;
                    entries.Add(Entry(_page, messageColumn: 0, optionsColumn: 1, identifiersColumn: 3, bodyColumn: 4, expiresAtColumn: 5));
                }

                isRow = _page.Step();                   // else it was removed or started, and the table does not know
            }

            isLast = !isRow && entries.Count < countMax && (added is null || next == added.Count);
        }
        finally
        {
            _page.Reset();
        }

        return entries;

        bool Fits(long more)
        {
            bytes += more;
            return entries.Count == 0 || bytes <= bytesMax;
        }
    }

    private StoredEntry Entry(long id, in EntryRow row)
    {
        var (qos, retain) = RowFormat.ReadEntryOptions(row.EntryOptions);
        var message = BodyOf(id, RowFormat.BodyOptions(row.BodyIsVersion5), row.ExpiresAtTicks, row.Body);
        return new StoredEntry(message, qos, retain, row.Identifiers());
    }

    /// <summary>The entry of a queue in the present row, with its message.</summary>
    public StoredEntry Entry(
        SqliteStatement row, int messageColumn, int optionsColumn, int identifiersColumn, int bodyColumn, int expiresAtColumn)
    {
        var (id, options) = (row.Integer(messageColumn), row.Integer(optionsColumn));
        var (qos, retain) = RowFormat.ReadEntryOptions(options);
        var identifiers = row.IsNull(identifiersColumn) ? null : RowFormat.ReadIdentifiers(row.Blob(identifiersColumn));
        var message = row.IsNull(bodyColumn)
            ? Message(id)
            : BodyOf(id, RowFormat.BodyOptions(options), row.Integer(expiresAtColumn), row.Blob(bodyColumn));
        return new StoredEntry(message, qos, retain, identifiers);
    }

    /// <summary>A message by its id.</summary>
    /// <exception cref="StoreException">It is not there, though something refers to it, or its body is damaged.</exception>
    public StoredMessage Message(long id) => Find(id) ?? throw Damaged($"message {id} is missing");

    /// <summary>A message by its id; null if there is none.</summary>
    /// <exception cref="StoreException">Its body is damaged.</exception>
    public StoredMessage? Find(long id)
    {
        try
        {
            if (!_message.Bind(1, id).Step()) return null;
            return BodyOf(id, _message.Integer(0), _message.Integer(1), _message.Blob(2));
        }
        finally
        {
            _message.Reset();
        }
    }

    /// <summary>The message in a row.</summary>
    /// <exception cref="StoreException">Its body is damaged.</exception>
    public ApplicationMessage Body(string what, long options, long expiresAtTicks, ReadOnlySpan<byte> body) =>
        _format.ReadMessage(options, expiresAtTicks, body) ?? throw Damaged($"{what} is not readable");

    private StoredMessage BodyOf(long id, long options, long expiresAtTicks, ReadOnlySpan<byte> body)
    {
        var message = _format.ReadMessage(options, expiresAtTicks, body) ?? throw Damaged($"message {id} is not readable");
        return new StoredMessage(message) { Id = id };
    }

    /// <summary>The failure of a store that contradicts itself.</summary>
    public StoreException Damaged(string what) => new(StoreFailures.Damaged(_path, what));
}
