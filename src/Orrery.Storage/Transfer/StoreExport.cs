using System.Text.Encodings.Web;
using System.Text.Json;
using Orrery.Broker.Persistence;
using Orrery.Mqtt.Packets;

namespace Orrery.Storage.Transfer;

/// <summary>Writes all of a store as JSON Lines, which <see cref="StoreImport"/> reads.</summary>
/// <remarks>
/// A line is an object with a "type": "store" first, then each "session" and "group" followed by its "entry" lines, then "retained". A
/// message stands in the first line that refers to it, and is named by its id in others. Times are ticks of 100 ns in UTC.
/// </remarks>
public static class StoreExport
{
    /// <summary>The version of the lines.</summary>
    public const int Format = 1;

    private const int PageMessages = 1_000;
    private const long PageBytes = 16 * 1024 * 1024;

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a store.</summary>
    /// <param name="engine">The store.</param>
    /// <param name="output">Where to.</param>
    /// <param name="onLine">Is told after each line; null for no one.</param>
    /// <exception cref="StoreException">The store is damaged: what was written so far is right.</exception>
    public static void Write(SqliteEngine engine, Stream output, Action? onLine = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(output);
        var written = new HashSet<long>();                  // of shared messages those that stand in a line already
        Line(writer =>
        {
            writer.WriteString("type", "store");
            writer.WriteNumber("format", Format);
            writer.WriteNumber("largest_queue", engine.LargestQueueId);
            writer.WriteNumber("largest_message", engine.LargestMessageId);
        });
        engine.Recover(
            queue =>
            {
                Line(writer => WriteQueue(writer, queue));
                foreach (var exchange in queue.Exchanges) Line(writer => WriteEntry(writer, queue.Queue, exchange.Entry, exchange));
                var after = 0L;
                while (engine.ReadQueue(queue.Queue.Id, after, PageMessages, PageBytes) is { Count: > 0 } page)
                {
                    foreach (var entry in page) Line(writer => WriteEntry(writer, queue.Queue, entry, null));
                    after = page[^1].Message.Id;
                }
            },
            message => Line(writer =>
            {
                writer.WriteString("type", "retained");
                WriteMessage(writer, message);
            }));

        void Line(Action<Utf8JsonWriter> write)
        {
            using (var writer = new Utf8JsonWriter(output, Json))
            {
                writer.WriteStartObject();
                write(writer);
                writer.WriteEndObject();
            }

            output.WriteByte((byte)'\n');
            onLine?.Invoke();
        }

        void WriteEntry(Utf8JsonWriter writer, StoredQueue queue, StoredEntry entry, RecoveredExchange? exchange)
        {
            writer.WriteString("type", "entry");
            writer.WriteNumber("queue", queue.Id);
            writer.WriteNumber("qos", (int)entry.QoS);
            writer.WriteBoolean("retain", entry.Retain);
            if (entry.Identifiers is { } identifiers) WriteNumbers(writer, "identifiers", identifiers.Select(value => (long)value));
            if (exchange is not null)
            {
                writer.WriteNumber("packet", exchange.PacketIdentifier.Value);
                writer.WriteNumber("state", (int)exchange.State);
                writer.WriteNumber("order", exchange.Order);
            }

            WriteMessage(writer, entry.Message);
        }

        void WriteMessage(Utf8JsonWriter writer, StoredMessage message)
        {
            writer.WriteNumber("message", message.Id);
            if (engine.IsShared(message.Id) && !written.Add(message.Id)) return;
            MessageJson.Write(writer, message.Message);
        }
    }

    private static void WriteQueue(Utf8JsonWriter writer, RecoveredQueue queue)
    {
        writer.WriteString("type", queue.Queue.Kind == StoredQueueKind.Session ? "session" : "group");
        writer.WriteNumber("id", queue.Queue.Id);
        writer.WriteString("name", queue.Queue.Name);
        writer.WriteNumber("expiry_seconds", queue.ExpiryIntervalSeconds);
        writer.WriteNumber("expires_at", queue.ExpiresAtTicks);
        if (queue.Will is { } will)
        {
            writer.WriteStartObject("will");
            writer.WriteNumber("delay_seconds", will.DelayIntervalSeconds);
            writer.WriteNumber("due_at", queue.WillDueAtTicks);
            MessageJson.Write(writer, will.Message);
            writer.WriteEndObject();
        }

        writer.WriteStartArray("subscriptions");
        foreach (var (subscription, identifier) in queue.Subscriptions) WriteSubscription(writer, subscription, identifier);
        writer.WriteEndArray();
        WriteNumbers(writer, "inbound", queue.Inbound.Select(identifier => (long)identifier.Value));
    }

    private static void WriteSubscription(Utf8JsonWriter writer, Subscription subscription, uint? identifier)
    {
        writer.WriteStartObject();
        writer.WriteString("filter", subscription.Filter.Utf8);
        writer.WriteNumber("qos", (int)subscription.MaximumQoS);
        writer.WriteBoolean("no_local", subscription.NoLocal);
        writer.WriteBoolean("retain_as_published", subscription.RetainAsPublished);
        writer.WriteNumber("retain_handling", (int)subscription.RetainHandling);
        if (identifier is { } number) writer.WriteNumber("identifier", number);
        writer.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, IEnumerable<long> numbers)
    {
        writer.WriteStartArray(name);
        foreach (var number in numbers) writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }
}
