using Orrery.Broker.Persistence;
using Orrery.Storage.Native;

namespace Orrery.Storage;

/// <summary>Keeps each message once, as long as something refers to it.</summary>
/// <remarks>Most messages have one reference, which is counted by their being there: only more than one take a row of `shares`.</remarks>
internal sealed class MessageReferences(SqliteConnection connection, RowFormat format, Ids ids)
{
    private long _largest = ids.MessageMark;            // no id above it is in the table

    private readonly SqliteStatement _insert = connection.Prepare("INSERT INTO messages (id, options, expires_at, body) VALUES (?1, ?2, ?3, ?4)");
    private readonly SqliteStatement _find = connection.Prepare("SELECT 1 FROM messages WHERE id = ?1");
    private readonly SqliteStatement _delete = connection.Prepare("DELETE FROM messages WHERE id = ?1");
    private readonly SqliteStatement _findShares = connection.Prepare("SELECT refs FROM shares WHERE message = ?1");
    private readonly SqliteStatement _setShares =
        connection.Prepare("INSERT INTO shares (message, refs) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET refs = excluded.refs");
    private readonly SqliteStatement _deleteShares = connection.Prepare("DELETE FROM shares WHERE message = ?1");

    /// <summary>Something refers to a message, which is stored if it is not there.</summary>
    /// <param name="message">The message.</param>
    /// <param name="count">How many refer to it in addition, 1 or more.</param>
    public void Add(StoredMessage message, int count) =>
        Add(message.Id, RowFormat.MessageOptions(message.Message), message.Message.ExpiresAtTicks, format.WriteMessage(message.Message), count);

    /// <summary>The same of a message as the journal has it.</summary>
    public void Add(long id, long options, long expiresAtTicks, ReadOnlySpan<byte> body, int count)
    {
        var earlier = id > _largest ? 0 : CountOf(id);
        if (earlier == 0) _insert.Bind(1, id).Bind(2, options).Bind(3, expiresAtTicks).BindBlob(4, body).Run();
        _largest = Math.Max(_largest, id);
        if (earlier + count > 1) _setShares.Bind(1, id).Bind(2, earlier + count).Run();
    }

    /// <summary>One reference less; a message without any is deleted.</summary>
    public void Release(long messageId)
    {
        switch (_findShares.Bind(1, messageId).RunForNumber())
        {
            case null:
                _delete.Bind(1, messageId).Run();
                break;
            case <= 2:
                _deleteShares.Bind(1, messageId).Run();
                break;
            case { } count:
                _setShares.Bind(1, messageId).Bind(2, count - 1).Run();
                break;
        }
    }

    /// <summary>Whether more than one refer to a message.</summary>
    public bool IsShared(long messageId) => _findShares.Bind(1, messageId).RunForNumber() is not null;

    private long CountOf(long messageId) =>
        _findShares.Bind(1, messageId).RunForNumber() ?? _find.Bind(1, messageId).RunForNumber() ?? 0;
}
