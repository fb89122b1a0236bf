using System.Globalization;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Reports;

/// <summary>Finds the stretches of time that a history tells of by their beginnings and ends.</summary>
internal sealed class HtmlSpans
{
    /// <summary>An end that learns of the other's end within this is not called half-open: the news needs its way.</summary>
    private const long HalfOpenNanosecondsMin = 500_000_000;

    private readonly long _endNanoseconds;
    private readonly List<HtmlSpan> _spans = [];
    private readonly Dictionary<string, Ends> _connections = new(StringComparer.Ordinal);
    private readonly List<Ends> _ordered = [];
    private readonly List<HistoryEvent> _faults = [];
    private readonly List<HistoryEvent> _held = [];
    private readonly Dictionary<string, HistoryEvent> _down = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HistoryEvent> _paused = new(StringComparer.Ordinal);

    private HtmlSpans(long endNanoseconds)
    {
        _endNanoseconds = endNanoseconds;
    }

    /// <summary>The stretches, in the order in which they begin.</summary>
    public static IReadOnlyList<HtmlSpan> Of(History history, long endNanoseconds)
    {
        var finder = new HtmlSpans(endNanoseconds);
        foreach (var happened in history.Events) finder.Take(happened);
        finder.Finish();
        return [.. finder._spans.OrderBy(span => span.FromEvent).ThenBy(span => span.Kind)];
    }

    private void Take(HistoryEvent happened)
    {
        switch (happened.Kind)
        {
            case HistoryKind.ConnectionRequested: EndsOf(happened).Requested = happened; break;
            case HistoryKind.ConnectionOpened: EndsOf(happened).Opened = happened; break;
            case HistoryKind.ConnectionAccepted: EndsOf(happened).Accepted = happened; break;
            case HistoryKind.ConnectionEnded: End(happened); break;
            case HistoryKind.PacketSent or HistoryKind.PacketReceived when happened is { Packet: { } packet, Connection: not null }:
                Hear(happened, packet);
                break;
            case HistoryKind.FaultStarted: _faults.Add(happened); break;
            case HistoryKind.FaultEnded: EndFault(happened); break;
            case HistoryKind.NetworkHeld: _held.Add(happened); break;
            case HistoryKind.ProcessEnded: _down[happened.Node] = happened; break;
            case HistoryKind.ProcessStarted: Close(_down, happened, HtmlSpanKind.Down); break;
            case HistoryKind.ProcessPaused: _paused[happened.Node] = happened; break;
            case HistoryKind.ProcessResumed: Close(_paused, happened, HtmlSpanKind.Paused); break;
        }
    }

    private void Finish()
    {
        foreach (var connection in _ordered) Finish(connection);
        foreach (var fault in _faults) Add(HtmlSpanKind.Fault, fault, null, fault.Name ?? "");
        foreach (var held in _held) Add(HtmlSpanKind.Held, held, null, held.Detail ?? "");
        foreach (var ended in _down.Values.OrderBy(ended => ended.Index)) Add(HtmlSpanKind.Down, ended, null, ended.Name ?? "");
        foreach (var paused in _paused.Values.OrderBy(paused => paused.Index)) Add(HtmlSpanKind.Paused, paused, null);
    }

    private void Finish(Ends connection)
    {
        if (connection.Requested is { } requested)
            Add(HtmlSpanKind.Opening, requested, connection.Opened ?? connection.ClientEnded);
        if (connection.Opened is { } opened) Add(HtmlSpanKind.ClientOpen, opened, connection.ClientEnded);
        if (connection.Accepted is { } accepted)
        {
            Add(HtmlSpanKind.BrokerOpen, accepted, connection.BrokerEnded, node: connection.Client);
            if (connection.BrokerEnded is null) Silence(connection, _endNanoseconds, -1);
        }

        if (connection is not { Opened: not null, Accepted: not null }) return;
        if (connection.ClientEnded is { } clientEnded && (connection.BrokerEnded is null || connection.BrokerEnded.Index > clientEnded.Index))
            HalfOpen(connection, clientEnded, connection.BrokerEnded, "the client's end is over; the broker does not know");
        else if (connection.BrokerEnded is { } brokerEnded)
            HalfOpen(connection, brokerEnded, connection.ClientEnded, "the broker's end is over; the client does not know");
    }

    private void HalfOpen(Ends connection, HistoryEvent first, HistoryEvent? second, string text)
    {
        if ((second?.Nanoseconds ?? _endNanoseconds) - first.Nanoseconds >= HalfOpenNanosecondsMin)
            Add(HtmlSpanKind.HalfOpen, first, second, text, connection.Client);
    }

    private void End(HistoryEvent happened)
    {
        Release(happened);
        if (happened.Connection is null) return;
        var connection = EndsOf(happened);
        if (connection.Accepted is { } accepted && accepted.Node == happened.Node)
        {
            connection.BrokerEnded ??= happened;
            Silence(connection, happened.Nanoseconds, happened.Index);
        }
        else
        {
            connection.ClientEnded ??= happened;
        }
    }

    /// <summary>Notes what counts for keep-alive: any packet that the broker reads, and what CONNECT and CONNACK agree on.</summary>
    private void Hear(HistoryEvent happened, WirePacket packet)
    {
        var connection = EndsOf(happened);
        if (happened.Kind == HistoryKind.PacketSent)
        {
            if (packet.Packet is ConnAckPacket { ServerKeepAliveSeconds: { } seconds }) connection.KeepAliveSeconds = seconds;
            return;
        }

        Release(happened);
        if (!packet.IsToBroker) return;
        if (packet.Packet is ConnectPacket connect && connection.Heard is null) connection.KeepAliveSeconds = connect.KeepAliveSeconds;
        Silence(connection, happened.Nanoseconds, happened.Index);
        connection.Heard = happened;
    }

    private void Silence(Ends connection, long untilNanoseconds, int untilEvent)
    {
        const long Second = 1_000_000_000;
        if (connection is not { Heard: { } heard, KeepAliveSeconds: > 0 and var seconds }) return;
        if (untilNanoseconds - heard.Nanoseconds <= seconds * Second) return;

        var deadline = heard.Nanoseconds + (seconds * Second * 3 / 2);
        var isOver = untilNanoseconds >= deadline;
        var text = string.Create(CultureInfo.InvariantCulture, $"keep alive {seconds} s: {(isOver ? "the deadline, 1.5 times of it, is over" : "heard before 1.5 times of it was over")}");
        _spans.Add(new HtmlSpan(HtmlSpanKind.Silence, connection.Client, heard.Connection, heard.Index, isOver ? -1 : untilEvent,
            Math.Min(deadline, untilNanoseconds), text));
        connection.Heard = null;
    }

    private void EndFault(HistoryEvent ended)
    {
        // Its beginning is its cause, or has the same id, which the detail names first, or else is the oldest of the kind there.
        var id = FirstWord(ended.Detail);
        var index = _faults.FindIndex(fault => fault.Index == ended.Cause);
        if (index < 0) index = _faults.FindIndex(fault => IsSame(fault) && FirstWord(fault.Detail) == id);
        if (index < 0) index = _faults.FindIndex(IsSame);
        if (index < 0) return;

        Add(HtmlSpanKind.Fault, _faults[index], ended, ended.Name ?? "");
        _faults.RemoveAt(index);
        for (var i = _held.Count - 1; i >= 0; i--)
        {
            if (_held[i].Node == ended.Node) Let(i, ended);
        }

        bool IsSame(HistoryEvent fault) => fault.Node == ended.Node && fault.Name == ended.Name;
    }

    /// <summary>What was held of a connection is under way again when one of its packets arrives, and lost when it ends.</summary>
    private void Release(HistoryEvent happened)
    {
        if (happened.Connection is null) return;
        for (var i = _held.Count - 1; i >= 0; i--)
        {
            if (_held[i].Connection == happened.Connection) Let(i, happened);
        }
    }

    private void Let(int index, HistoryEvent ended)
    {
        Add(HtmlSpanKind.Held, _held[index], ended, _held[index].Detail ?? "");
        _held.RemoveAt(index);
    }

    private void Close(Dictionary<string, HistoryEvent> open, HistoryEvent ended, HtmlSpanKind kind)
    {
        if (open.Remove(ended.Node, out var begun)) Add(kind, begun, ended, begun.Name ?? "");
    }

    private void Add(HtmlSpanKind kind, HistoryEvent from, HistoryEvent? to, string text = "", string? node = null) =>
        _spans.Add(new HtmlSpan(kind, node ?? from.Node, from.Connection, from.Index, to?.Index ?? -1, to?.Nanoseconds ?? _endNanoseconds, text));

    private Ends EndsOf(HistoryEvent happened)
    {
        var name = happened.Connection ?? "";
        if (_connections.TryGetValue(name, out var ends)) return ends;
        var isBroker = happened.Kind == HistoryKind.ConnectionAccepted
            || happened.Packet is { } packet && packet.IsToBroker == (happened.Kind == HistoryKind.PacketReceived);
        ends = new Ends(isBroker ? happened.Peer ?? happened.Node : happened.Node);
        _connections.Add(name, ends);
        _ordered.Add(ends);
        return ends;
    }

    private static string FirstWord(string? text) => text is null ? "" : text.Split([' ', ',', ':'], 2)[0];

    private sealed class Ends(string client)
    {
        public string Client { get; } = client;

        public HistoryEvent? Requested { get; set; }

        public HistoryEvent? Opened { get; set; }

        public HistoryEvent? Accepted { get; set; }

        public HistoryEvent? ClientEnded { get; set; }

        public HistoryEvent? BrokerEnded { get; set; }

        public HistoryEvent? Heard { get; set; }

        public int KeepAliveSeconds { get; set; }
    }
}
