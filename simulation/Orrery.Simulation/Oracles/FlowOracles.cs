using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>Flow control, limits, sizes and aliases.</summary>
internal static class FlowOracles
{
    private const int TopicLengthBytes = 2;

    /// <summary>The rules.</summary>
    public static IReadOnlyList<Oracle> All { get; } =
    [
        new("F-1", ["MQTT-3.3.4-7", "MQTT-3.3.4-9", "MQTT-4.9.0-2"], "No more messages at QoS 1 and 2 are in flight to a client than its Receive Maximum.", WithinReceiveMaximum),
        new("F-2", ["MQTT-3.3.4-10"], "A client that has no room for QoS 1 and 2 gets QoS 0 all the same.", view => QoS0Oracles.Late(view, isFull: true)),
        new("F-3", ["MQTT-3.3.4-7"], "Who sends more than the broker's Receive Maximum is told 0x93, and nobody else is.", ReceiveMaximumExceeded),
        new("F-4", [], "A queue is no longer than its limit, and drops nothing while it is shorter.", WithinQueue),
        new("F-6", ["MQTT-3.1.2-24"], "No packet is larger than the client's Maximum Packet Size.", WithinPacketSize),
        new("F-7", ["MQTT-3.3.2-7", "MQTT-3.3.2-11", "MQTT-3.3.2-12"], "A topic alias is within the client's maximum, and stands for a topic that was named on its connection.", AliasesAreKnown),
        new("F-8", [], "No more connections, sessions and subscriptions than the broker's limits.", WithinLimits),
    ];

    private static IEnumerable<Violation> WithinReceiveMaximum(HistoryView view)
    {
        foreach (var connection in view.Connections.Where(connection => connection.Session is not null && connection.ReceiveMaximum < ushort.MaxValue))
        {
            var inFlight = new HashSet<ushort>();
            foreach (var happened in connection.BrokerSent.Concat(connection.BrokerRead).OrderBy(happened => happened.Index))
            {
                switch (happened.Packet!.Packet)
                {
                    case PublishPacket { Message.QoS: not QoS.AtMostOnce } publish when !happened.Packet.IsToBroker:
                        if (!inFlight.Add(publish.PacketIdentifier.Value) || inFlight.Count <= connection.ReceiveMaximum) break;
                        yield return new Violation($"{connection.Broker} sent PUBLISH {publish.PacketIdentifier} on {connection} at {Say.Time(happened)} with {inFlight.Count - 1} in flight; the client's Receive Maximum is {connection.ReceiveMaximum}.", connection.ConnectRead, happened);
                        break;
                    case PubAckPacket or PubCompPacket or PubRecPacket { ReasonCode: >= ReasonCode.UnspecifiedError } when happened.Packet.IsToBroker:
                        inFlight.Remove(((AcknowledgementPacket)happened.Packet.Packet).PacketIdentifier.Value);
                        break;
                }
            }
        }
    }

    private static IEnumerable<Violation> ReceiveMaximumExceeded(HistoryView view)
    {
        foreach (var connection in view.Connections.Where(connection => connection is { IsAccepted: true, Version: MqttVersion.V5 }))
        {
            var limit = connection.ConnAck!.ReceiveMaximum ?? ushort.MaxValue;
            var (mostOfClient, _) = MostInFlight(connection.ClientSent, connection.ClientRead, QoS.AtLeastOnce);
            var (mostOfBroker, excess) = MostInFlight(connection.BrokerRead, connection.BrokerSent, QoS.ExactlyOnce);
            var isTold = connection.BrokerDisconnect?.Packet!.Packet is DisconnectPacket { ReasonCode: ReasonCode.ReceiveMaximumExceeded };
            if (isTold && mostOfClient <= limit)
                yield return new Violation($"{connection.Broker} closed {connection} with {Say.Code(ReasonCode.ReceiveMaximumExceeded)} at {Say.Time(connection.BrokerDisconnect!)}, and it never had more than {mostOfClient} messages in flight; the limit is {limit}.", connection.ConnAckSent, connection.BrokerDisconnect);
            else if (!isTold && mostOfBroker > limit && connection.Handled(excess!) && connection.BrokerDisconnect is null)
                yield return new Violation($"{connection.Broker} read PUBLISH {((PublishPacket)excess!.Packet!.Packet).PacketIdentifier} on {connection} at {Say.Time(excess)} with {limit} in flight, which is its Receive Maximum, and did not say {Say.Code(ReasonCode.ReceiveMaximumExceeded)}.", connection.ConnAckSent, excess);
        }
    }

    /// <summary>The most messages that were unanswered at a time, and the PUBLISH with which there were most.</summary>
    private static (int Most, HistoryEvent? At) MostInFlight(List<HistoryEvent> publishes, List<HistoryEvent> answers, QoS least)
    {
        var inFlight = new HashSet<ushort>();
        var (most, at) = (0, (HistoryEvent?)null);
        foreach (var happened in publishes.Concat(answers).OrderBy(happened => happened.Index))
        {
            switch (happened.Packet!.Packet)
            {
                case PublishPacket publish when happened.Packet.IsToBroker && publish.Message.QoS >= least:
                    inFlight.Add(publish.PacketIdentifier.Value);
                    if (inFlight.Count > most) (most, at) = (inFlight.Count, happened);
                    break;
                case PubAckPacket or PubCompPacket or PubRecPacket { ReasonCode: >= ReasonCode.UnspecifiedError } when !happened.Packet.IsToBroker:
                    inFlight.Remove(((AcknowledgementPacket)happened.Packet.Packet).PacketIdentifier.Value);
                    break;
            }
        }

        return (most, at);
    }

    private static IEnumerable<Violation> WithinQueue(HistoryView view)
    {
        foreach (var line in view.Decisions.Where(decision => JudgedDecisions.Is(decision, JudgedDecisions.QueueFull)))
        {
            var options = view.OptionsAt(line.Node, line.Index);
            if (NumberBefore(line.Detail, " messages, ") is not { } messages || NumberBefore(line.Detail, " bytes.") is not { } bytes) continue;

            // A limit that is lowered takes nothing out of a queue that is longer.
            var before = view.OptionsUpTo(line.Node, line.Index);
            var isOver = messages > before.Max(one => one.QueuedMessagesMax) || bytes > before.Max(one => one.QueuedBytesMax);

            // With neither limit reached there was room, unless the message itself is larger than what was left.
            var hasRoom = messages < options.QueuedMessagesMax && bytes < options.QueuedBytesMax / 2;
            if (isOver || hasRoom)
                yield return new Violation($"{line.Node} lost messages at {Say.Time(line)} with {messages} messages and {bytes} bytes in the queue; its limits are {options.QueuedMessagesMax} messages and {options.QueuedBytesMax} bytes.", line);
        }
    }

    private static long? NumberBefore(string? text, string mark)
    {
        var end = text?.LastIndexOf(mark, StringComparison.Ordinal) ?? -1;
        if (end <= 0) return null;
        var start = text!.LastIndexOf(' ', end - 1) + 1;
        return long.TryParse(text.AsSpan(start, end - start), null, out var number) ? number : null;
    }

    private static IEnumerable<Violation> WithinPacketSize(HistoryView view)
    {
        foreach (var connection in view.Connections.Where(connection => connection.Connect?.MaximumPacketSize is not null))
        {
            var max = connection.Connect!.MaximumPacketSize!.Value;
            foreach (var sent in connection.BrokerSent.Where(sent => sent.Packet!.Bytes.Length > max))
                yield return new Violation($"{connection.Broker} sent {sent.Packet!.Packet.Type} of {sent.Packet.Bytes.Length} bytes on {connection} at {Say.Time(sent)}; the client's Maximum Packet Size is {max}.", connection.ConnectRead, sent);
        }
    }

    private static IEnumerable<Violation> AliasesAreKnown(HistoryView view)
    {
        foreach (var connection in view.Connections.Where(connection => connection.Version == MqttVersion.V5))
        {
            var max = connection.Connect?.TopicAliasMaximum ?? 0;
            var known = new Dictionary<ushort, string>();
            foreach (var sent in connection.BrokerSent)
            {
                if (sent.Packet!.Packet is not PublishPacket { TopicAlias: not 0 } publish) continue;
                var topic = publish.Message.Topic.ToString();
                if (publish.TopicAlias > max)
                    yield return new Violation($"{connection.Broker} sent PUBLISH with topic alias {publish.TopicAlias} on {connection} at {Say.Time(sent)}; the client's maximum is {max}.", connection.ConnectRead, sent);
                if (!OmitsTopic(sent.Packet.Bytes.Span)) known[publish.TopicAlias] = topic;
                else if (known.GetValueOrDefault(publish.TopicAlias) != topic)
                    yield return new Violation($"{connection.Broker} sent PUBLISH of {topic} with topic alias {publish.TopicAlias} alone on {connection} at {Say.Time(sent)}, which stands for {known.GetValueOrDefault(publish.TopicAlias) ?? "nothing"} there.", connection.ConnectRead, sent);
            }
        }
    }

    // The topic's length follows the fixed header: a byte, and up to four with seven bits each.
    private static bool OmitsTopic(ReadOnlySpan<byte> bytes)
    {
        var at = 1;
        while (at < bytes.Length && (bytes[at] & 0x80) != 0) at++;
        at++;
        return at + TopicLengthBytes <= bytes.Length && bytes[at] == 0 && bytes[at + 1] == 0;
    }

    private static IEnumerable<Violation> WithinLimits(HistoryView view)
    {
        foreach (var broker in view.Connections.GroupBy(connection => connection.Broker, StringComparer.Ordinal))
        {
            var all = view.OptionsUpTo(broker.Key, int.MaxValue);
            var subscriptionsMax = all.Max(options => options.SubscriptionsPerSessionMax);
            foreach (var session in view.Sessions.Where(session => session.Broker == broker.Key))
            {
                var granted = session.Subscriptions.Count(s => s is { Granted: not null, Replaces: null }) - session.Subscriptions.Count(s => s.Ended is not null);
                if (granted > subscriptionsMax)
                    yield return new Violation($"{session} was granted {granted} subscriptions; the limit of {broker.Key} is {subscriptionsMax}.", session.Subscriptions[^1].Read, session.Subscriptions[^1].Acknowledged);
            }

            var changes = broker.Where(connection => connection.IsAccepted).SelectMany(connection => new (int Index, int Change, ConnectionView Connection)[]
                { (connection.ConnAckSent!.Index, 1, connection), (connection.CloseIndex, -1, connection) }).OrderBy(change => change.Index);
            var open = 0;
            foreach (var (_, change, connection) in changes)
            {
                open += change;
                var connectionsMax = Math.Max(
                    view.OptionsAt(broker.Key, connection.Accepted?.Index ?? connection.ConnAckSent!.Index).ConnectionsMax, view.OptionsAt(broker.Key, connection.ConnAckSent!.Index).ConnectionsMax);
                if (change < 0 || open <= connectionsMax) continue;
                yield return new Violation($"{connection} is connection {open} of {broker.Key} at {Say.Time(connection.ConnAckSent!)}; its limit is {connectionsMax}.", connection.ConnAckSent);
                break;
            }

            var sessions = view.Sessions.Where(session => session.Broker == broker.Key).ToArray();
            var excess = Array.Find(sessions, session => sessions.Count(other => other.Started.Index <= session.Started.Index && other.EndEarliest > session.Started.Nanoseconds) > view.OptionsAt(broker.Key, session.Started.Index).SessionsMax);
            if (excess is not null) yield return new Violation($"The session of {excess} began at {Say.Time(excess.Started)} beside {view.OptionsAt(broker.Key, excess.Started.Index).SessionsMax} others, which is the limit of {broker.Key}.", excess.Started);
        }
    }
}
