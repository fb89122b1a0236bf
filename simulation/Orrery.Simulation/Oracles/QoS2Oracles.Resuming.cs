using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

// What a session gets that is resumed.
internal static partial class QoS2Oracles
{
    private static IEnumerable<Violation> Resumes(HistoryView view)
    {
        foreach (var (exchange, connection) in Unresumed(view).Where(entry => !HasExpired(view, entry.Exchange, entry.Connection)))
            yield return Missing(exchange, connection);

        foreach (var connection in view.Connections)
        {
            foreach (var sent in Stray(connection))
                yield return new Violation($"{connection.Broker} sent PUBREL {IdOf(sent)} on {connection} at {Say.Time(sent)}, and nothing with this identifier is in flight.", sent);
        }
    }

    private static IEnumerable<Violation> ExpiryDoesNotInterrupt(HistoryView view) =>
        Unresumed(view).Where(entry => HasExpired(view, entry.Exchange, entry.Connection)).Select(entry => Missing(entry.Exchange, entry.Connection));

    private static Violation Missing(OutboundExchange exchange, ConnectionView connection)
    {
        var what = exchange.Received is null ? "PUBLISH" : "PUBREL";
        return new Violation(
            $"{connection.Broker} did not send {what} {exchange.Identifier} of {exchange.Content} to {connection.Session} on {connection}, which resumed the session at {Say.Time(connection.ConnAckSent!)}; it is in flight since {Say.Time(exchange.Sends[0].Sent)}.",
            exchange.Sends[0].Sent, exchange.Received, connection.ConnAckSent);
    }

    /// <summary>What was surely in flight when a connection resumed its session, and was not sent on it though there was room.</summary>
    private static IEnumerable<(OutboundExchange Exchange, ConnectionView Connection)> Unresumed(HistoryView view)
    {
        foreach (var session in view.Sessions)
        {
            foreach (var connection in session.Connections.Skip(1))
            {
                var (from, resumed) = (connection.ConnAckSent!.Index, connection.ConnAckSent.Nanoseconds);
                var until = resumed + Judging.AftermathNanoseconds + (2 * view.LatencyMax());
                if (until > view.Facts.EndNanoseconds || !view.IsPrompt(connection.Client) || !view.IsCalm(connection, resumed, until)) continue;
                var limit = Math.Min(connection.ReceiveMaximum, view.OptionsAt(session.Broker, connection.ConnAckSent!.Index).InFlightMax);
                foreach (var exchange in session.Exchanges)
                {
                    if (exchange.Sends[0].Sent.Index > from) break;
                    if (exchange.Completed is { } completed && completed.Index < from) continue;
                    if (exchange.Received is { } received && received.Index < from && !exchange.IsReceivedSure) continue;
                    if (exchange.Sends.Exists(send => send.Connection == connection) || exchange.Releases.Exists(release => release.Connection == connection.Name)) continue;
                    if (view.Drops.Find(session.Broker, exchange.Content.Sample, session.ClientId) is not null) continue;
                    if (Judging.InFlight(session, connection, view.IndexAt(until)) >= limit) continue;
                    yield return (exchange, connection);
                }
            }
        }
    }

    private static bool HasExpired(HistoryView view, OutboundExchange exchange, ConnectionView connection) =>
        exchange.Content.Only is { Packet.Message.Properties.MessageExpiryIntervalSeconds: { } seconds, MayFrom: < int.MaxValue } publication
        && view.History.Events[publication.MayFrom].Nanoseconds + (seconds * 1_000_000_000L) <= connection.ConnAckSent!.Nanoseconds;

    /// <summary>PUBRELs that neither answer a PUBREC of the connection nor belong to an exchange that was in flight.</summary>
    private static IEnumerable<HistoryEvent> Stray(ConnectionView connection)
    {
        if (connection.Session is not { } session) yield break;
        var releases = Answers.Of(connection,
            packet => packet is PubRecPacket received ? received.PacketIdentifier.Value : null,
            packet => packet is PubRelPacket release ? release.PacketIdentifier.Value : null);
        foreach (var sent in releases.Unasked)
        {
            var identifier = IdOf(sent);
            var isOwed = session.Exchanges.Exists(exchange => exchange.Identifier.Value == identifier && exchange.Received is { } received && received.Index < sent.Index
                && (exchange.Completed is not { } completed || completed.Index > sent.Index || !exchange.IsCompletedSure));
            if (!isOwed) yield return sent;
        }
    }
}
