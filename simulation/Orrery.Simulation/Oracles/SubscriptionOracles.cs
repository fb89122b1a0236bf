using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>What subscriptions let through, and what they are answered.</summary>
internal static class SubscriptionOracles
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<Oracle> All { get; } =
    [
        new("OV-1", ["MQTT-3.3.4-2", "MQTT-3.3.4-3", "MQTT-3.3.4-4", "MQTT-3.3.4-5"], "Overlapping subscriptions give one copy, at the highest QoS, with the identifiers of all.", OneCopy),
        new("UN-1", ["MQTT-3.10.4-2"], "What was published after an UNSUBACK does not come by that subscription.", NotAfterUnsubscribing),
        new("TM-1", ["MQTT-4.7.2-1"], "A filter that starts with a wildcard matches no topic that starts with '$'.", NotSystemTopics),
        new("SB-1", ["MQTT-3.8.4-1", "MQTT-3.8.4-2", "MQTT-3.8.4-6", "MQTT-3.10.4-4", "MQTT-3.11.3-1"], "SUBSCRIBE and UNSUBSCRIBE are answered once, with a code for each filter.", Answered),
    ];

    private static IEnumerable<Violation> OneCopy(HistoryView view)
    {
        foreach (var copies in view.Copies().Where(copies => copies.Surplus is not null && Surpluses.KindOf(view, copies) == Surplus.Overlapping))
            yield return new Violation($"{Surpluses.Message(copies)} It has {Say.Count(copies.Subscriptions.Count, "subscription")} to it: {string.Join(", ", copies.Subscriptions)}.", [.. copies.Subscriptions.Select(s => s.Read), .. copies.Evidence]);

        foreach (var sent in view.Sessions.SelectMany(session => session.Transmissions).Where(sent => sent.IsFirst && !RetainedOracles.IsRetainedCopy(view, sent)))
        {
            if (sent.Content.Only is not { MayFrom: < int.MaxValue } publication || sent.Packet.Message.Retain) continue;
            var own = view.Subscriptions.Matching(sent.Session.Broker, sent.Packet.Message.Topic).Where(s => s.Session == sent.Session && !s.IsRefused).ToArray();
            if (Array.Exists(own, s => s.IsShared || s.Options.NoLocal)) continue;
            var may = Array.FindAll(own, s => s.MayFrom < sent.Sent.Index && s.MayTo >= publication.MayFrom);
            var must = Array.FindAll(own, s => s.MustFrom < publication.MayFrom && s.MustTo > sent.Sent.Index);
            if (may.Length == 0 || must.Length == 0) continue;
            if (sent.Connection.Version == MqttVersion.V5)
            {
                var missing = must.Where(s => s.Identifier is { } identifier && !sent.Packet.SubscriptionIdentifiers.Contains(identifier)).ToArray();
                var strange = sent.Packet.SubscriptionIdentifiers.Where(identifier => !Array.Exists(may, s => s.Identifier == identifier)).ToArray();
                if (missing.Length + strange.Length > 0)
                    yield return new Violation($"{sent.Session.Broker} sent {sent.Content} to {sent.Session} at {Say.Time(sent.Sent)} with the subscription identifiers [{string.Join(", ", sent.Packet.SubscriptionIdentifiers)}]; its subscriptions have {string.Join(", ", must.Select(s => $"{s} {s.Identifier?.ToString(null, null) ?? "none"}"))}.", [.. must.Select(s => s.Read), sent.Sent]);
            }

            var (least, most) = (Lower(publication.QoS, must.Max(s => s.Granted!.Value)), Lower(publication.QoS, may.Max(s => s.Granted ?? s.Options.MaximumQoS)));
            if (sent.Packet.Message.QoS < least || sent.Packet.Message.QoS > most)
                yield return new Violation($"{sent.Session.Broker} sent {sent.Content} to {sent.Session} at {Say.Time(sent.Sent)} at QoS {(int)sent.Packet.Message.QoS}; it was published at QoS {(int)publication.QoS}, and QoS {(int)must.Max(s => s.Granted!.Value)} was granted.", [publication.Sends[0].Sent, .. must.Select(s => s.Acknowledged), sent.Sent]);
        }
    }

    private static QoS Lower(QoS one, QoS other) => one < other ? one : other;

    private static IEnumerable<Violation> NotAfterUnsubscribing(HistoryView view) => Of(view, Surplus.Unsubscribed, "its subscription had ended before that was published");

    private static IEnumerable<Violation> NotSystemTopics(HistoryView view) => Of(view, Surplus.SystemTopic, "only a filter that starts with a wildcard asks for it");

    private static IEnumerable<Violation> Of(HistoryView view, Surplus kind, string why) =>
        view.Copies().Where(copies => copies.Surplus is not null && Surpluses.KindOf(view, copies) == kind).Select(copies => new Violation(
            $"{copies.Session.Broker} sent {copies.Content} to {copies.Session} at {Say.Time(copies.Surplus!.Sent)}, and {why}.",
            [.. view.Subscriptions.Matching(copies.Session.Broker, copies.Content.Sample.Topic).Where(s => s.Session == copies.Session).Select(s => s.EndAcknowledged).Take(3), .. copies.Content.Publications.Select(p => p.Sends[0].Sent).Take(3), copies.Surplus!.Sent]));

    private static IEnumerable<Violation> Answered(HistoryView view)
    {
        foreach (var connection in view.Connections)
        {
            var subscribing = Answers.Of(connection, p => p is SubscribePacket subscribe ? subscribe.PacketIdentifier.Value : null, p => p is SubAckPacket ack ? ack.PacketIdentifier.Value : null);
            var unsubscribing = Answers.Of(connection, p => p is UnsubscribePacket unsubscribe ? unsubscribe.PacketIdentifier.Value : null, p => p is UnsubAckPacket ack ? ack.PacketIdentifier.Value : null);
            foreach (var violation in Unanswered(view, connection, subscribing, "SUBSCRIBE").Concat(Unanswered(view, connection, unsubscribing, "UNSUBSCRIBE"))) yield return violation;
            foreach (var (read, answer) in subscribing.Pairs.Where(pair => pair.Answer is not null))
            {
                var (asked, codes) = (((SubscribePacket)read.Packet!.Packet).Subscriptions, ((SubAckPacket)answer!.Packet!.Packet).ReasonCodes);
                var wrong = codes.Count != asked.Count || asked.Where((subscription, i) => codes[i] < ReasonCode.UnspecifiedError && (byte)codes[i] > (byte)subscription.MaximumQoS).Any();
                if (wrong) yield return new Violation($"{connection.Broker} answered the {Say.Count(asked.Count, "filter")} of a SUBSCRIBE on {connection} ([{string.Join(", ", asked.Select(s => $"{s.Filter} QoS {(int)s.MaximumQoS}"))}]) with [{string.Join(", ", codes.Select(code => Say.Code(code)))}] at {Say.Time(answer)}.", read, answer);
            }

            foreach (var (read, answer) in unsubscribing.Pairs.Where(pair => pair.Answer is not null && connection.Version == MqttVersion.V5))
            {
                var (asked, codes) = (((UnsubscribePacket)read.Packet!.Packet).Filters.Count, ((UnsubAckPacket)answer!.Packet!.Packet).ReasonCodes.Count);
                if (asked != codes) yield return new Violation($"{connection.Broker} answered the {Say.Count(asked, "filter")} of an UNSUBSCRIBE on {connection} with {Say.Count(codes, "code")} at {Say.Time(answer)}.", read, answer);
            }
        }
    }

    private static List<Violation> Unanswered(HistoryView view, ConnectionView connection, Answers answers, string name)
    {
        var violations = answers.Unasked.Select(unasked => new Violation($"{connection.Broker} sent {unasked.Packet!.Packet.Type} on {connection} at {Say.Time(unasked)}, which answers no {name}.", unasked)).ToList();
        violations.AddRange(answers.Missing(view).Select(read => new Violation($"{connection.Broker} read {name} on {connection} at {Say.Time(read)}, and never answered it.", read)));
        return violations;
    }
}
