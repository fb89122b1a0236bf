using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>What a broker with a store promises of its disk. That nothing acknowledged is lost is judged where the loss shows.</summary>
internal static class DurabilityOracles
{
    private const long RoomNanoseconds = 10_000_000_000;    // a store looks once a second whether there is room

    /// <summary>The rules.</summary>
    public static IReadOnlyList<Oracle> All { get; } =
    [
        new("P-1", [], "Nothing leaves for a client that promises what is not durable: the broker itself asserts it at every send.", NothingLeavesEarly),
        new("P-5", [], "Once a store has failed, nothing that depends on it is acknowledged and no durable session is served until the broker starts again.", NothingAfterFailure),
        new("P-6", [], "While a store has no room, what it would have to keep is refused with 0x97, or an older client is closed without an acknowledgement; it is taken again when there is room.", RefusedWhileFull),
    ];

    /// <summary>Whether an actor failed because it was about to send what is not durable: its assertion speaks of what is.</summary>
    public static bool IsEarly(string failure) => failure.Contains("DurableToken", StringComparison.Ordinal);

    private static IEnumerable<Violation> NothingLeavesEarly(HistoryView view)
    {
        foreach (var (name, facts) in view.Facts.Brokers.OrderBy(broker => broker.Key, StringComparer.Ordinal))
        {
            foreach (var failure in facts.Failures.Where(IsEarly))
                yield return new Violation($"{name} was about to send what is not durable: {failure}.", view.LastEvent);
        }
    }

    private static IEnumerable<Violation> NothingAfterFailure(HistoryView view)
    {
        foreach (var failure in view.StoreStretches(JudgedDecisions.StoreFailed, null))
        {
            foreach (var violation in Taken(view, failure, "whose store had failed")) yield return violation;
            foreach (var connection in view.Connections.Where(connection => connection.Broker == failure.Node && IsDurable(view, connection) && connection.ConnAckSent!.Nanoseconds <= failure.From))
            {
                var due = failure.From + Judging.AftermathNanoseconds;
                if (connection.CloseEarliest <= due || failure.To <= due || view.World.IsPaused(connection.Broker, failure.From, due)) continue;
                yield return new Violation($"{connection} serves a durable session, and stayed open though the store of {failure.Node} failed at {Say.Time(failure.From)}.", connection.ConnAckSent, view.History.Events[failure.Event]);
            }
        }
    }

    private static IEnumerable<Violation> RefusedWhileFull(HistoryView view)
    {
        foreach (var full in view.StoreStretches(JudgedDecisions.StoreFull, JudgedDecisions.StoreHasRoom))
        {
            foreach (var violation in Taken(view, full, "whose store had no room")) yield return violation;
            foreach (var send in Needing(view, full).Where(send => send.Answer is null))
            {
                var due = send.Read!.Nanoseconds + Judging.AftermathNanoseconds;
                if (full.To <= due || send.Connection.CloseEarliest <= due || view.World.IsPaused(full.Node, full.From, due)) continue;
                yield return new Violation($"{full.Node}, whose store had no room, read PUBLISH on {send.Connection} at {Say.Time(send.Read)}, and neither refused it nor closed the connection.", view.History.Events[full.Event], send.Read);
            }

            foreach (var fault in view.World.Faults.Where(fault => fault.Node == full.Node && fault.Name == "disk_full" && fault.To >= full.From && fault.To < full.To))
            {
                if (full.To - fault.To <= RoomNanoseconds || view.World.Faults.Any(other => other != fault && other.Node == full.Node && other.Overlaps(fault.To, fault.To + RoomNanoseconds))) continue;
                yield return new Violation($"The disk of {full.Node} had room again at {Say.Time(fault.To)}, and its store took nothing until {Say.Time(full.To)}.", view.History.Events[full.Event], view.History.Events[fault.Event]);
            }
        }
    }

    /// <summary>What was acknowledged and accepted in a stretch in which nothing could be kept.</summary>
    private static IEnumerable<Violation> Taken(HistoryView view, Stretch stretch, string why)
    {
        foreach (var send in Needing(view, stretch).Where(send => send.Answer is { } answer && answer.Nanoseconds < stretch.To && ((AcknowledgementPacket)answer.Packet!.Packet).ReasonCode < ReasonCode.UnspecifiedError))
            yield return new Violation($"{stretch.Node}, {why} at {Say.Time(stretch.From)}, acknowledged at {Say.Time(send.Answer!)} what it read on {send.Connection} at {Say.Time(send.Read!)} and had to keep.", view.History.Events[stretch.Event], send.Read, send.Answer);
        foreach (var connection in view.Connections.Where(connection => connection.Broker == stretch.Node && IsDurable(view, connection)))
        {
            if (connection.ConnectRead!.Nanoseconds <= stretch.From || connection.ConnAckSent!.Nanoseconds >= stretch.To) continue;
            yield return new Violation($"{stretch.Node}, {why} at {Say.Time(stretch.From)}, accepted {connection} with a durable session at {Say.Time(connection.ConnAckSent)}.", view.History.Events[stretch.Event], connection.ConnectRead, connection.ConnAckSent);
        }
    }

    /// <summary>What clients published meanwhile, for the first time, that the store would have to keep.</summary>
    private static IEnumerable<PublicationSend> Needing(HistoryView view, Stretch stretch)
    {
        foreach (var publication in view.Publications.Where(publication => publication.QoS != QoS.AtMostOnce && publication.Sends[0].Connection.Broker == stretch.Node))
        {
            if (publication.Sends.Find(send => send.Read is not null) is not { Read: { } read } first || read.Nanoseconds <= stretch.From || read.Nanoseconds >= stretch.To) continue;
            var needs = publication.Packet.Message.Retain
                || (publication.QoS == QoS.ExactlyOnce && IsDurable(view, first.Connection))
                || view.Subscriptions.Of(stretch.Node, publication.Packet.Message.Topic, first.Connection.ClientId, read.Index, read.Index, read.Index)
                    .Any(match => match.SureGrant is { } grant && grant != QoS.AtMostOnce && IsDurable(view, match.Session.Last));
            if (needs && first.Connection.IsAccepted) yield return first;
        }
    }

    private static bool IsDurable(HistoryView view, ConnectionView connection) => connection.IsAccepted
        && connection.SessionExpirySeconds(view.OptionsAt(connection.Broker, connection.ConnAckSent!.Index).SessionExpiryIntervalMaxSeconds) > 0;
}
