using Orrery.Broker.Persistence;
using Orrery.Mqtt;
using Orrery.Mqtt.Flows;
using Orrery.Mqtt.Packets;
using Orrery.Storage.Native;

namespace Orrery.Storage;

/// <summary>Reads all that is kept, queue by queue, so that memory is needed for one of them and not for the store.</summary>
internal sealed class Recovery(SqliteConnection connection, QueueReader reader, Ids ids)
{
    /// <summary>Tells queues in the order of their ids, then retained messages in the order of their topics.</summary>
    /// <exception cref="StoreException">The store is damaged.</exception>
    public void Run(Action<RecoveredQueue> onQueue, Action<StoredMessage> onRetained)
    {
        using var queues = connection.PrepareOnce(
            "SELECT id, kind, name, expiry, expires_at, will, will_options, will_expires_at, will_delay, will_due FROM queues ORDER BY id");
        using var subscriptions = new PartCursor(
            this, connection, "SELECT queue, filter, options, identifier, place FROM subscriptions ORDER BY queue, filter");
        using var inbound = new PartCursor(this, connection, "SELECT queue, packet FROM inbound ORDER BY queue, packet");
        using var entries = new PartCursor(
            this, connection, "SELECT queue, message, options, bytes, identifiers, packet, state, place, body, expires_at FROM entries ORDER BY queue, message");
        while (queues.Step())
        {
            onQueue(Read(queues, subscriptions, inbound, entries));
        }

        subscriptions.End();
        inbound.End();
        entries.End();

        using var retained = connection.PrepareOnce("SELECT message FROM retained ORDER BY topic");
        while (retained.Step())
        {
            onRetained(reader.Message(retained.Integer(0)));
        }
    }

    private RecoveredQueue Read(SqliteStatement row, PartCursor subscriptions, PartCursor inbound, PartCursor entries)
    {
        var id = row.Integer(0);
        var queue = new StoredQueue((StoredQueueKind)row.Integer(1), row.Text(2)) { Id = id };
        var will = row.IsNull(5)
            ? null
            : new Will(reader.Body($"the will of {queue.Name}", row.Integer(6), row.Integer(7), row.Blob(5)), (uint)row.Integer(8));

        var made = new List<(long Place, RecoveredSubscription Subscription)>();
        while (subscriptions.Next(id) is { } part)
        {
            var subscription = RowFormat.ReadSubscription(part.Text(1), part.Integer(2), part.IsNull(3) ? null : (uint)part.Integer(3))
                ?? throw reader.Damaged($"a subscription of {queue.Name} is not readable");
            made.Add((part.Integer(4), subscription));
        }

        var identifiers = new List<PacketIdentifier>();
        while (inbound.Next(id) is { } part)
        {
            identifiers.Add(new PacketIdentifier((ushort)part.Integer(1)));
        }

        var exchanges = new List<RecoveredExchange>();
        var (count, bytes) = (0L, 0L);
        while (entries.Next(id) is { } part)
        {
            if (part.IsNull(5))
            {
                count++;
                bytes += part.Integer(3);
            }
            else
            {
                exchanges.Add(ReadExchange(part));
            }
        }

        // Places are unique, so each order has one answer.
        made.Sort((one, other) => one.Place.CompareTo(other.Place));
        exchanges.Sort((one, other) => one.Order.CompareTo(other.Order));
        return new RecoveredQueue(
            queue, (uint)row.Integer(3), row.Integer(4), will, row.Integer(9), [.. made.Select(item => item.Subscription)], exchanges, identifiers,
            count, bytes);
    }

    private RecoveredExchange ReadExchange(SqliteStatement row)
    {
        var entry = reader.Entry(row, messageColumn: 1, optionsColumn: 2, identifiersColumn: 4, bodyColumn: 8, expiresAtColumn: 9);
        return new RecoveredExchange(entry, new PacketIdentifier((ushort)row.Integer(5)), (OutboundState)row.Integer(6), row.Integer(7));
    }

    /// <summary>Rows of all queues in the order of their ids, read along with them.</summary>
    private sealed class PartCursor(Recovery recovery, SqliteConnection connection, string sql) : IDisposable
    {
        private readonly SqliteStatement _statement = connection.PrepareOnce(sql);
        private bool _isAhead;                              // the present row was not given out
        private bool _isAtEnd;

        /// <summary>The next row of a queue; null if it has no more.</summary>
        public SqliteStatement? Next(long queue)
        {
            while (!_isAtEnd)
            {
                if (!_isAhead) _isAtEnd = !_statement.Step();
                if (_isAtEnd) return null;
                var found = _statement.Integer(0);
                _isAhead = found > queue;
                if (_isAhead) return null;
                if (found == queue) return _statement;
                recovery.CheckEnded(found);
            }

            return null;
        }

        /// <summary>Reads on behind the last queue.</summary>
        public void End() => Next(long.MaxValue);

        public void Dispose() => _statement.Dispose();
    }

    // What is left of a queue that has ended waits to be deleted; of any other queue there is nothing without its row.
    private void CheckEnded(long queue)
    {
        if (!ids.Ended.Contains(queue)) throw reader.Damaged($"queue {queue} is missing");
    }
}
