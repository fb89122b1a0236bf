using Orrery.Broker.Persistence;
using Orrery.Mqtt;
using Orrery.Mqtt.Flows;

namespace Orrery.Storage.Tests.Models;

/// <summary>What publishers and subscribers of a few queues cause: messages come in runs, are started in their order, and are done in any.</summary>
internal sealed class Exchanges
{
    private const int Queues = 3;
    private const int RunMax = 20;

    private readonly List<StoreMutation> _mutations = [];
    private readonly List<StoredMessage>[] _waiting = [[], [], []];
    private readonly List<(StoredMessage Message, QoS QoS)>[] _started = [[], [], []];
    private long _messageId;
    private long _order;
    private int _packet = 65_500;                           // comes round soon

    public Exchanges(IEnumerable<int> numbers)
    {
        for (var id = 1; id <= Queues; id++) Make(new StoreMutation.BeginQueue(Queue(id)));
        foreach (var number in numbers) Take((uint)number * 2654435761u);
    }

    public StoreModel Model { get; } = new();

    public IReadOnlyList<StoreMutation> Mutations => _mutations;

    private void Take(uint number)
    {
        var id = 1 + (int)(number % Queues);
        var count = 1 + (int)(number / 7 % RunMax);
        switch (number / 1_000 % 8)
        {
            case 0 or 1 or 2:
                for (; count > 0; count--) Add(id, number + (uint)count);
                break;
            case 3 or 4:
                for (; count > 0 && _waiting[id - 1].Count > 0; count--) Start(id);
                break;
            case 5:
                for (; count > 0 && _started[id - 1].Count > 0; count--) Finish(id, 0);
                break;
            case 6 when _started[id - 1].Count > 0:
                Finish(id, (int)(number / 11 % (uint)_started[id - 1].Count));
                break;
            default:
                Advance(id);
                break;
        }
    }

    private void Add(int id, uint number)
    {
        var size = (number % 9) switch { 0 => EntryWriter.BodyBytesMax, 1 => EntryWriter.BodyBytesMax - 1, var small => (int)small };
        var message = Build.Message(++_messageId, size);
        if (number % 5 == 0) message = new StoredMessage(message.Message with { ExpiresAtTicks = number }) { Id = _messageId };
        uint[]? identifiers = number % 6 == 0 ? [number % 100 + 1] : null;
        var target = new QueueTarget(Queue(id), number % 4 == 0 ? QoS.ExactlyOnce : QoS.AtLeastOnce, number % 3 == 0, identifiers);
        Make(new StoreMutation.AddMessage(message, number % 13 == 0 ? [target, target with { Queue = Queue((id % Queues) + 1) }] : [target]));
        _waiting[id - 1].Add(message);
    }

    private void Start(int id)
    {
        var message = _waiting[id - 1][0];
        _waiting[id - 1].RemoveAt(0);
        _packet = (_packet % ushort.MaxValue) + 1;
        Make(new StoreMutation.StartExchange(Queue(id), message, new PacketIdentifier((ushort)_packet), ++_order));
        _started[id - 1].Add((message, Model.Queues[id - 1].Entries[message.Id].Target.QoS));
    }

    private void Finish(int id, int index)
    {
        Make(new StoreMutation.RemoveMessage(Queue(id), _started[id - 1][index].Message));
        _started[id - 1].RemoveAt(index);
    }

    private void Advance(int id)
    {
        var (message, qos) = _started[id - 1].FirstOrDefault(item => item.QoS == QoS.ExactlyOnce);
        if (qos == QoS.ExactlyOnce) Make(new StoreMutation.AdvanceExchange(Queue(id), message, OutboundState.AwaitingPubComp));
    }

    private void Make(StoreMutation mutation)
    {
        _mutations.Add(mutation);
        Model.Apply(mutation);
    }

    private static StoredQueue Queue(int id) => Build.Session(id, $"c{id}");
}
