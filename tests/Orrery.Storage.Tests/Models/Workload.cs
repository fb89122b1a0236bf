using Orrery.Broker.Persistence;
using Orrery.Mqtt;
using Orrery.Mqtt.Flows;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Storage.Tests.Models;

/// <summary>Turns numbers into changes that a broker could make, and applies them to a model. The same numbers make the same changes.</summary>
internal sealed class Workload
{
    private readonly List<StoredQueue> _everMade = [];
    private readonly List<StoredMessage> _messages = [];
    private long _queueId;
    private long _messageId;
    private long _order;

    /// <summary>Continues above the ids of a store that was opened again.</summary>
    public Workload(long largestQueueId = 0, long largestMessageId = 0) => (_queueId, _messageId) = (largestQueueId, largestMessageId);

    public StoreModel Model { get; } = new();

    /// <summary>Groups of one change to <paramref name="changesMax"/> for the numbers.</summary>
    public IEnumerable<IReadOnlyList<StoreMutation>> Groups(IEnumerable<int> numbers, int changesMax = 4)
    {
        var group = new List<StoreMutation>();
        foreach (var number in numbers)
        {
            var mutation = Next(new Choice((uint)number * 2654435761u));
            Model.Apply(mutation);
            group.Add(mutation);
            if (group.Count <= number % changesMax) continue;
            yield return [.. group];
            group.Clear();
        }

        if (group.Count > 0) yield return group;
    }

    private StoreMutation Next(Choice choice)
    {
        var queue = Queue(ref choice);
        if (queue is null) return Begin(ref choice);
        switch (choice.Of(20))
        {
            case 0: return Begin(ref choice);
            case 1: return choice.Of(3) == 0 ? new StoreMutation.EndQueue(queue) : Begin(ref choice);
            case 2: return new StoreMutation.Attach(queue, (uint)choice.Of(100), choice.Of(2) == 0 ? null : new Will(Message(ref choice), (uint)choice.Of(9)));
            case 3: return new StoreMutation.Detach(queue, (uint)choice.Of(100), choice.Of(1_000), choice.Of(3));
            case 4: return new StoreMutation.ClearWill(queue);
            case 5 or 6: return new StoreMutation.PutSubscription(queue, Subscription(ref choice), choice.Of(2) == 0 ? null : (uint)choice.Of(5) + 1);
            case 7: return new StoreMutation.RemoveSubscription(queue, $"f/{choice.Of(5)}/#");
            case 8 or 9 or 10 or 11: return new StoreMutation.AddMessage(NewMessage(ref choice), Targets(ref choice));
            case 12 or 13: return Exchange(queue, ref choice);
            case 14: return Remove(queue, ref choice);
            case 15: return new StoreMutation.AddInbound(queue, new PacketIdentifier((ushort)(choice.Of(9) + 1)));
            case 16: return new StoreMutation.RemoveInbound(queue, new PacketIdentifier((ushort)(choice.Of(9) + 1)));
            case 17: return new StoreMutation.SetRetained(choice.Of(2) == 0 && _messages.Count > 0 ? _messages[choice.Of(_messages.Count)] : NewMessage(ref choice));
            case 18: return new StoreMutation.ClearRetained($"t/{choice.Of(4)}");
            default: return Move(queue, ref choice);
        }
    }

    private StoreMutation.BeginQueue Begin(ref Choice choice)
    {
        var isGroup = choice.Of(4) == 0;
        var name = isGroup ? $"$share/g{choice.Of(2)}/f" : $"client-{choice.Of(5)}";
        var queue = new StoredQueue(isGroup ? StoredQueueKind.SharedGroup : StoredQueueKind.Session, name) { Id = ++_queueId };
        _everMade.Add(queue);
        return new StoreMutation.BeginQueue(queue);
    }

    // Now and then one that has ended: its actor, or a publisher, may not have heard of that yet.
    private StoredQueue? Queue(ref Choice choice)
    {
        var live = Model.Queues;
        if (_everMade.Count == 0 || live.Count == 0) return null;
        return choice.Of(8) == 0 ? _everMade[choice.Of(_everMade.Count)] : live[choice.Of(live.Count)].Name;
    }

    private List<QueueTarget> Targets(ref Choice choice)
    {
        var targets = new List<QueueTarget>();
        for (var count = choice.Of(4) + 1; count > 0; count--)
        {
            var queue = Queue(ref choice)!;
            if (targets.All(target => target.Queue != queue)) targets.Add(Target(queue, ref choice));
        }

        return targets;
    }

    private static QueueTarget Target(StoredQueue queue, ref Choice choice) =>
        new(queue, (QoS)(choice.Of(2) + 1), choice.Of(2) == 0, choice.Of(2) == 0 ? null : [(uint)choice.Of(5) + 1, 268_435_455]);

    private StoreMutation Exchange(StoredQueue queue, ref Choice choice)
    {
        var entries = EntriesOf(queue);
        var waiting = entries.FirstOrDefault(entry => entry.Packet.IsNone);
        var started = entries.FirstOrDefault(entry => entry.State == OutboundState.AwaitingPubRec);
        if (started is not null && choice.Of(2) == 0) return new StoreMutation.AdvanceExchange(queue, started.Message, OutboundState.AwaitingPubComp);
        if (waiting is null) return new StoreMutation.AddMessage(NewMessage(ref choice), [Target(queue, ref choice)]);
        _order++;
        return new StoreMutation.StartExchange(queue, waiting.Message, new PacketIdentifier((ushort)_order), _order);
    }

    private StoreMutation Remove(StoredQueue queue, ref Choice choice)
    {
        var entries = EntriesOf(queue);
        return entries.Count == 0
            ? new StoreMutation.AddMessage(NewMessage(ref choice), Targets(ref choice))
            : new StoreMutation.RemoveMessage(queue, entries[choice.Of(entries.Count)].Message);
    }

    private StoreMutation Move(StoredQueue from, ref Choice choice)
    {
        var entries = EntriesOf(from);
        var to = Queue(ref choice)!;
        var moved = entries.Count == 0 ? null : entries[choice.Of(entries.Count)].Message;
        return moved is null || to == from || EntriesOf(to).Any(entry => entry.Message == moved)
            ? new StoreMutation.AddMessage(NewMessage(ref choice), Targets(ref choice))
            : new StoreMutation.MoveMessage(moved, from, Target(to, ref choice));
    }

    private List<StoreModel.Entry> EntriesOf(StoredQueue queue) =>
        Model.Queues.FirstOrDefault(item => item.Name == queue)?.Entries.Values.ToList() ?? [];

    private StoredMessage NewMessage(ref Choice choice)
    {
        var message = new StoredMessage(Message(ref choice)) { Id = ++_messageId };
        _messages.Add(message);
        return message;
    }

    private static ApplicationMessage Message(ref Choice choice)
    {
        // Some are longer than a page, so that they lie on several.
        var payload = new byte[choice.Of(6) switch { 0 => 0, 1 => 9_000, var size => size }];
        payload.AsSpan().Fill((byte)choice.Of(256));
        return new ApplicationMessage
        {
            Topic = TopicName.Parse($"t/{choice.Of(4)}"),
            Payload = payload,
            QoS = (QoS)choice.Of(3),
            Retain = choice.Of(2) == 0,
            ExpiresAtTicks = choice.Of(2) * 77,
            Properties = choice.Of(2) == 0 ? null : new MessageProperties(
                choice.Of(2) == 0, (uint)choice.Of(50), "text/plain", "answers", new byte[] { 1, 2 }, [new UserProperty("a", "1"), new UserProperty("a", "2")]),
        };
    }

    private static Subscription Subscription(ref Choice choice) => new(
        TopicFilter.Parse($"f/{choice.Of(5)}/#"), (QoS)choice.Of(3), choice.Of(2) == 0, choice.Of(2) == 0, (RetainHandling)choice.Of(3));

    /// <summary>Small choices out of one number.</summary>
    private struct Choice(ulong state)
    {
        private ulong _state = state ^ 0x9E3779B97F4A7C15;

        public int Of(int count)
        {
            _state = (_state * 6364136223846793005) + 1442695040888963407;
            return (int)((_state >> 33) % (uint)count);
        }
    }
}
