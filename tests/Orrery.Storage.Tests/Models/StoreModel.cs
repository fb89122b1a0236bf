using System.Text;
using Orrery.Broker.Persistence;
using Orrery.Mqtt;
using Orrery.Mqtt.Flows;
using Orrery.Mqtt.Packets;

namespace Orrery.Storage.Tests.Models;

/// <summary>What a store must hold after a number of changes, in the plainest form.</summary>
internal sealed class StoreModel
{
    private readonly SortedDictionary<long, Queue> _queues = [];
    private readonly SortedDictionary<string, StoredMessage> _retained = new(StringComparer.Ordinal);

    public IReadOnlyList<Queue> Queues => [.. _queues.Values];

    public IReadOnlyList<string> RetainedTopics => [.. _retained.Keys];

    public void Apply(StoreMutation mutation)
    {
        switch (mutation)
        {
            case StoreMutation.BeginQueue begin:
                foreach (var earlier in Queues.Where(queue => queue.Name.Kind == begin.Queue.Kind && queue.Name.Name == begin.Queue.Name))
                {
                    _queues.Remove(earlier.Name.Id);
                }

                _queues[begin.Queue.Id] = new Queue(begin.Queue);
                break;
            case StoreMutation.EndQueue end:
                _queues.Remove(end.Queue.Id);
                break;
            case StoreMutation.AddMessage add:
                foreach (var target in add.Targets)
                {
                    Find(target.Queue)?.Entries.Add(add.Message.Id, new Entry(add.Message, target));
                }

                break;
            case StoreMutation.MoveMessage move:
                Find(move.From)?.Entries.Remove(move.Message.Id);
                Find(move.To.Queue)?.Entries.Add(move.Message.Id, new Entry(move.Message, move.To));
                break;
            case StoreMutation.SetRetained set:
                _retained[set.Message.Message.Topic.ToString()] = set.Message;
                break;
            case StoreMutation.ClearRetained clear:
                _retained.Remove(clear.Topic);
                break;
            default:
                ApplyToSession(mutation);
                break;
        }
    }

    /// <summary>All of it, as <see cref="StoreReader"/> writes what it finds.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        foreach (var queue in _queues.Values) text.Append(queue.Text());
        foreach (var message in _retained.Values) text.Append(StoreText.OfRetained(message));
        return text.ToString();
    }

    private void ApplyToSession(StoreMutation mutation)
    {
        switch (mutation)
        {
            case StoreMutation.Attach attach when Find(attach.Queue) is { } queue:
                (queue.Expiry, queue.ExpiresAt, queue.Will, queue.WillDueAt) = (attach.ExpiryIntervalSeconds, 0, attach.Will, 0);
                break;
            case StoreMutation.Detach detach when Find(detach.Queue) is { } queue:
                (queue.Expiry, queue.ExpiresAt, queue.WillDueAt) = (detach.ExpiryIntervalSeconds, detach.ExpiresAtTicks, detach.WillDueAtTicks);
                if (detach.WillDueAtTicks == 0) queue.Will = null;
                break;
            case StoreMutation.ClearWill clear when Find(clear.Queue) is { } queue:
                (queue.Will, queue.WillDueAt) = (null, 0);
                break;
            case StoreMutation.PutSubscription put when Find(put.Queue) is { } queue:
                var made = new RecoveredSubscription(put.Subscription, put.Identifier);
                var index = queue.Subscriptions.FindIndex(item => item.Subscription.Filter.Equals(put.Subscription.Filter));
                if (index < 0) queue.Subscriptions.Add(made);
                else queue.Subscriptions[index] = made;
                break;
            case StoreMutation.RemoveSubscription remove when Find(remove.Queue) is { } queue:
                queue.Subscriptions.RemoveAll(item => item.Subscription.Filter.ToString() == remove.Filter);
                break;
            case StoreMutation.RemoveMessage remove when Find(remove.Queue) is { } queue:
                queue.Entries.Remove(remove.Message.Id);
                break;
            case StoreMutation.StartExchange start when Find(start.Queue) is { } queue && queue.Entries.TryGetValue(start.Message.Id, out var entry):
                (entry.Packet, entry.Order) = (start.PacketIdentifier, start.Order);
                entry.State = entry.Target.QoS == QoS.ExactlyOnce ? OutboundState.AwaitingPubRec : OutboundState.AwaitingPubAck;
                break;
            case StoreMutation.AdvanceExchange advance when Find(advance.Queue) is { } queue && queue.Entries.TryGetValue(advance.Message.Id, out var entry):
                entry.State = advance.State;
                break;
            case StoreMutation.AddInbound add when Find(add.Queue) is { } queue:
                queue.Inbound.Add(add.PacketIdentifier.Value);
                break;
            case StoreMutation.RemoveInbound remove when Find(remove.Queue) is { } queue:
                queue.Inbound.Remove(remove.PacketIdentifier.Value);
                break;
        }
    }

    private Queue? Find(StoredQueue queue) => _queues.GetValueOrDefault(queue.Id);

    internal sealed class Queue(StoredQueue name)
    {
        public StoredQueue Name => name;

        public uint Expiry { get; set; }

        public long ExpiresAt { get; set; }

        public Will? Will { get; set; }

        public long WillDueAt { get; set; }

        public List<RecoveredSubscription> Subscriptions { get; } = [];

        public SortedDictionary<long, Entry> Entries { get; } = [];

        public SortedSet<ushort> Inbound { get; } = [];

        public string Text()
        {
            var waiting = Entries.Values.Where(entry => entry.Packet.IsNone).ToArray();
            var exchanges = Entries.Values.Where(entry => !entry.Packet.IsNone).OrderBy(entry => entry.Order)
                .Select(entry => new RecoveredExchange(entry.Stored, entry.Packet, entry.State, entry.Order)).ToArray();
            var recovered = new RecoveredQueue(
                name, Expiry, ExpiresAt, Will, WillDueAt, Subscriptions, exchanges, [.. Inbound.Select(value => new PacketIdentifier(value))],
                waiting.Length, waiting.Sum(entry => entry.Message.Message.Topic.Utf8.Length + entry.Message.Message.Payload.Length));
            return StoreText.OfQueue(recovered, waiting.Select(entry => entry.Stored));
        }
    }

    internal sealed class Entry(StoredMessage message, QueueTarget target)
    {
        public StoredMessage Message => message;

        public QueueTarget Target => target;

        public PacketIdentifier Packet { get; set; }

        public OutboundState State { get; set; }

        public long Order { get; set; }

        public StoredEntry Stored => new(message, target.QoS, target.Retain, target.Identifiers);
    }
}
