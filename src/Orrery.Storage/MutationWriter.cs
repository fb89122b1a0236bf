using Orrery.Broker.Persistence;
using Orrery.Storage.Journal;
using Orrery.Storage.Native;

namespace Orrery.Storage;

/// <summary>Turns changes into records of the journal and into rows, inside a transaction of the engine's.</summary>
/// <remarks>
/// What happens to messages goes into the journal, since most of it is undone soon. The rest goes into the tables at once: it is about
/// queues, subscriptions and retained messages, and does not depend on the entries that the journal has not told the tables yet.
/// What is told of a queue that has ended is left out: who told it had not heard of the end.
/// </remarks>
internal sealed class MutationWriter
{
    /// <summary>A body above this goes into the tables at once: to write it twice would cost more than the journal saves.</summary>
    private const int JournalBodyBytesMax = 4_096;

    private const int EntriesDeletedAtOnce = 1_000;         // a queue that is longer is deleted bit by bit

    private readonly Ids _ids;
    private readonly EntryWriter _entries;
    private readonly JournalWriter _journal;
    private readonly JournalWriter _direct;             // for the tables at once
    private readonly PendingChanges _directChanges;

    private readonly SqliteStatement _findQueue;
    private readonly SqliteStatement _insertQueue;
    private readonly SqliteStatement _deleteQueue;
    private readonly SqliteStatement _deleteSubscriptions;
    private readonly SqliteStatement _deleteInbounds;
    private readonly SqliteStatement _firstEntries;
    private readonly SqliteStatement _deleteEntriesUpTo;
    private readonly SqliteStatement _insertEnded;
    private readonly SqliteStatement _deleteEndedQueue;
    private readonly SqliteStatement _attach;
    private readonly SqliteStatement _detach;
    private readonly SqliteStatement _clearWill;
    private readonly SqliteStatement _putSubscription;
    private readonly SqliteStatement _deleteSubscription;
    private readonly SqliteStatement _findRetained;
    private readonly SqliteStatement _setRetained;
    private readonly SqliteStatement _deleteRetained;
    private readonly RowFormat _format;
    private readonly List<long> _page = [];             // messages that entries refer to

    public MutationWriter(SqliteConnection connection, RowFormat format, Ids ids, JournalBuffers buffers)
    {
        _format = format;
        _ids = ids;
        References = new MessageReferences(connection, format, ids);
        _entries = new EntryWriter(connection, ids, References);
        _journal = new JournalWriter(format, buffers);
        _direct = new JournalWriter(format, buffers);
        _directChanges = new PendingChanges(buffers);
        _findQueue = connection.Prepare("SELECT id FROM queues WHERE kind = ?1 AND name = ?2");
        _insertQueue = connection.Prepare(
            "INSERT INTO queues (id, kind, name, expiry, expires_at, will_due) VALUES (?1, ?2, ?3, 0, 0, 0)");
        _deleteQueue = connection.Prepare("DELETE FROM queues WHERE id = ?1");
        _deleteSubscriptions = connection.Prepare("DELETE FROM subscriptions WHERE queue = ?1");
        _deleteInbounds = connection.Prepare("DELETE FROM inbound WHERE queue = ?1");
        _firstEntries = connection.Prepare("SELECT message, body IS NULL FROM entries WHERE queue = ?1 ORDER BY message LIMIT ?2");
        _deleteEntriesUpTo = connection.Prepare("DELETE FROM entries WHERE queue = ?1 AND message <= ?2");
        _insertEnded = connection.Prepare("INSERT INTO ended (queue) VALUES (?1)");
        _deleteEndedQueue = connection.Prepare("DELETE FROM ended WHERE queue = ?1");
        _attach = connection.Prepare("""
            UPDATE queues SET expiry = ?2, expires_at = 0, will = ?3, will_options = ?4, will_expires_at = ?5, will_delay = ?6, will_due = 0
            WHERE id = ?1
            """);
        _detach = connection.Prepare("UPDATE queues SET expiry = ?2, expires_at = ?3, will_due = ?4 WHERE id = ?1");
        _clearWill = connection.Prepare(
            "UPDATE queues SET will = NULL, will_options = NULL, will_expires_at = NULL, will_delay = NULL, will_due = 0 WHERE id = ?1");
        _putSubscription = connection.Prepare("""
            INSERT INTO subscriptions (queue, filter, place, options, identifier) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET options = excluded.options, identifier = excluded.identifier
            """);
        _deleteSubscription = connection.Prepare("DELETE FROM subscriptions WHERE queue = ?1 AND filter = ?2");
        _findRetained = connection.Prepare("SELECT message FROM retained WHERE topic = ?1");
        _setRetained = connection.Prepare(
            "INSERT INTO retained (topic, message) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET message = excluded.message");
        _deleteRetained = connection.Prepare("DELETE FROM retained WHERE topic = ?1");
    }

    /// <summary>Keeps the messages that the changes refer to.</summary>
    public MessageReferences References { get; }

    /// <summary>Writes changes, in order.</summary>
    /// <returns>The rows of the journal that are to be kept with them.</returns>
    public List<JournalRow> Write(IReadOnlyList<StoreMutation> mutations)
    {
        foreach (var mutation in mutations)
        {
            Write(mutation);
        }

        foreach (var row in _direct.Take())
        {
            _directChanges.Absorb(0, row);
            Apply(_directChanges, _ => !_directChanges.IsEmpty);
        }

        return _journal.Take();
    }

    /// <summary>Writes what the oldest rows of the journal were the first to change, as it is now.</summary>
    /// <param name="pending">The journal, whose rows are taken out.</param>
    /// <param name="goesOn">Asked before each row; gets the number of entries that were changed so far.</param>
    /// <returns>The id of the last row that was taken; 0 for none.</returns>
    public long Apply(PendingChanges pending, Func<int, bool> goesOn)
    {
        var (last, changed) = (0L, 0);
        while (goesOn(changed))
        {
            (last, var count) = pending.TakeOldest(_entries.Apply);
            changed += count;
        }

        _entries.Flush();
        pending.Recycle();
        return last;
    }

    /// <summary>Forgets what was not written yet: the transaction was undone.</summary>
    public void Forget()
    {
        _entries.Forget();
        _directChanges.Clear();
        _direct.Take();
        _journal.Take();
    }

    /// <summary>Deletes entries of queues that have ended.</summary>
    /// <param name="countMax">At most so many.</param>
    public void DeleteEnded(int countMax)
    {
        while (countMax > 0 && _ids.Ended is [var queue, ..])
        {
            var deleted = DeleteEntries(queue, countMax);
            if (deleted < countMax)
            {
                _deleteEndedQueue.Bind(1, queue).Run();
                _ids.Ended.RemoveAt(0);
            }

            countMax -= deleted;
        }
    }

    private void Write(StoreMutation mutation)
    {
        switch (mutation)
        {
            case StoreMutation.AddMessage add:
                Add(add.Message, add.Targets);
                break;
            case StoreMutation.RemoveMessage remove:
                if (IsThere(remove.Queue)) _journal.Remove(remove.Queue.Id, IdOf(remove.Message));
                break;
            case StoreMutation.StartExchange start:
                if (IsThere(start.Queue)) _journal.Start(start.Queue.Id, IdOf(start.Message), start.PacketIdentifier.Value, start.Order);
                break;
            case StoreMutation.AdvanceExchange advance:
                if (IsThere(advance.Queue)) _journal.Advance(advance.Queue.Id, IdOf(advance.Message), (long)advance.State);
                break;
            case StoreMutation.AddInbound add:
                if (IsThere(add.Queue)) _journal.AddInbound(add.Queue.Id, add.PacketIdentifier.Value);
                break;
            case StoreMutation.RemoveInbound remove:
                if (IsThere(remove.Queue)) _journal.RemoveInbound(remove.Queue.Id, remove.PacketIdentifier.Value);
                break;
            case StoreMutation.MoveMessage move:
                if (IsThere(move.From)) _journal.Remove(move.From.Id, IdOf(move.Message));
                if (IsThere(move.To.Queue)) _journal.Add(move.Message, [move.To], isNew: false);
                break;
            case StoreMutation.BeginQueue begin:
                Begin(begin.Queue);
                break;
            case StoreMutation.EndQueue end:
                if (IsThere(end.Queue)) End(end.Queue.Id);
                break;
            case StoreMutation.Attach attach:
                if (IsThere(attach.Queue)) Attach(attach);
                break;
            case StoreMutation.Detach detach:
                if (IsThere(detach.Queue)) Detach(detach);
                break;
            case StoreMutation.ClearWill clear:
                if (IsThere(clear.Queue)) _clearWill.Bind(1, clear.Queue.Id).Run();
                break;
            case StoreMutation.PutSubscription put:
                if (IsThere(put.Queue)) Put(put);
                break;
            case StoreMutation.RemoveSubscription remove:
                if (IsThere(remove.Queue)) _deleteSubscription.Bind(1, remove.Queue.Id).BindText(2, remove.Filter).Run();
                break;
            case StoreMutation.SetRetained set:
                SetRetained(set.Message);
                break;
            case StoreMutation.ClearRetained clear:
                if (_findRetained.BindText(1, clear.Topic).RunForNumber() is { } message)
                {
                    _deleteRetained.BindText(1, clear.Topic).Run();
                    References.Release(message);
                }

                break;
            default:
                throw new InvalidOperationException($"no rule for {mutation.GetType().Name}");
        }
    }

    private void Add(StoredMessage message, IReadOnlyList<QueueTarget> targets)
    {
        var isNew = IdOf(message) > _ids.LargestMessage;
        var live = targets as QueueTarget[] ?? [.. targets];
        if (Array.Exists(live, target => !IsThere(target.Queue))) live = Array.FindAll(live, target => IsThere(target.Queue));
        if (live.Length == 0) return;
        _ids.UseMessage(message.Id);
        (isNew && IsToStay(message, live) ? _direct : _journal).Add(message, live, isNew);
    }

    // What waits for clients that are away stays longer than the journal. No row of it knows a new message, so the tables may know it first.
    private bool IsToStay(StoredMessage message, QueueTarget[] targets) =>
        RowFormat.BytesOf(message.Message) > JournalBodyBytesMax || !Array.Exists(targets, target => _ids.Attached.Contains(target.Queue.Id));

    private void Begin(StoredQueue queue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(queue.Id, 1, nameof(queue));
        if (_findQueue.Bind(1, (long)queue.Kind).BindText(2, queue.Name).RunForNumber() is { } earlier) End(earlier);
        _insertQueue.Bind(1, queue.Id).Bind(2, (long)queue.Kind).BindText(3, queue.Name).Run();
        _ids.UseQueue(queue.Id);
        if (queue.Kind == StoredQueueKind.SharedGroup) _ids.Attached.Add(queue.Id);
    }

    private void End(long queue)
    {
        _deleteSubscriptions.Bind(1, queue).Run();
        _deleteInbounds.Bind(1, queue).Run();
        _deleteQueue.Bind(1, queue).Run();
        _ids.Queues.Remove(queue);
        _ids.Attached.Remove(queue);
        if (DeleteEntries(queue, EntriesDeletedAtOnce) < EntriesDeletedAtOnce) return;
        _insertEnded.Bind(1, queue).Run();
        _ids.Ended.Add(queue);
    }

    private int DeleteEntries(long queue, int countMax)
    {
        _page.Clear();
        _firstEntries.Bind(1, queue).Bind(2, countMax);
        var (count, last) = (0, 0L);
        while (_firstEntries.Step())
        {
            (count, last) = (count + 1, _firstEntries.Integer(0));
            if (_firstEntries.Integer(1) != 0) _page.Add(last);
        }

        if (count == 0) return 0;
        _deleteEntriesUpTo.Bind(1, queue).Bind(2, last).Run();
        foreach (var message in _page)
        {
            References.Release(message);
        }

        return count;
    }

    private void Attach(StoreMutation.Attach attach)
    {
        _ids.Attached.Add(attach.Queue.Id);
        _attach.Bind(1, attach.Queue.Id).Bind(2, attach.ExpiryIntervalSeconds);
        if (attach.Will is { } will)
        {
            _attach.BindBlob(3, _format.WriteMessage(will.Message)).Bind(4, RowFormat.MessageOptions(will.Message))
                .Bind(5, will.Message.ExpiresAtTicks).Bind(6, will.DelayIntervalSeconds);
        }
        else
        {
            _attach.BindNull(3).BindNull(4).BindNull(5).BindNull(6);
        }

        _attach.Run();
    }

    private void Detach(StoreMutation.Detach detach)
    {
        _ids.Attached.Remove(detach.Queue.Id);
        _detach.Bind(1, detach.Queue.Id).Bind(2, detach.ExpiryIntervalSeconds).Bind(3, detach.ExpiresAtTicks).Bind(4, detach.WillDueAtTicks).Run();
        if (detach.WillDueAtTicks == 0) _clearWill.Bind(1, detach.Queue.Id).Run();
    }

    private void Put(StoreMutation.PutSubscription put)
    {
        _putSubscription.Bind(1, put.Queue.Id).BindText(2, put.Subscription.Filter.Utf8).Bind(3, ++_ids.SubscriptionPlace)
            .Bind(4, RowFormat.SubscriptionOptions(put.Subscription));
        if (put.Identifier is { } identifier) _putSubscription.Bind(5, identifier);
        else _putSubscription.BindNull(5);
        _putSubscription.Run();
    }

    private void SetRetained(StoredMessage message)
    {
        var topic = message.Message.Topic.Utf8;
        var earlier = _findRetained.BindText(1, topic).RunForNumber();
        if (earlier == IdOf(message)) return;
        _setRetained.BindText(1, topic).Bind(2, message.Id).Run();
        _ids.UseMessage(message.Id);
        References.Add(message, 1);
        if (earlier is { } replaced) References.Release(replaced);
    }

    private bool IsThere(StoredQueue queue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(queue.Id, 1, nameof(queue));
        return _ids.Queues.Contains(queue.Id);
    }

    private static long IdOf(StoredMessage message)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(message.Id, 1, nameof(message));
        return message.Id;
    }
}
