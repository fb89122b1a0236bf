using Orrery.Storage.Native;

namespace Orrery.Storage;

/// <summary>What the writer must know about ids at every change, so that it asks no table: which queues there are, and what was given out.</summary>
internal sealed class Ids
{
    private const int MarkStep = 1_000;                     // ids between two writes of a mark: a row less in most commits

    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _setMark;

    public Ids(SqliteConnection connection)
    {
        _connection = connection;
        _setMark = connection.Prepare("UPDATE marks SET value = ?2 WHERE name = ?1");
        Reload();
    }

    /// <summary>The queues that have begun and not ended.</summary>
    public HashSet<long> Queues { get; } = [];

    /// <summary>Queues whose client is there, as far as was told since the start, and shared subscriptions: their messages come and go.</summary>
    public HashSet<long> Attached { get; } = [];

    /// <summary>Queues that have ended and still have entries, oldest first.</summary>
    public List<long> Ended { get; } = [];

    /// <summary>No queue ever had a larger id.</summary>
    public long QueueMark { get; private set; }

    /// <summary>No message ever had a larger id.</summary>
    public long MessageMark { get; private set; }

    /// <summary>The largest id of a message that was told since the start, or the mark from before: what is above is new.</summary>
    public long LargestMessage { get; private set; }

    /// <summary>The place of the subscription made last; each gets a larger one.</summary>
    public long SubscriptionPlace { get; set; }

    /// <summary>A queue's id is in use from now on.</summary>
    public void UseQueue(long id)
    {
        Queues.Add(id);
        if (id <= QueueMark) return;
        QueueMark = id + MarkStep;
        _setMark.BindText(1, "queue"u8).Bind(2, QueueMark).Run();
    }

    /// <summary>A message's id is in use from now on.</summary>
    public void UseMessage(long id)
    {
        LargestMessage = Math.Max(LargestMessage, id);
        if (id <= MessageMark) return;
        MessageMark = id + MarkStep;
        _setMark.BindText(1, "message"u8).Bind(2, MessageMark).Run();
    }

    /// <summary>No id up to these is given again.</summary>
    public void Raise(long queueId, long messageId)
    {
        (QueueMark, MessageMark) = (Math.Max(QueueMark, queueId), Math.Max(MessageMark, messageId));
        LargestMessage = Math.Max(LargestMessage, messageId);
        _setMark.BindText(1, "queue"u8).Bind(2, QueueMark).Run();
        _setMark.BindText(1, "message"u8).Bind(2, MessageMark).Run();
    }

    /// <summary>Reads all of it again, after a transaction was undone.</summary>
    public void Reload()
    {
        Queues.Clear();
        Ended.Clear();
        ReadInto(Queues, "SELECT id FROM queues");
        ReadInto(Ended, "SELECT queue FROM ended ORDER BY queue");
        SubscriptionPlace = _connection.ReadNumber("SELECT max(place) FROM subscriptions");
        QueueMark = _connection.ReadNumber("SELECT value FROM marks WHERE name = 'queue'");
        MessageMark = _connection.ReadNumber("SELECT value FROM marks WHERE name = 'message'");
        LargestMessage = MessageMark;
    }

    private void ReadInto(ICollection<long> ids, string sql)
    {
        using var statement = _connection.PrepareOnce(sql);
        while (statement.Step())
        {
            ids.Add(statement.Integer(0));
        }
    }
}
