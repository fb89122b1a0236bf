using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>QoS 0, and that nothing comes from nowhere.</summary>
internal static class QoS0Oracles
{
    /// <summary>The rule that nothing comes from nowhere.</summary>
    public const string FromNowhere = "Q0-3";

    private const long PassOnNanoseconds = 100_000_000;

    /// <summary>The rules.</summary>
    public static IReadOnlyList<Oracle> All { get; } =
    [
        new("Q0-1", ["MQTT-3.3.1-2"], "A message at QoS 0 comes no more often than it was published, and without DUP.", NotTooOften),
        new("Q0-2", [], "A message at QoS 0 that nothing disturbs is passed on to every subscriber within 100 ms.", view => Late(view, isFull: false)),
        new(FromNowhere, ["MQTT-3.3.2-4", "MQTT-3.3.2-15", "MQTT-3.3.2-16", "MQTT-3.3.2-17", "MQTT-3.3.2-18", "MQTT-3.3.2-20"],
            "What a client gets was published before, with the same payload and properties.", NotFromNowhere),
    ];

    private static IEnumerable<Violation> NotTooOften(HistoryView view)
    {
        foreach (var sent in view.Sessions.SelectMany(session => session.Transmissions).Where(sent => sent.Packet is { Duplicate: true, Message.QoS: QoS.AtMostOnce }))
            yield return new Violation($"{sent.Session.Broker} sent {sent.Content} to {sent.Session} at QoS 0 with DUP 1 at {Say.Time(sent.Sent)}.", sent.Sent);

        foreach (var copies in view.Copies().Where(copies => copies.Surplus is { Packet.Message.QoS: QoS.AtMostOnce } && Surpluses.KindOf(view, copies) == Surplus.Repeated))
            yield return new Violation(Surpluses.Message(copies), copies.Evidence);
    }

    private static IEnumerable<Violation> NotFromNowhere(HistoryView view)
    {
        foreach (var copies in view.Copies().Where(copies => copies.Surplus is not null && Surpluses.KindOf(view, copies) is Surplus.FromNowhere or Surplus.Own && !view.IsOfCorrupted(copies.Content)))
        {
            var sent = copies.Surplus!;
            yield return new Violation(
                copies.Content.Publications.Count == 0 && copies.Content.Wills.Count == 0
                    ? $"{sent.Session.Broker} sent {sent.Content} to {sent.Session} at {Say.Time(sent.Sent)}, and nobody ever published it."
                    : $"{sent.Session.Broker} sent {sent.Content} to {sent.Session} at {Say.Time(sent.Sent)}, which no subscription of it asks for, or which was not published yet.",
                copies.Evidence);
        }

        foreach (var sent in view.Sessions.SelectMany(session => session.Transmissions).Where(sent => sent.Connection.Version == MqttVersion.V5))
        {
            if (sent.Content.Only is not { } publication || publication.Sends[0].Connection.Version != MqttVersion.V5) continue;
            var (was, now) = (publication.Packet.Message.Properties, sent.Packet.Message.Properties);
            if (PropertiesOf(was) == PropertiesOf(now)) continue;
            yield return new Violation(
                $"{sent.Session.Broker} sent {sent.Content} to {sent.Session} at {Say.Time(sent.Sent)} with properties ({PropertiesOf(now)}) that differ from those published ({PropertiesOf(was)}).",
                publication.Sends[0].Sent, sent.Sent);
        }
    }

    /// <summary>Messages at QoS 0 that did not come at once to a client that was there.</summary>
    /// <param name="view">The history.</param>
    /// <param name="isFull">Whether those are meant that came while the client had no room for QoS 1 and 2, or the others.</param>
    internal static IEnumerable<Violation> Late(HistoryView view, bool isFull)
    {
        foreach (var publication in view.Publications)
        {
            if (publication.Content.Only != publication || publication.Taken is not { } taken || publication.SureBy == int.MaxValue || publication.IsRefused) continue;
            if (publication.Content.Topic.StartsWith("$SYS/", StringComparison.Ordinal)) continue;
            var (at, publisher) = (taken.Read!.Nanoseconds, taken.Connection.Session!);
            var due = at + PassOnNanoseconds;
            if (due > view.Facts.EndNanoseconds) continue;
            foreach (var match in view.Subscriptions.Of(publisher.Broker, publication.Packet.Message.Topic, publisher.ClientId, publication.MayFrom, publication.SureBy, publication.MayTo))
            {
                if (match.SureGrant is not { } grant || (publication.QoS != QoS.AtMostOnce && match.May.Max(s => s.Granted ?? s.Options.MaximumQoS) != QoS.AtMostOnce)) continue;
                var session = match.Session;
                var connection = session.Connections.FindLast(connection => connection.ConnAckSent!.Index < publication.MayFrom);
                if (connection is null || !view.IsPrompt(connection.Client) || !view.IsCalm(connection, at, due)) continue;
                if (IsFull(view, session, connection, publication.MayFrom) != isFull || view.Drops.Find(session.Broker, publication.Content.Sample, session.ClientId) is not null) continue;
                if (session.Transmissions.Exists(sent => sent.Content == publication.Content && sent.Sent.Nanoseconds <= due)) continue;
                yield return new Violation(
                    $"{session.Broker} read {publication} at {Say.Time(taken.Read)}, and had not sent it to {session} at {Say.Time(due)}, which was connected{(isFull ? " and had no room for QoS 1 and 2" : "")}: at QoS {(int)grant} it is due at once.",
                    taken.Read, match.Must[0].Acknowledged);
            }
        }
    }

    private static bool IsFull(HistoryView view, SessionView session, ConnectionView connection, int index) =>
        Judging.InFlight(session, connection, index) >= Math.Min(connection.ReceiveMaximum, view.OptionsAt(session.Broker, connection.ConnAckSent!.Index).InFlightMax);

    /// <summary>All that is passed on unaltered, as text; the expiry is not.</summary>
    internal static string PropertiesOf(MessageProperties? properties) => properties is null ? "" : string.Join(", ", ((string?[])
    [
        properties.PayloadIsUtf8 is { } isText ? $"payload format {(isText ? 1 : 0)}" : null,
        properties.ContentType is { } type ? $"content type '{type}'" : null,
        properties.ResponseTopic is { } topic ? $"response topic '{topic}'" : null,
        properties.CorrelationData is { } data ? $"correlation {Convert.ToHexStringLower(data.Span)}" : null,
        .. properties.UserProperties.Select(pair => $"'{pair.Name}'='{pair.Value}'"),
    ]).OfType<string>());
}
