using Orrery.Broker.Persistence;
using Orrery.Mqtt.Packets;
using Orrery.Storage.Native;

namespace Orrery.Storage;

/// <summary>Reads messages, and the pages of queues.</summary>
internal sealed class QueueReader
{
    private readonly RowFormat _format;
    private readonly string _path;
    private readonly SqliteStatement _page;
    private readonly SqliteStatement _message;

    public QueueReader(SqliteConnection connection, RowFormat format, string path)
    {
        _format = format;
        _path = path;
        _page = connection.Prepare("""
            SELECT message, options, bytes, identifiers, body, expires_at FROM entries
            WHERE queue = ?1 AND message > ?2 AND packet IS NULL ORDER BY message
            """);
        _message = connection.Prepare("SELECT options, expires_at, body FROM messages WHERE id = ?1");
    }

    /// <summary>Reads messages of a queue that have no packet identifier, in the order of their ids.</summary>
    public List<StoredEntry> Read(long queueId, long afterMessageId, int countMax, long bytesMax)
    {
        var entries = new List<StoredEntry>();
        var bytes = 0L;
        _page.Bind(1, queueId).Bind(2, afterMessageId);
        try
        {
            while (entries.Count < countMax && _page.Step())
            {
                bytes += _page.Integer(2);
                if (entries.Count > 0 && bytes > bytesMax) break;
                entries.Add(Entry(_page, messageColumn: 0, optionsColumn: 1, identifiersColumn: 3, bodyColumn: 4, expiresAtColumn: 5));
            }
        }
        finally
        {
            _page.Reset();
        }

        return entries;
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
            : new StoredMessage(Body($"message {id}", RowFormat.BodyOptions(options), row.Integer(expiresAtColumn), row.Blob(bodyColumn))) { Id = id };
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
            return new StoredMessage(Body($"message {id}", _message.Integer(0), _message.Integer(1), _message.Blob(2))) { Id = id };
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

    /// <summary>The failure of a store that contradicts itself.</summary>
    public StoreException Damaged(string what) => new(StoreFailures.Damaged(_path, what));
}
