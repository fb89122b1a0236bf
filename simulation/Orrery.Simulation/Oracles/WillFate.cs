using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>Whether a will is published.</summary>
internal enum WillDue
{
    /// <summary>It must not be.</summary>
    Never,

    /// <summary>It may be.</summary>
    Perhaps,

    /// <summary>It must be.</summary>
    Surely,
}

/// <summary>What has to become of the will of one connection.</summary>
/// <param name="Connection">Whose.</param>
/// <param name="Due">Whether it is published.</param>
/// <param name="From">The earliest instant.</param>
/// <param name="To">The latest.</param>
/// <param name="Rule">The rule that says so.</param>
/// <param name="Why">The reason, as a clause.</param>
internal sealed record WillFate(ConnectionView Connection, WillDue Due, long From, long To, string Rule, string Why)
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The fate of every will of a history.</summary>
    public static IReadOnlyList<WillFate> Of(HistoryView view) =>
    [
        .. view.Connections.Where(connection => connection is { IsAccepted: true, Will: not null }).Select(connection => Of(view, connection)),
        .. view.Connections.Where(connection => connection is { ConnAckSent: null, Connect: not null, Will: not null }).Select(connection => Hidden(view, connection)).OfType<WillFate>(),
    ];

    /// <summary>The broker ended before CONNACK left: it may have kept the will with the session, and cannot know afterwards that nobody was told.
    /// It may be published behind that end, as one of a connection that was open then. Null where no end of the process hides what became of it.</summary>
    private static WillFate? Hidden(HistoryView view, ConnectionView connection)
    {
        if (view.HiddenBy(connection) is not { } ended || view.World.BackAfter(connection.Broker, ended) is not { } back) return null;
        var seconds = connection.SessionExpirySeconds(view.OptionsAt(connection.Broker, connection.ConnectRead!.Index).SessionExpiryIntervalMaxSeconds);
        var delay = DelayOf(connection, seconds);
        var from = connection.CloseEarliest == ended && !view.World.CountsOtherwise(connection.Broker) ? back + delay - Judging.ClockTickNanoseconds : back;
        var next = view.Connections.FirstOrDefault(next => next is { IsAccepted: true } && next.Broker == connection.Broker && next.ClientId == connection.ClientId && next.ConnectRead?.Nanoseconds >= back);
        return next is { ConnAck.SessionPresent: true } && next.ConnAckSent!.Nanoseconds < from
            ? new(connection, WillDue.Never, 0, 0, "W-7", $"{next} resumed its session at {Say.Time(next.ConnectRead!)}, before it was due")
            : new(connection, WillDue.Perhaps, next is null ? from : Math.Min(from, Math.Max(back, next.ConnectRead!.Nanoseconds)), long.MaxValue, "W-7", $"{connection} was open when {connection.Broker} ended at {Say.Time(ended)}, before its CONNACK");
    }

    private static WillFate Of(HistoryView view, ConnectionView connection)
    {
        if (connection.CloseEarliest is not { } closed) return new(connection, WillDue.Never, 0, 0, "W-2", "its connection did not end");
        var broker = connection.Broker;
        var closedBy = Math.Max(closed, connection.CloseLatest ?? closed);
        if (IsDiscarded(connection)) return Discarded(view, connection, closedBy);
        var epsilon = view.Facts.TimerGranularityNanoseconds;
        var seconds = connection.SessionExpirySeconds(view.OptionsAt(broker, connection.ConnAckSent?.Index ?? 0).SessionExpiryIntervalMaxSeconds);
        var delay = DelayOf(connection, seconds);
        var (from, to) = (closed + delay - Judging.ClockTickNanoseconds, Late(view, broker, closed, closedBy + delay + epsilon));

        if (delay > 0 && view.World.CountsOtherwise(broker)) return new(connection, WillDue.Perhaps, closed, long.MaxValue, "W-2", "its broker's clock differs");
        if (view.World.EndAfter(broker, closed) is { } ended && ended <= to) return AfterRestart(view, connection, ended, delay, from, closedBy);
        if (connection.TakenOverBy is { } next) return TakenOver(connection, next, delay, from, to, seconds);
        var isError = connection.BrokerDisconnect is not null || connection.ClientDisconnect is not null;
        var rule = isError ? "W-3" : "W-2";
        var why = $"{connection} closed at {Say.Time(closed)}{(delay > 0 ? $" and its delay is {Say.Time(delay)}" : "")}";
        if (NextOf(view, connection) is not { } resumed || resumed.ConnectRead!.Nanoseconds > to) return new(connection, WillDue.Surely, from, to, rule, why);
        var comesBack = resumed.ConnectRead.Nanoseconds;
        if (resumed.ConnAckSent!.Nanoseconds >= from) return new(connection, WillDue.Perhaps, from, to, rule, why);
        return resumed.ConnAck!.SessionPresent || (resumed.Version == MqttVersion.V31 && !resumed.Connect!.CleanStart)
            ? new(connection, WillDue.Never, 0, 0, "W-4", $"{resumed} resumed its session at {Say.Time(comesBack)}, before it was due")
            : resumed.Connect!.CleanStart
                ? new(connection, WillDue.Surely, comesBack, Late(view, broker, comesBack, resumed.ConnAckSent.Nanoseconds + epsilon), "W-2", $"{resumed} ended its session at {Say.Time(comesBack)}")
                : new(connection, WillDue.Perhaps, comesBack, to, "W-2", why);
    }

    /// <summary>The client took it back: it is gone, whatever time it had, unless the broker ended before it had kept that. Then it may be published after that end.</summary>
    private static WillFate Discarded(HistoryView view, ConnectionView connection, long closedBy)
    {
        var broker = connection.Broker;
        var never = new WillFate(connection, WillDue.Never, 0, 0, "W-3", $"the client said DISCONNECT at {Say.Time(connection.ClientDisconnect!)}");
        if (view.World.EndAfter(broker, connection.CloseEarliest!.Value) is not { } ended || !view.Survives(broker, ended) || closedBy < view.KeptBefore(broker, ended)) return never;
        return view.World.BackAfter(broker, ended) is { } back ? new(connection, WillDue.Perhaps, back, long.MaxValue, "W-3", "its broker ended right behind its DISCONNECT") : never;
    }

    /// <summary>The broker ended with the connection, or before the will was due: it is counted from when it is back, or goes on being counted.</summary>
    private static WillFate AfterRestart(HistoryView view, ConnectionView connection, long ended, long delay, long from, long closedBy)
    {
        var (broker, closed) = (connection.Broker, connection.CloseEarliest!.Value);
        var perhaps = new WillFate(connection, WillDue.Perhaps, closed, long.MaxValue, "W-1", "its broker ended");

        // It may have been published just before, or its end may not have been kept; and what a process says when it is stopped is for nobody.
        if (!view.Survives(broker, ended) || connection.TakenOverBy is not null || (ended >= from - view.Facts.TimerGranularityNanoseconds && ended != closed)) return perhaps;
        if (IsStopped(view, broker, ended) && delay == 0) return perhaps;
        if (connection.ClientDisconnect is not null && ended == closed) return perhaps;
        if (view.World.BackAfter(broker, ended) is not { } back) return perhaps;
        var isAlive = ended == closed && !IsStopped(view, broker, ended);
        var by = view.ExpiresBy(broker, closed, closedBy, delay);
        if (by == long.MaxValue) return perhaps;
        var (first, last) = (Math.Max(back, isAlive ? back + delay - Judging.ClockTickNanoseconds : from), Late(view, broker, back, by));
        if (view.World.EndAfter(broker, back) is { } again && again <= last) return perhaps;
        var rule = isAlive ? "W-7" : "W-8";
        var why = isAlive ? $"{connection} was open when {broker} ended at {Say.Time(ended)}, and it was back at {Say.Time(back)}{(delay > 0 ? $"; the delay is {Say.Time(delay)}" : "")}"
            : $"{connection} closed at {Say.Time(closed)} with a delay of {Say.Time(delay)}, and {broker} was away from {Say.Time(ended)} to {Say.Time(back)}";
        if (NextOf(view, connection) is not { } next || next.ConnectRead!.Nanoseconds > last) return new(connection, WillDue.Surely, first, last, rule, why);
        if (next.ConnAckSent!.Nanoseconds >= first || !next.ConnAck!.SessionPresent) return perhaps with { From = back };
        return new(connection, WillDue.Never, 0, 0, rule, $"{next} resumed its session at {Say.Time(next.ConnectRead.Nanoseconds)}, before it was due: {why}");
    }

    private static bool IsStopped(HistoryView view, string broker, long ended) =>
        view.History.Events.Skip(view.IndexAt(ended)).FirstOrDefault(happened => happened.Kind == HistoryKind.ProcessEnded && happened.Node == broker)?.Name == "stop";

    private static WillFate TakenOver(ConnectionView connection, ConnectionView next, long delay, long from, long to, uint seconds)
    {
        var isPublished = delay == 0 || seconds == 0 || next.Connect!.CleanStart;
        return isPublished
            ? new(connection, WillDue.Surely, Math.Min(from, connection.CloseEarliest!.Value), Math.Max(next.ConnAckSent!.Nanoseconds, connection.CloseLatest ?? 0) + (to - from), "W-5", $"{next} took over {connection} at {Say.Time(next.ConnAckSent!)}")
            : new(connection, WillDue.Never, 0, 0, "W-5", $"{next} took over its session at {Say.Time(next.ConnAckSent!)}, and its delay had just begun");
    }

    private static bool IsDiscarded(ConnectionView connection) =>
        connection.ClientDisconnect?.Packet!.Packet is DisconnectPacket { ReasonCode: ReasonCode.Success } && connection.BrokerDisconnect is null && connection.TakenOverBy is null;

    /// <summary>How long the will waits, in nanoseconds: not beyond the end of its session, so many seconds after that of the connection.</summary>
    private static long DelayOf(ConnectionView connection, uint sessionSeconds) =>
        Math.Min(connection.Version == MqttVersion.V5 ? connection.Will!.DelayIntervalSeconds : 0, sessionSeconds) * NanosecondsPerSecond;

    private static ConnectionView? NextOf(HistoryView view, ConnectionView connection) => view.Connections.FirstOrDefault(next => next.Earlier == connection);

    private static long Late(HistoryView view, string broker, long from, long to)
    {
        if (view.World.LastPause(broker, from, to) is not { } pause) return to;
        return pause.To == long.MaxValue ? long.MaxValue : Math.Max(to, pause.To) + (pause.To - pause.From) + view.Facts.TimerGranularityNanoseconds;
    }
}
