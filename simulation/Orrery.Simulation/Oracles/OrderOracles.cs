using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>The order in which messages and answers leave.</summary>
internal static class OrderOracles
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<Oracle> All { get; } =
    [
        new("O-1", ["MQTT-4.6.0-5", "MQTT-4.6.0-6"], "First deliveries of one publisher, topic and QoS come in the order in which the broker got the messages.", AsReceived),
        new("O-2", ["MQTT-4.6.0-1"], "What a resumed session is sent again comes in its first order, and before any new message at QoS 1 or 2.", ResentInOrder),
        new("O-3", ["MQTT-4.6.0-1", "MQTT-3.3.4-9"], "With a Receive Maximum of 1 nothing is reordered, even where messages are sent again.", OneAtATime),
        new("O-4", ["MQTT-4.6.0-2", "MQTT-4.6.0-3", "MQTT-4.6.0-4"], "PUBACK, PUBREC, PUBREL and PUBCOMP leave in the order of what they answer.", AnswersInOrder),
        new("O-5", [], "SUBACK comes before the first message that only the new subscription asks for.", SubAckFirst),
    ];

    private static IEnumerable<Violation> AsReceived(HistoryView view) =>
        view.Sessions.SelectMany(session => Swapped(view, session, isShared: false)).Select(swap => new Violation(swap.Message, swap.Evidence));

    /// <summary>First deliveries that overtook another one of their publisher, topic and QoS.</summary>
    /// <param name="view">The history.</param>
    /// <param name="session">Who got them.</param>
    /// <param name="isShared">Whether those of shared subscriptions are meant, or those of plain ones.</param>
    internal static IEnumerable<(string Message, IReadOnlyList<HistoryEvent?> Evidence)> Swapped(HistoryView view, SessionView session, bool isShared)
    {
        var latest = new Dictionary<(string, string, QoS, QoS), (PublicationSend Send, Transmission Sent)>();
        foreach (var sent in session.Transmissions)
        {
            if (!sent.IsFirst || sent.Packet.Message.Retain || sent.Content.Only is not { } publication || !IsOf(view, sent, isShared)) continue;
            if (publication.Sends.Count(send => send.Read is not null) != 1 || publication.Taken is not { } taken) continue;
            var publisher = taken.Connection.ClientId;
            var key = (publisher, sent.Content.Topic, publication.QoS, sent.Packet.Message.QoS);
            if (latest.TryGetValue(key, out var before) && before.Send.Read!.Index > taken.Read!.Index)
            {
                yield return (
                    $"{session.Broker} sent {sent.Content} to {session} at {Say.Time(sent.Sent)}, behind {before.Sent.Content} at {Say.Time(before.Sent.Sent)}; it got them from {publisher} in the other order (at {Say.Time(taken.Read)} and {Say.Time(before.Send.Read)}).",
                    [taken.Read, before.Send.Read, before.Sent.Sent, sent.Sent]);
                continue;
            }

            latest[key] = (taken, sent);
        }
    }

    private static bool IsOf(HistoryView view, Transmission sent, bool isShared)
    {
        var own = view.Subscriptions.Matching(sent.Session.Broker, sent.Content.Sample.Topic).Where(subscription => subscription.Session == sent.Session);
        return own.All(subscription => subscription.IsShared == isShared);
    }

    private static IEnumerable<Violation> ResentInOrder(HistoryView view)
    {
        foreach (var session in view.Sessions.Where(session => !IsNarrow(session)))
        {
            foreach (var connection in session.Connections.Skip(1))
            {
                var resumed = connection.ConnAckSent!.Index;
                var place = -1;
                OutboundExchange? behind = null;
                var owed = session.Exchanges.FindAll(exchange => exchange.Sends[0].Sent.Index < resumed && (exchange.Completed is not { } completed || completed.Index > resumed));
                foreach (var sent in session.Transmissions.Where(sent => sent.Connection == connection && sent.Packet.Message.QoS != QoS.AtMostOnce))
                {
                    if (!sent.IsFirst)
                    {
                        var at = session.Exchanges.IndexOf(sent.Exchange!);
                        if (at < place)
                            yield return new Violation($"{connection.Broker} sent {sent.Content} to {session} again at {Say.Time(sent.Sent)}, behind {behind!.Content}, which it had first sent later.", sent.Exchange!.Sends[0].Sent, behind.Sends[0].Sent, behind.Sends[^1].Sent, sent.Sent);
                        else (place, behind) = (at, sent.Exchange);
                        continue;
                    }

                    var waiting = owed.Find(exchange => exchange.Received is null && exchange.QoS == sent.Packet.Message.QoS && !IsSettled(exchange, connection, sent.Sent.Index)
                        && view.Drops.Find(session.Broker, exchange.Content.Sample, session.ClientId) is null);
                    if (waiting is null) continue;
                    yield return new Violation(
                        $"{connection.Broker} sent {sent.Content} to {session} as new at {Say.Time(sent.Sent)}, before {waiting.Content}, which is in flight since {Say.Time(waiting.Sends[0].Sent)} and not yet sent again on {connection}.",
                        waiting.Sends[0].Sent, connection.ConnAckSent, sent.Sent);
                    break;
                }
            }
        }
    }

    private static bool IsSettled(OutboundExchange exchange, ConnectionView connection, int before) =>
        (exchange.Completed is { } completed && completed.Index < before)
        || exchange.Sends.Exists(send => send.Connection == connection && send.Sent.Index < before);

    private static IEnumerable<Violation> OneAtATime(HistoryView view)
    {
        foreach (var session in view.Sessions.Where(IsNarrow))
        {
            var place = -1;
            OutboundExchange? behind = null;
            foreach (var sent in session.Transmissions.Where(sent => sent.Exchange is not null))
            {
                var at = session.Exchanges.IndexOf(sent.Exchange!);
                if (at < place && sent.Fault == TransmissionFault.None)
                    yield return new Violation($"{session.Broker} sent {sent.Content} to {session} again at {Say.Time(sent.Sent)}, behind {behind!.Content}, though its Receive Maximum is 1.", sent.Exchange!.Sends[0].Sent, behind.Sends[0].Sent, sent.Sent);
                (place, behind) = (Math.Max(at, place), at >= place ? sent.Exchange : behind);
            }
        }
    }

    private static bool IsNarrow(SessionView session) => session.Connections.TrueForAll(connection => connection.ReceiveMaximum == 1);

    private static IEnumerable<Violation> AnswersInOrder(HistoryView view)
    {
        foreach (var connection in view.Connections)
        {
            Answers[] all =
            [
                Answers.Of(connection, p => p is PublishPacket { Message.QoS: QoS.AtLeastOnce } publish ? publish.PacketIdentifier.Value : null, p => p is PubAckPacket ack ? ack.PacketIdentifier.Value : null),
                Answers.Of(connection, p => p is PublishPacket { Message.QoS: QoS.ExactlyOnce } publish ? publish.PacketIdentifier.Value : null, p => p is PubRecPacket ack ? ack.PacketIdentifier.Value : null),
                Answers.Of(connection, p => p is PubRecPacket { ReasonCode: < ReasonCode.UnspecifiedError } received ? received.PacketIdentifier.Value : null, p => p is PubRelPacket release ? release.PacketIdentifier.Value : null),
                Answers.Of(connection, p => p is PubRelPacket release ? release.PacketIdentifier.Value : null, p => p is PubCompPacket complete ? complete.PacketIdentifier.Value : null),
            ];
            foreach (var answers in all)
            {
                (HistoryEvent Read, HistoryEvent Answer)? last = null;
                foreach (var (read, answer) in answers.Pairs)
                {
                    if (answer is null) continue;
                    if (last is { } before && answer.Index < before.Answer.Index)
                    {
                        var type = answer.Packet!.Packet.Type.ToString().ToUpperInvariant();
                        yield return new Violation(
                            $"{connection.Broker} sent {type} on {connection} at {Say.Time(answer)} before the {type} at {Say.Time(before.Answer)}, and read what they answer in the other order.", before.Read, read, answer, before.Answer);
                        break;
                    }

                    last = (read, answer);
                }
            }
        }
    }

    private static IEnumerable<Violation> SubAckFirst(HistoryView view)
    {
        foreach (var session in view.Sessions)
        {
            foreach (var subscription in session.Subscriptions.Where(subscription => subscription is { Acknowledged: not null, IsRefused: false, Replaces: null }))
            {
                var early = session.Transmissions.Find(sent => sent.IsFirst && sent.Sent.Index > subscription.Read.Index && sent.Sent.Index < subscription.Acknowledged!.Index
                    && Covers(subscription, sent)
                    && !session.Subscriptions.Exists(other => other != subscription && other.MayFrom < subscription.MayFrom && Covers(other, sent)));
                if (early is null) continue;
                yield return new Violation(
                    $"{session.Broker} sent {early.Content} to {session} at {Say.Time(early.Sent)}, before the SUBACK at {Say.Time(subscription.Acknowledged!)} of {subscription}, which alone asks for it.", subscription.Read, early.Sent, subscription.Acknowledged);
            }
        }
    }

    private static bool Covers(SubscriptionView subscription, Transmission sent) =>
        subscription.Options.Filter.Matches(sent.Content.Sample.Topic);
}
