using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>Sessions, takeover, expiry.</summary>
internal static class SessionOracles
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<Oracle> All { get; } =
    [
        new("S-1", ["MQTT-3.2.2-2", "MQTT-3.2.2-3", "MQTT-3.2.2-6"], "Session Present is 1 just where the client asks for its session and there is one, and 0 with a refusal.", Present),
        new("S-2", ["MQTT-3.1.4-3"], "A client identifier has one connection: the older one is told 0x8E and closed before anything is sent on the newer one.", OneOwner),
        new("S-3", ["MQTT-4.1.0-1"], "A takeover loses nothing.", TakeoverLosesNothing),
        new("S-4", ["MQTT-4.1.0-2"], "A session lives as long after its connection as its Session Expiry Interval says, and no longer.", Expires),
        new("S-5", [], "A broker keeps no session, and no subscription, that has ended.", NothingIsLeft),
        new("S-6", ["MQTT-3.1.2-4"], "A session that begins anew has nothing of the one before.", BeginsEmpty),
        new("S-7", ["MQTT-4.1.0-1"], "A session is not discarded while its client is connected.", LivesWhileConnected),
        new("S-8", [], "However often a client identifier changes hands, whoever connects last has it.", HasAnOwner),
    ];

    private static IEnumerable<Violation> Present(HistoryView view)
    {
        foreach (var connection in view.Connections.Where(connection => connection.ConnAck is { SessionPresent: true, ReasonCode: not ReasonCode.Success }))
            yield return new Violation($"{connection.Broker} refused {connection} with {Say.Code(connection.ConnAck!.ReasonCode)} and Session Present 1.", connection.ConnAckSent);
        foreach (var violation in Wrong(view, connection => !IsTimed(connection) && !IsWithoutGap(connection))) yield return violation;
    }

    private static IEnumerable<Violation> Expires(HistoryView view)
    {
        foreach (var violation in Wrong(view, IsTimed)) yield return violation;
        foreach (var connection in view.Connections)
        {
            if (connection.ClientDisconnect?.Packet!.Packet is not DisconnectPacket { SessionExpiryIntervalSeconds: > 0 }) continue;
            if (connection.Version != MqttVersion.V5 || (connection.ConnAck?.SessionExpiryIntervalSeconds ?? connection.Connect?.SessionExpiryIntervalSeconds ?? 0) != 0) continue;
            if (connection.BrokerDisconnect?.Packet!.Packet is DisconnectPacket { ReasonCode: ReasonCode.ProtocolError } || connection.TakenOverBy is not null) continue;
            if (!view.World.IsCalm(connection.Client, connection.Broker, connection.ClientDisconnect.Nanoseconds, connection.ClientDisconnect.Nanoseconds)) continue;
            yield return new Violation($"{connection} raised its Session Expiry Interval from 0 in DISCONNECT at {Say.Time(connection.ClientDisconnect)}, and {connection.Broker} did not call that a protocol error.", connection.ClientDisconnect, connection.BrokerEnded);
        }
    }

    private static IEnumerable<Violation> LivesWhileConnected(HistoryView view) => Wrong(view, connection => !IsTimed(connection) && IsWithoutGap(connection));

    private static IEnumerable<Violation> Wrong(HistoryView view, Func<ConnectionView, bool> isMeant)
    {
        foreach (var connection in view.Connections.Where(connection => connection is { IsAccepted: true, ShouldBePresent: not null } && connection.Version != MqttVersion.V31 && isMeant(connection)))
        {
            if (connection.ConnAck!.SessionPresent == connection.ShouldBePresent) continue;
            var why = connection.Connect!.CleanStart ? "it asked for a clean start"
                : connection.Earlier is not { } earlier ? "it had none"
                : connection.EarlierEnd switch
                {
                    SessionEnd.ProcessEnded => "the session ended with the broker's process",
                    SessionEnd.WithConnection => $"the session ended with {earlier}, at {Say.Time(earlier.CloseLatest ?? 0)}",
                    SessionEnd.Expired => $"the session of {earlier}, which closed at {Say.Time(earlier.CloseLatest ?? 0)}, had {earlier.SessionExpirySeconds(view.OptionsAt(earlier.Broker, earlier.ConnAckSent?.Index ?? 0).SessionExpiryIntervalMaxSeconds)} s to live",
                    _ when earlier.CloseEarliest is { } closed => $"the session of {earlier}, which closed at {Say.Time(closed)}, had not ended",
                    _ => $"{earlier} was open",
                };
            yield return new Violation(
                $"{connection.Broker} accepted {connection} at {Say.Time(connection.ConnAckSent!)} with Session Present {(connection.ConnAck.SessionPresent ? 1 : 0)}; it should be {(connection.ShouldBePresent == true ? 1 : 0)}, since {why}.",
                connection.Earlier?.ConnAckSent, connection.Earlier?.BrokerEnded, connection.ConnectRead, connection.ConnAckSent);
        }
    }

    // The time of the session between the two connections decides.
    private static bool IsTimed(ConnectionView connection) => !connection.Connect!.CleanStart && connection.Earlier is { CloseEarliest: not null, TakenOverBy: null, Connect: not null } earlier
        && connection.EarlierEnd is SessionEnd.Expired or SessionEnd.None
        && connection.Earlier.SessionExpirySeconds(uint.MaxValue) > 0;

    // Its client was connected until this connection took over.
    private static bool IsWithoutGap(ConnectionView connection) =>
        !connection.Connect!.CleanStart && connection.Earlier?.TakenOverBy == connection && connection.EarlierEnd is SessionEnd.None or SessionEnd.Expired;

    private static IEnumerable<Violation> OneOwner(HistoryView view)
    {
        foreach (var next in view.Connections.Where(connection => connection.IsAccepted && connection.Earlier is not null))
        {
            var (earlier, taken) = (next.Earlier!, next.ConnAckSent!);
            if (earlier.CloseIndex > taken.Index)
            {
                yield return new Violation($"{next.Broker} accepted {next} at {Say.Time(taken)} while {earlier} of the same client identifier {(earlier.CloseEarliest is { } closed ? $"was open until {Say.Time(closed)}" : "stayed open")}.", earlier.ConnAckSent, taken, earlier.BrokerEnded);
                continue;
            }

            var late = view.IsPrompt(earlier.Client) && view.World.IsCalm(earlier.Client, earlier.Broker, earlier.ConnAckSent!.Nanoseconds, taken.Nanoseconds)
                ? earlier.BrokerSent.Find(sent => sent.Index > taken.Index)
                : null;
            if (late is not null) yield return new Violation($"{next.Broker} sent {late.Packet!.Packet.Type} on {earlier} at {Say.Time(late)}, behind the CONNACK of {next}, which had taken over.", taken, late);
            if (earlier.TakenOverBy != next || earlier.Version != MqttVersion.V5) continue;
            var said = (earlier.BrokerDisconnect?.Packet!.Packet as DisconnectPacket)?.ReasonCode;
            if (said is { } code && code != ReasonCode.SessionTakenOver)
                yield return new Violation($"{earlier} was taken over by {next}, and was told {Say.Code(code)}; {Say.Code(ReasonCode.SessionTakenOver)} was due.", earlier.BrokerDisconnect, taken);
            else if (said is null && view.IsPrompt(earlier.Client) && view.World.IsCalm(earlier.Client, earlier.Broker, earlier.ConnAckSent!.Nanoseconds, taken.Nanoseconds))
                yield return new Violation($"{earlier} was taken over by {next} at {Say.Time(taken)}, and was not told: DISCONNECT with {Say.Code(ReasonCode.SessionTakenOver)} was due.", earlier.BrokerEnded, taken);
        }
    }

    private static IEnumerable<Violation> TakeoverLosesNothing(HistoryView view) =>
        view.Losses().Where(loss => LossRules.Of(view, loss) == LossRules.TakenOver).Select(loss => new Violation($"{loss.Message(view)} A connection of it had been taken over.", loss.Evidence));

    private static IEnumerable<Violation> NothingIsLeft(HistoryView view)
    {
        var end = view.Facts.EndNanoseconds;
        foreach (var (name, facts) in view.Facts.Brokers.OrderBy(broker => broker.Key, StringComparer.Ordinal))
        {
            // A CONNECT that was taken, and whose CONNACK no tap saw, may have left a session.
            if (facts.AtEnd is not { } counts || view.Connections.Any(connection => connection.Broker == name && connection is { ConnectRead: not null, ConnAckSent: null })) continue;
            var alive = view.Sessions.Where(session => session.Broker == name && session.EndLatest >= end).ToArray();
            var subscriptions = alive.Sum(session => session.Subscriptions.Count(s => s is { IsRefused: false, ReplacedBy: null } && (s.EndAcknowledged is null || s.EndAcknowledged.Nanoseconds >= end)));
            if (counts.Sessions > alive.Length)
                yield return new Violation($"{name} holds {Say.Count((int)counts.Sessions, "session")} at {Say.Time(end)}, and no more than {alive.Length} can be alive.", view.LastEvent);
            else if (counts.Subscriptions > subscriptions)
                yield return new Violation($"{name} holds {Say.Count((int)counts.Subscriptions, "subscription")} at {Say.Time(end)}, and no more than {subscriptions} can be alive.", view.LastEvent);
        }
    }

    private static IEnumerable<Violation> BeginsEmpty(HistoryView view) =>
        view.Copies().Where(copies => copies.Surplus is not null && Surpluses.KindOf(view, copies) == Surplus.EarlierSession).Select(copies => new Violation(
            $"{copies.Session.Broker} sent {copies.Content} to {copies.Session} at {Say.Time(copies.Firsts[0].Sent)}, which was published before the session began at {Say.Time(copies.Session.Started)}.",
            [copies.Session.Started, .. copies.Evidence]));

    private static IEnumerable<Violation> HasAnOwner(HistoryView view)
    {
        foreach (var connection in view.Connections)
        {
            if (connection.ConnectRead is not { } read || connection.ConnAckSent is not null) continue;
            var due = read.Nanoseconds + Judging.AftermathNanoseconds;
            if (due > view.Facts.EndNanoseconds || !view.IsPrompt(connection.Client) || !view.IsCalm(connection, read.Nanoseconds, due)) continue;
            yield return new Violation($"{connection.Broker} read the CONNECT of {connection} at {Say.Time(read)}, and neither answered it nor closed the connection.", read);
        }
    }
}
