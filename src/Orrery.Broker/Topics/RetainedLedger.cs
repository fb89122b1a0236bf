using System.Runtime.InteropServices;
using Orrery.Broker.Statistics;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Topics;

/// <summary>Counts the retained messages of one tree and keeps them within its limits. The root's own.</summary>
/// <remarks>
/// Every change passes the root, so it can decide before a message travels down: what a topic holds is the last change
/// that is still on its way, or else what the topic's node published. A replacement counts the difference alone.
/// </remarks>
internal sealed class RetainedLedger(TopicTreeOptions options)
{
    // What a message may pin beyond its own bytes before a copy is cheaper than the memory.
    private const int SlackBytesMax = 256;

    private readonly Dictionary<TopicName, Travelling> _travelling = [];
    private int _ownCount;                                  // of the broker's topics below "$SYS"
    private long _ownBytes;

    /// <summary>The limits that count now.</summary>
    public TopicTreeOptions Limits { get; set; } = options;

    /// <summary>How many topics have a retained message once everything has arrived.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes of those messages.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many topics have a change on its way.</summary>
    public int TravellingCount => _travelling.Count;

    /// <summary>The bytes that a message counts for: topic name, payload and encoded properties.</summary>
    public static long SizeOf(ApplicationMessage message) =>
        message.Topic.Utf8.Length + message.Payload.Length + (message.Properties?.ForwardedLength ?? 0L);

    /// <summary>The message without the rest of the buffer that it was read into, if that is large.</summary>
    public static ApplicationMessage Compact(ApplicationMessage message)
    {
        if (!MemoryMarshal.TryGetArray(message.Payload, out var segment)) return message;
        if (segment.Array!.Length <= 2 * SizeOf(message) + SlackBytesMax) return message;
        return message with { Payload = message.Payload.ToArray(), Properties = message.Properties?.Detach() };
    }

    /// <summary>True if a change of the topic's message is on its way, so that its node does not show it yet.</summary>
    public bool IsTravelling(TopicName topic) => _travelling.ContainsKey(topic);

    /// <summary>What the topic holds once everything on its way has arrived, or null.</summary>
    /// <param name="topic">Which topic.</param>
    /// <param name="published">What the topic's node shows now.</param>
    public ApplicationMessage? Current(TopicName topic, ApplicationMessage? published) =>
        _travelling.TryGetValue(topic, out var travelling) ? travelling.Latest : published;

    /// <summary>Admits the change of a topic's retained message, and counts it.</summary>
    /// <param name="topic">Which topic.</param>
    /// <param name="current">See <see cref="Current"/>.</param>
    /// <param name="next">The message to be, or null to remove it.</param>
    /// <param name="countDelta">By how many the number of retained messages changes: -1, 0 or 1.</param>
    /// <returns>False if a limit forbids it.</returns>
    public bool TryAdmit(TopicName topic, ApplicationMessage? current, ApplicationMessage? next, out int countDelta)
    {
        countDelta = (next is null ? 0 : 1) - (current is null ? 0 : 1);
        var bytesDelta = (next is null ? 0 : SizeOf(next)) - (current is null ? 0 : SizeOf(current));

        // What makes nothing larger is always admitted, also when a limit was lowered below what there is.
        // The broker's own figures are counted with the rest, but take no room from what clients keep.
        var isOwn = SystemTopics.Contains(topic);
        if (!isOwn && countDelta > 0 && Count - _ownCount + countDelta > Limits.RetainedMessagesMax) return false;
        if (!isOwn && bytesDelta > 0 && Bytes - _ownBytes + bytesDelta > Limits.RetainedBytesMax) return false;

        _ownCount += isOwn ? countDelta : 0;
        _ownBytes += isOwn ? bytesDelta : 0;
        Count += countDelta;
        Bytes += bytesDelta;
        var count = _travelling.TryGetValue(topic, out var travelling) ? travelling.Count : 0;
        _travelling[topic] = new Travelling(next, count + 1);
        return true;
    }

    /// <summary>Says that a node has published changes that were admitted before.</summary>
    public void Settle(TopicName topic, int count)
    {
        var travelling = _travelling[topic];
        if (travelling.Count == count)
        {
            _travelling.Remove(topic);
            return;
        }

        _travelling[topic] = travelling with { Count = travelling.Count - count };
    }

    private readonly record struct Travelling(ApplicationMessage? Latest, int Count);
}
