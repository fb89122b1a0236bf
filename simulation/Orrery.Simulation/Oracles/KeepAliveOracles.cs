using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>Keep-alive, and that connections live.</summary>
internal static class KeepAliveOracles
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long GraceNanoseconds = 600_000_000;      // after the broker stood still: time to read what waits, and a timer's lateness
    private const long PingNanoseconds = 100_000_000;

    /// <summary>The rules.</summary>
    public static IReadOnlyList<Oracle> All { get; } =
    [
        new("K-1", ["MQTT-3.1.2-22"], "A connection is closed 1.5 times its Keep Alive after its last packet.", ClosedInTime),
        new("K-2", ["MQTT-3.1.2-22"], "A connection is not closed for silence any earlier.", NotClosedEarly),
        new("K-3", ["MQTT-3.2.2-21", "MQTT-3.2.2-22"], "A Keep Alive above the broker's limit is replaced by the limit, and CONNACK says so.", ServerKeepAlive),
        new("K-4", ["MQTT-3.1.2-22"], "What the broker sends does not keep a connection alive.", OutputDoesNotCount),
        new("K-5", ["MQTT-3.1.4-3"], "A connection without a CONNECT is closed when its time is up.", ConnectTimeout),
        new("K-6", ["MQTT-3.12.4-1"], "PINGREQ is answered by one PINGRESP within 100 ms.", Pings),
        new("K-7", [], "Where the broker stood still, what clients sent meanwhile is read before their silence is judged.", ReadsBeforeJudging),
    ];

    private static IEnumerable<Violation> ClosedInTime(HistoryView view) =>
        Overdue(view).Where(overdue => overdue.Sent is null).Select(overdue => overdue.ToViolation());

    private static IEnumerable<Violation> OutputDoesNotCount(HistoryView view) =>
        Overdue(view).Where(overdue => overdue.Sent is not null).Select(overdue => overdue.ToViolation());

    /// <summary>Silences that were too long, with what the broker sent during them.</summary>
    private static IEnumerable<Silence> Overdue(HistoryView view)
    {
        foreach (var connection in view.Connections)
        {
            if (!connection.IsAccepted || connection.KeepAliveSeconds == 0 || view.World.ClockChanged(connection.Broker)) continue;
            var limit = connection.KeepAliveSeconds * NanosecondsPerSecond * 3 / 2;
            var last = connection.ConnAckSent!;
            var end = Math.Min(connection.CloseEarliest ?? long.MaxValue, view.Facts.EndNanoseconds);
            foreach (var read in connection.BrokerRead.Where(read => read.Index > last.Index).Append(null))
            {
                var until = Math.Min(read?.Nanoseconds ?? end, end);
                var due = last.Nanoseconds + limit + view.Facts.TimerGranularityNanoseconds;
                if (view.World.LastPause(connection.Broker, last.Nanoseconds, until) is { } pause)
                    due = pause.To == long.MaxValue ? long.MaxValue : Math.Max(due, pause.To) + (pause.To - pause.From) + GraceNanoseconds;
                if (until > due)
                {
                    var sent = connection.BrokerSent.FindLast(sent => sent.Index > last.Index && sent.Nanoseconds < until && sent.Packet!.Packet is not DisconnectPacket);
                    yield return new Silence(connection, last, until, limit, sent);
                    break;
                }

                if (read is not null) last = read;
            }
        }
    }

    private static IEnumerable<Violation> NotClosedEarly(HistoryView view)
    {
        foreach (var connection in view.Connections)
        {
            if (connection.CloseEarliest is not { } closed || !IsForSilence(connection) || view.World.ClockChanged(connection.Broker)) continue;
            var evidence = connection.BrokerDisconnect ?? connection.EndDecision ?? connection.BrokerEnded;
            if (connection.KeepAliveSeconds == 0)
            {
                yield return new Violation($"{connection.Broker} closed {connection} for its silence at {Say.Time(closed)}, and it has no Keep Alive.", connection.ConnAckSent, evidence);
                continue;
            }

            var last = connection.BrokerRead.FindLast(read => read.Nanoseconds <= closed) ?? connection.ConnAckSent;
            if (last is null) continue;
            var from = Math.Max(last.Nanoseconds, connection.ConnAckSent?.Nanoseconds ?? 0);
            var limit = connection.KeepAliveSeconds * NanosecondsPerSecond * 3 / 2;
            if (closed >= from + limit - Judging.ClockTickNanoseconds) continue;
            yield return new Violation(
                $"{connection.Broker} closed {connection} for its silence at {Say.Time(closed)}, {Say.Time(closed - from)} after its last packet; its Keep Alive of {connection.KeepAliveSeconds} s gives it {Say.Time(limit)}.", last, evidence);
        }
    }

    private static bool IsForSilence(ConnectionView connection) =>
        connection.BrokerDisconnect?.Packet!.Packet is DisconnectPacket { ReasonCode: ReasonCode.KeepAliveTimeout }
        || (connection.BrokerDisconnect is null && (connection.EndDecision?.Detail ?? connection.BrokerEnded?.Detail)?.Contains("exceeded timeout", StringComparison.Ordinal) == true);

    private static IEnumerable<Violation> ServerKeepAlive(HistoryView view)
    {
        foreach (var connection in view.Connections.Where(connection => connection is { IsAccepted: true, Version: MqttVersion.V5 }))
        {
            var max = view.OptionsAt(connection.Broker, connection.ConnectRead?.Index ?? 0).KeepAliveMaxSeconds;
            var asked = connection.Connect!.KeepAliveSeconds;
            var expected = max > 0 && (asked == 0 || asked > max) ? max : asked;
            if (connection.KeepAliveSeconds != expected)
                yield return new Violation($"{connection} asked for a Keep Alive of {asked} s, and {connection.Broker}, whose limit is {(max == 0 ? "none" : $"{max} s")}, made it {connection.KeepAliveSeconds} s; {expected} s was due.", connection.ConnectRead, connection.ConnAckSent);
        }
    }

    private static IEnumerable<Violation> ConnectTimeout(HistoryView view)
    {
        foreach (var connection in view.Connections)
        {
            if (connection.Accepted is not { } accepted || connection.ConnectRead is not null || view.World.ClockChanged(connection.Broker)) continue;
            var due = accepted.Nanoseconds + (view.OptionsOf(connection.Broker).ConnectTimeoutSeconds * NanosecondsPerSecond) + view.Facts.TimerGranularityNanoseconds;
            if (view.World.LastPause(connection.Broker, accepted.Nanoseconds, due) is { } pause) due = pause.To == long.MaxValue ? long.MaxValue : Math.Max(due, pause.To) + (pause.To - pause.From) + GraceNanoseconds;
            var until = Math.Min(connection.CloseEarliest ?? long.MaxValue, view.Facts.EndNanoseconds);
            if (until > due) yield return new Violation($"{connection.Broker} took {connection} at {Say.Time(accepted)}, got no CONNECT, and {(connection.CloseEarliest is { } closed ? $"closed it at {Say.Time(closed)}" : "left it open")}; {Say.Time(due)} was the latest.", accepted, connection.BrokerEnded);
        }
    }

    private static IEnumerable<Violation> Pings(HistoryView view)
    {
        foreach (var connection in view.Connections)
        {
            var answers = Answers.Of(connection, packet => packet is PingReqPacket ? (ushort)0 : null, packet => packet is PingRespPacket ? (ushort)0 : null);
            foreach (var unasked in answers.Unasked) yield return new Violation($"{connection.Broker} sent PINGRESP on {connection} at {Say.Time(unasked)}, which answers no PINGREQ.", unasked);
            foreach (var (read, answer) in answers.Pairs)
            {
                var due = read.Nanoseconds + PingNanoseconds;
                if ((answer is not null && answer.Nanoseconds <= due) || due > view.Facts.EndNanoseconds) continue;
                if (!view.IsPrompt(connection.Client) || !view.IsCalm(connection, read.Nanoseconds, due)) continue;
                yield return new Violation($"{connection.Broker} read PINGREQ on {connection} at {Say.Time(read)}, and {(answer is null ? "did not answer it" : $"answered it at {Say.Time(answer)}")}; {Say.Time(due)} was the latest.", read, answer);
            }
        }
    }

    private static IEnumerable<Violation> ReadsBeforeJudging(HistoryView view)
    {
        foreach (var connection in view.Connections)
        {
            if (connection.CloseEarliest is not { } closed || !IsForSilence(connection)) continue;
            if (view.World.LastPause(connection.Broker, closed - GraceNanoseconds, closed) is not { } pause) continue;

            // Sent so long before the broker went on that it had surely arrived.
            var arrived = connection.ClientSent.Find(sent => sent.Nanoseconds >= pause.From && sent.Nanoseconds + Judging.AftermathNanoseconds + (2 * view.LatencyMax()) < pause.To && connection.ReadOf(sent) is null);
            if (arrived is null || view.World.Faults.Any(fault => fault.Overlaps(pause.From - Judging.AftermathNanoseconds, closed)) || !view.IsPrompt(connection.Client)) continue;
            yield return new Violation(
                $"{connection.Broker} stood still from {Say.Time(pause.From)} to {Say.Time(pause.To)}, and closed {connection} for its silence at {Say.Time(closed)} without reading the {arrived.Packet!.Packet.Type} sent at {Say.Time(arrived)}.", arrived, connection.BrokerDisconnect ?? connection.EndDecision ?? connection.BrokerEnded);
        }
    }

    private sealed record Silence(ConnectionView Connection, HistoryEvent Last, long Until, long Limit, HistoryEvent? Sent)
    {
        public Violation ToViolation() => new(
            $"{Connection} said nothing after {Say.Time(Last)}, and {Connection.Broker} had not closed it at {Say.Time(Until)}; its Keep Alive of {Connection.KeepAliveSeconds} s gives it until {Say.Time(Last.Nanoseconds + Limit)}."
            + (Sent is null ? "" : $" The broker sent {Sent.Packet!.Packet.Type} meanwhile, at {Say.Time(Sent)}."),
            Last, Sent, Connection.BrokerEnded);
    }
}
