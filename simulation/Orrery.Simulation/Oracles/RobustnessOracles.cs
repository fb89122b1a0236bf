using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>Liveness, robustness, and that nothing is left behind.</summary>
internal static class RobustnessOracles
{
    private const long LongestWaitNanoseconds = 1_000_000_000;
    private const long CloseNanoseconds = 100_000_000;

    /// <summary>The most turns in a row without an effect outside (L-2).</summary>
    public const long TurnsWithoutEffectMax = 10_000;

    /// <summary>The rules.</summary>
    public static IReadOnlyList<Oracle> All { get; } =
    [
        new("L-1", [], "When nothing disturbs a client any more, its exchanges come to an end.", ExchangesEnd),
        new("L-2", [], "A broker does not go on for more than 10,000 turns without an effect outside.", NoLiveLock),
        new("L-3", [], "No actor waits longer than a second with messages in its mailbox.", Scheduled),
        new("L-4", [], "A broker whose clients have all gone, with their sessions, has the actors and connections that it had when it had started.", Quiet),
        new("X-1", [], "Nothing fails that is not handled.", NothingFails),
        new("X-2", ["MQTT-4.13.1-1"], "Bytes that are no packet end their connection, with the code that says why.", MalformedIsClosed),
        new("X-3", ["MQTT-3.14.4-1"], "Nothing follows DISCONNECT.", NothingAfterDisconnect),
        new("X-4", ["MQTT-3.1.4-6"], "Nothing follows the refusal of a CONNECT, and nothing of the client counts.", NothingAfterRefusal),
    ];

    private static IEnumerable<Violation> ExchangesEnd(HistoryView view)
    {
        foreach (var session in view.Sessions.Where(session => Losses.CanTake(view, session)))
        {
            var since = Losses.Since(view);
            foreach (var exchange in session.Exchanges.Where(exchange => exchange.Completed is null && exchange.Sends[^1].Connection == session.Last))
            {
                var read = session.Last.ReadOf(exchange.Sends[^1].Sent);
                if (read is null || read.Nanoseconds > since || (exchange.Received?.Nanoseconds ?? 0) > since) continue;
                yield return new Violation(
                    $"The exchange of {exchange.Content} with {session} (identifier {exchange.Identifier}), which read it at {Say.Time(read)}, was not over at {Say.Time(view.Facts.EndNanoseconds)}{(exchange.Received is { } received ? $"; its PUBREC came at {Say.Time(received)}" : "")}.",
                    [exchange.Sends[^1].Sent, read, exchange.Received, .. exchange.Releases.TakeLast(1)]);
            }
        }
    }

    private static IEnumerable<Violation> NoLiveLock(HistoryView view) => view.Facts.Brokers.Where(broker => broker.Value.TurnsWithoutEffectMax > TurnsWithoutEffectMax)
        .OrderBy(broker => broker.Key, StringComparer.Ordinal)
        .Select(broker => new Violation($"{broker.Key} took {broker.Value.TurnsWithoutEffectMax} turns in a row without any effect outside; {TurnsWithoutEffectMax} is the most.", view.LastEvent));

    private static IEnumerable<Violation> Scheduled(HistoryView view) => view.Facts.Brokers.Where(broker => broker.Value.LongestWithoutTurnNanoseconds > LongestWaitNanoseconds)
        .OrderBy(broker => broker.Key, StringComparer.Ordinal)
        .Select(broker => new Violation($"{broker.Value.LongestWithoutTurnActor ?? "An actor"} of {broker.Key} had messages for {Say.Time(broker.Value.LongestWithoutTurnNanoseconds)} and no turn; {Say.Time(LongestWaitNanoseconds)} is the most.", view.LastEvent));

    private static IEnumerable<Violation> Quiet(HistoryView view)
    {
        var since = view.Facts.EndNanoseconds - Judging.AftermathNanoseconds;
        foreach (var (name, facts) in view.Facts.Brokers.OrderBy(broker => broker.Key, StringComparer.Ordinal))
        {
            if (facts is not { Baseline: { } before, AtEnd: { } after } || !view.World.IsUp(name, since, view.Facts.EndNanoseconds)) continue;
            if (view.Connections.Any(connection => connection.Broker == name && (connection.CloseLatest is not { } closed || closed > since))) continue;
            if (view.Sessions.Any(session => session.Broker == name && session.EndLatest > since)) continue;
            if (view.Connections.Any(connection => connection.Broker == name && view.HiddenSessionEndsBy(connection) > since)) continue;

            // A retained message keeps the actors of its topic.
            var isRetaining = view.Once(RetainedModel.Of).Topics.Any(topic => topic.Broker == name);
            var (what, then, now) = after.Connections > before.Connections ? ("connections", before.Connections, after.Connections) : ("actors", before.Actors, after.Actors);
            if (now > then && !(isRetaining && what == "actors"))
                yield return new Violation($"All clients of {name} are gone, with their sessions, and it holds {now} {what} at {Say.Time(view.Facts.EndNanoseconds)}; it held {then} when it had started.", view.LastEvent);
        }
    }

    private static IEnumerable<Violation> NothingFails(HistoryView view)
    {
        foreach (var (name, facts) in view.Facts.Brokers.OrderBy(broker => broker.Key, StringComparer.Ordinal))
        {
            foreach (var failure in facts.Failures.Where(failure => !DurabilityOracles.IsEarly(failure))) yield return new Violation($"{name} failed: {failure}.", view.LastEvent);
        }

        foreach (var failed in view.Decisions.Where(decision => JudgedDecisions.Is(decision, JudgedDecisions.SessionFailed)))
            yield return new Violation($"At {Say.Time(failed)}, {failed.Node} said: {failed.Detail}", failed);
    }

    private static IEnumerable<Violation> MalformedIsClosed(HistoryView view)
    {
        foreach (var connection in view.Connections)
        {
            var bad = connection.Malformed.Find(malformed => malformed.Node == connection.Broker);
            if (bad is null || !view.World.IsCalm(connection.Client, connection.Broker, bad.Nanoseconds, bad.Nanoseconds + CloseNanoseconds, Disturbances.CorruptName)) continue;
            if (bad.Nanoseconds + CloseNanoseconds > view.Facts.EndNanoseconds) continue;
            if (connection.CloseEarliest is not { } closed || closed > bad.Nanoseconds + CloseNanoseconds)
                yield return new Violation($"{connection.Broker} read what is no packet on {connection} at {Say.Time(bad)} ({bad.Detail}), and did not close it.", bad);
            else if (connection is { IsAccepted: true, Version: MqttVersion.V5, TakenOverBy: null } && closed >= bad.Nanoseconds && view.IsPrompt(connection.Client)
                && connection.BrokerDisconnect?.Packet!.Packet is not DisconnectPacket { ReasonCode: >= ReasonCode.UnspecifiedError }
                && (connection.ClientEnded is not { } ended || ended.Nanoseconds > closed))
                yield return new Violation($"{connection.Broker} read what is no packet on {connection} at {Say.Time(bad)} ({bad.Detail}), and closed it without saying why.", bad, connection.BrokerDisconnect, connection.BrokerEnded);
        }
    }

    private static IEnumerable<Violation> NothingAfterDisconnect(HistoryView view)
    {
        foreach (var connection in view.Connections)
        {
            if (connection.BrokerDisconnect is not { } said || connection.BrokerSent.Find(sent => sent.Index > said.Index) is not { } after) continue;
            yield return new Violation($"{connection.Broker} sent {after.Packet!.Packet.Type} on {connection} at {Say.Time(after)}, behind its DISCONNECT at {Say.Time(said)}.", said, after);
        }
    }

    private static IEnumerable<Violation> NothingAfterRefusal(HistoryView view)
    {
        foreach (var connection in view.Connections)
        {
            if (connection.ConnAckSent is not { } said || connection.IsAccepted || connection.BrokerSent.Find(sent => sent.Index > said.Index) is not { } after) continue;
            yield return new Violation($"{connection.Broker} sent {after.Packet!.Packet.Type} on {connection} at {Say.Time(after)}, which it had refused at {Say.Time(said)}.", said, after);
        }

        foreach (var copies in view.Copies().Where(copies => copies.Surplus is not null && Surpluses.KindOf(view, copies) == Surplus.Refused))
            yield return new Violation($"{copies.Session.Broker} sent {copies.Content} to {copies.Session} at {Say.Time(copies.Surplus!.Sent)}, which came from a connection that it had refused.", [.. copies.Content.Publications.Select(p => p.Sends[0].Connection.ConnAckSent), .. copies.Content.Publications.Select(p => p.Sends[0].Sent), copies.Surplus!.Sent]);
    }
}
