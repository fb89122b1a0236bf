using Orrery.Broker.Persistence;
using Orrery.Mqtt;
using Orrery.Mqtt.Flows;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Tests.Persistence;

/// <summary>What a store keeps, as plain data: the executable meaning of <see cref="StoreMutation"/>.</summary>
internal sealed class StoreModel
{
    private readonly SortedDictionary<long, Queue> _queues = [];
    private readonly SortedDictionary<string, StoredMessage> _retained = new(StringComparer.Ordinal);

    public long LargestQueueId { get; private set; }

    public long LargestMessageId { get; private set; }

    public IEnumerable<string> QueueNames => _queues.Values.Select(q => q.Name);

    public IEnumerable<StoredMessage> Retained => _retained.Values;

    public IEnumerable<RecoveredQueue> Recovered => _queues.Select(q => q.Value.Recovered(q.Key));

    public Queue this[string name] => _queues.Values.Single(q => q.Name == name);

    public void Apply(IReadOnlyList<StoreMutation> mutations)
    {
        foreach (var mutation in mutations)
        {
            Apply(mutation);
        }
    }

    public IReadOnlyList<StoredEntry> Read(StoredQueue queue, long after, int countMax, long bytesMax)
    {
        var page = new List<StoredEntry>();
        var bytes = 0L;
        foreach (var entry in _queues[queue.Id].Entries.Where(e => e.Identifier is null && e.Message.Id > after))
        {
            var size = entry.Message.Message.Topic.Utf8.Length + entry.Message.Message.Payload.Length;
            if (page.Count == countMax || (page.Count > 0 && bytes + size > bytesMax)) break;
            bytes += size;
            page.Add(entry.ToStored());
        }

        return page;
    }

    private void Apply(StoreMutation mutation)
    {
        switch (mutation)
        {
            case StoreMutation.BeginQueue m:
                foreach (var old in _queues.Where(q => q.Value.Kind == m.Queue.Kind && q.Value.Name == m.Queue.Name).Select(q => q.Key).ToArray())
                {
                    _queues.Remove(old);
                }

                Assert.True(m.Queue.Id > LargestQueueId);
                LargestQueueId = m.Queue.Id;
                _queues.Add(m.Queue.Id, new Queue(m.Queue.Kind, m.Queue.Name));
                break;
            case StoreMutation.EndQueue m:
                Assert.True(_queues.Remove(m.Queue.Id));
                break;
            case StoreMutation.Attach m:
                (Of(m.Queue).Expiry, Of(m.Queue).ExpiresAt, Of(m.Queue).Will, Of(m.Queue).WillDueAt) = (m.ExpiryIntervalSeconds, 0, m.Will, 0);
                break;
            case StoreMutation.Detach m:
                (Of(m.Queue).Expiry, Of(m.Queue).ExpiresAt, Of(m.Queue).WillDueAt) = (m.ExpiryIntervalSeconds, m.ExpiresAtTicks, m.WillDueAtTicks);
                if (m.WillDueAtTicks == 0) Of(m.Queue).Will = null;
                break;
            case StoreMutation.ClearWill m:
                Of(m.Queue).Will = null;
                break;
            case StoreMutation.PutSubscription m:
                var filter = m.Subscription.Filter.ToString();
                var list = Of(m.Queue).Subscriptions;
                var place = list.FindIndex(s => s.Subscription.Filter.ToString() == filter);
                if (place < 0) list.Add(new RecoveredSubscription(m.Subscription, m.Identifier));
                else list[place] = new RecoveredSubscription(m.Subscription, m.Identifier);
                break;
            case StoreMutation.RemoveSubscription m:
                Of(m.Queue).Subscriptions.RemoveAll(s => s.Subscription.Filter.ToString() == m.Filter);
                break;
            case StoreMutation.AddMessage m:
                LargestMessageId = Math.Max(LargestMessageId, m.Message.Id);
                foreach (var target in m.Targets)
                {
                    Of(target.Queue).Add(m.Message, target);
                }

                break;
            case StoreMutation.MoveMessage m:
                Of(m.From).Remove(m.Message);
                Of(m.To.Queue).Add(m.Message, m.To);
                break;
            case StoreMutation.RemoveMessage m:
                Of(m.Queue).Remove(m.Message);
                break;
            case StoreMutation.StartExchange m:
                Of(m.Queue).Start(m);
                break;
            case StoreMutation.AdvanceExchange m:
                Of(m.Queue).Entry(m.Message).State = m.State;
                break;
            case StoreMutation.AddInbound m:
                Assert.DoesNotContain(m.PacketIdentifier, Of(m.Queue).Inbound);
                Of(m.Queue).Inbound.Add(m.PacketIdentifier);
                break;
            case StoreMutation.RemoveInbound m:
                Assert.True(Of(m.Queue).Inbound.Remove(m.PacketIdentifier));
                break;
            case StoreMutation.SetRetained m:
                LargestMessageId = Math.Max(LargestMessageId, m.Message.Id);
                _retained[m.Message.Message.Topic.ToString()] = m.Message;
                break;
            case StoreMutation.ClearRetained m:
                _retained.Remove(m.Topic);
                break;
            default:
                Assert.Fail($"no rule for {mutation}");
                break;
        }
    }

    private Queue Of(StoredQueue queue) => _queues[queue.Id];

    internal sealed class Queue(StoredQueueKind kind, string name)
    {
        private readonly SortedDictionary<long, Entry> _entries = [];
        private readonly SortedDictionary<long, Entry> _exchanges = [];     // by their order

        public StoredQueueKind Kind { get; } = kind;

        public string Name { get; } = name;

        public uint Expiry { get; set; }

        public long ExpiresAt { get; set; }

        public Will? Will { get; set; }

        public long WillDueAt { get; set; }

        public List<RecoveredSubscription> Subscriptions { get; } = [];

        /// <summary>In the order of message ids.</summary>
        public IReadOnlyCollection<Entry> Entries => _entries.Values;

        public List<PacketIdentifier> Inbound { get; } = [];

        public Entry Entry(StoredMessage message) => _entries[message.Id];

        public void Add(StoredMessage message, QueueTarget target) =>
            _entries.Add(message.Id, new Entry(message, target.QoS, target.Retain, target.Identifiers));

        public void Remove(StoredMessage message)
        {
            Assert.True(_entries.Remove(message.Id, out var entry));
            if (entry!.Identifier is not null) Assert.True(_exchanges.Remove(entry.Order));
        }

        public void Start(StoreMutation.StartExchange start)
        {
            var entry = Entry(start.Message);
            Assert.Null(entry.Identifier);
            Assert.DoesNotContain(_exchanges.Values, e => e.Identifier == start.PacketIdentifier || e.Order >= start.Order);
            (entry.Identifier, entry.Order) = (start.PacketIdentifier, start.Order);
            entry.State = entry.QoS == QoS.AtLeastOnce ? OutboundState.AwaitingPubAck : OutboundState.AwaitingPubRec;
            _exchanges.Add(start.Order, entry);
        }

        public RecoveredQueue Recovered(long id)
        {
            var waiting = Entries.Where(e => e.Identifier is null).ToArray();
            var exchanges = _exchanges.Values.Select(e => new RecoveredExchange(e.ToStored(), e.Identifier!.Value, e.State, e.Order));
            return new RecoveredQueue(
                new StoredQueue(Kind, Name) { Id = id }, Expiry, ExpiresAt, Will, WillDueAt, [.. Subscriptions], [.. exchanges], [.. Inbound],
                waiting.Length, waiting.Sum(e => (long)e.Message.Message.Topic.Utf8.Length + e.Message.Message.Payload.Length));
        }
    }

    internal sealed class Entry(StoredMessage message, QoS qos, bool retain, uint[]? identifiers)
    {
        public StoredMessage Message { get; } = message;

        public QoS QoS { get; } = qos;

        public PacketIdentifier? Identifier { get; set; }

        public OutboundState State { get; set; }

        public long Order { get; set; }

        // As from a disk: nothing that a reader gets is the instance that was written.
        public StoredEntry ToStored() => new(new StoredMessage(Message.Message with { }) { Id = Message.Id }, QoS, retain, identifiers);
    }
}
