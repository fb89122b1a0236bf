using System.Globalization;
using System.Text;
using Orrery.Broker.Persistence;
using Orrery.Mqtt.Packets;

namespace Orrery.Storage.Tests.Models;

/// <summary>The content of a store as lines, so that two can be compared and a difference can be read.</summary>
internal static class StoreText
{
    public static string OfQueue(RecoveredQueue queue, IEnumerable<StoredEntry> waiting)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"queue {queue.Queue.Id} {queue.Queue.Kind} '{queue.Queue.Name}' expiry {queue.ExpiryIntervalSeconds} at {queue.ExpiresAtTicks}\n");
        if (queue.Will is { } will)
            text.Append(CultureInfo.InvariantCulture, $"  will {OfMessage(will.Message)} delay {will.DelayIntervalSeconds} due {queue.WillDueAtTicks}\n");
        foreach (var (subscription, identifier) in queue.Subscriptions)
        {
            text.Append(CultureInfo.InvariantCulture, $"  subscription {subscription} {identifier}\n");
        }

        foreach (var exchange in queue.Exchanges)
        {
            text.Append(CultureInfo.InvariantCulture, $"  exchange {exchange.PacketIdentifier} {exchange.State} {exchange.Order}: {OfEntry(exchange.Entry)}\n");
        }

        text.Append("  inbound ").AppendJoin(' ', queue.Inbound.Select(identifier => identifier.Value).Order()).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"  waiting {queue.QueuedCount}, {queue.QueuedBytes} bytes\n");
        foreach (var entry in waiting)
        {
            text.Append("  ").Append(OfEntry(entry)).Append('\n');
        }

        return text.ToString();
    }

    public static string OfRetained(StoredMessage message) => $"retained {message.Id}: {OfMessage(message.Message)}\n";

    private static string OfEntry(StoredEntry entry) =>
        $"message {entry.Message.Id} {OfMessage(entry.Message.Message)} at {entry.QoS} retain {entry.Retain} identifiers {string.Join(',', entry.Identifiers ?? [])}"
        + (entry.Identifiers is null ? " none" : "");

    private static string OfMessage(ApplicationMessage message) =>
        $"{message.Topic} [{Convert.ToHexString(message.Payload.Span)}] {message.QoS} {message.Retain} {message.ExpiresAtTicks} "
        + (message.Properties is { } set
            ? $"{set.PayloadIsUtf8} {set.MessageExpiryIntervalSeconds} {set.ContentType} {set.ResponseTopic} "
                + $"{string.Join(',', set.UserProperties.Select(pair => $"{pair.Name}={pair.Value}"))}"
            : "plain");
}
