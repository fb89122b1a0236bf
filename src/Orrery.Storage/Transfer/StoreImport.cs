using System.Text.Json;
using Orrery.Broker.Persistence;
using Orrery.Mqtt;
using Orrery.Mqtt.Flows;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Storage.Transfer;

/// <summary>Reads what <see cref="StoreExport"/> wrote into an empty store. Ids stay as they are.</summary>
public sealed class StoreImport
{
    private const int MutationsPerCommit = 2_000;

    private readonly SqliteEngine _engine;
    private readonly Dictionary<long, StoredQueue> _queues = [];
    private readonly List<StoreMutation> _mutations = [];

    private StoreImport(SqliteEngine engine) => _engine = engine;

    /// <summary>Reads lines into a store.</summary>
    /// <param name="engine">The store, which must be empty.</param>
    /// <param name="input">The lines.</param>
    /// <param name="onLine">Is told after each line; null for no one.</param>
    /// <exception cref="InvalidDataException">A line is wrong; the message says which and why. Some lines before it are in the store.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public static void Read(SqliteEngine engine, TextReader input, Action? onLine = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(input);
        if (engine.LargestQueueId > 0 || engine.LargestMessageId > 0) throw new InvalidDataException("the store is not empty: name a file that is not there");
        var import = new StoreImport(engine);
        for (var number = 1; input.ReadLine() is { } line; number++)
        {
            try
            {
                using var json = JsonDocument.Parse(line);
                import.Take(json.RootElement, number);
            }
            catch (Exception wrong) when (wrong is JsonException or FormatException or KeyNotFoundException or InvalidOperationException or ArgumentException)
            {
                throw new InvalidDataException($"line {number}: {wrong.Message}", wrong);
            }

            if (import._mutations.Count >= MutationsPerCommit) import.Commit();
            onLine?.Invoke();
        }

        import.Commit();
    }

    private void Take(JsonElement line, int number)
    {
        var type = line.GetProperty("type").GetString();
        if ((type == "store") != (number == 1)) throw new FormatException("the first line, and no other, has the type \"store\"");
        switch (type)
        {
            case "store":
                if (line.GetProperty("format").GetInt32() != StoreExport.Format)
                    throw new FormatException($"the format is {line.GetProperty("format")}, and this program reads {StoreExport.Format}");
                _engine.RaiseMarks(line.GetProperty("largest_queue").GetInt64(), line.GetProperty("largest_message").GetInt64());
                break;
            case "session" or "group":
                TakeQueue(line, type == "session" ? StoredQueueKind.Session : StoredQueueKind.SharedGroup);
                break;
            case "entry":
                TakeEntry(line);
                break;
            case "retained":
                _mutations.Add(new StoreMutation.SetRetained(MessageOf(line)));
                break;
            default:
                throw new FormatException($"\"{type}\" is no type of a line");
        }
    }

    private void TakeQueue(JsonElement line, StoredQueueKind kind)
    {
        var queue = new StoredQueue(kind, line.GetProperty("name").GetString()!) { Id = line.GetProperty("id").GetInt64() };
        _queues.Add(queue.Id, queue);
        var expiry = line.GetProperty("expiry_seconds").GetUInt32();
        var expiresAt = line.GetProperty("expires_at").GetInt64();
        Will? will = null;
        var dueAt = 0L;
        if (line.TryGetProperty("will", out var json))
        {
            will = new Will(MessageJson.Read(json)!, json.GetProperty("delay_seconds").GetUInt32());
            dueAt = json.GetProperty("due_at").GetInt64();
        }

        _mutations.Add(new StoreMutation.BeginQueue(queue));
        _mutations.Add(new StoreMutation.Attach(queue, expiry, will));
        if (expiresAt != 0 || dueAt != 0) _mutations.Add(new StoreMutation.Detach(queue, expiry, expiresAt, dueAt));
        foreach (var subscription in line.GetProperty("subscriptions").EnumerateArray()) TakeSubscription(queue, subscription);
        foreach (var identifier in line.GetProperty("inbound").EnumerateArray())
        {
            _mutations.Add(new StoreMutation.AddInbound(queue, new PacketIdentifier(identifier.GetUInt16())));
        }
    }

    private void TakeSubscription(StoredQueue queue, JsonElement json)
    {
        var filter = TopicFilter.Parse(json.GetProperty("filter").GetString()!);
        var subscription = new Subscription(
            filter, (QoS)json.GetProperty("qos").GetByte(), json.GetProperty("no_local").GetBoolean(),
            json.GetProperty("retain_as_published").GetBoolean(), (RetainHandling)json.GetProperty("retain_handling").GetByte());
        _mutations.Add(new StoreMutation.PutSubscription(queue, subscription, json.TryGetProperty("identifier", out var number) ? number.GetUInt32() : null));
    }

    private void TakeEntry(JsonElement line)
    {
        var queue = _queues[line.GetProperty("queue").GetInt64()];
        var message = MessageOf(line);
        uint[]? identifiers = line.TryGetProperty("identifiers", out var numbers) ? [.. numbers.EnumerateArray().Select(item => item.GetUInt32())] : null;
        var target = new QueueTarget(queue, (QoS)line.GetProperty("qos").GetByte(), line.GetProperty("retain").GetBoolean(), identifiers);
        _mutations.Add(new StoreMutation.AddMessage(message, [target]));
        if (!line.TryGetProperty("packet", out var packet)) return;
        _mutations.Add(new StoreMutation.StartExchange(
            queue, message, new PacketIdentifier(packet.GetUInt16()), line.GetProperty("order").GetInt64()));
        var state = (OutboundState)line.GetProperty("state").GetByte();
        if (state == OutboundState.AwaitingPubComp) _mutations.Add(new StoreMutation.AdvanceExchange(queue, message, state));
    }

    private StoredMessage MessageOf(JsonElement line)
    {
        var id = line.GetProperty("message").GetInt64();
        if (MessageJson.Read(line) is { } message) return new StoredMessage(message) { Id = id };
        Commit();                                           // the line that has it may wait still
        return _engine.FindMessage(id) ?? throw new FormatException($"message {id} stands in no line before");
    }

    private void Commit()
    {
        if (_mutations.Count == 0) return;
        _engine.Commit([.. _mutations]);
        _mutations.Clear();
    }
}
