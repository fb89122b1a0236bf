using System.Globalization;
using System.Text;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Reports;

/// <summary>A history as lines of text whose columns align: time, number of the event, where, what, and the particulars.</summary>
/// <remarks>
/// `-->` is a packet sent, `--x` one that never arrives, `&lt;--` one received. A client's end of a connection goes by the
/// connection's name, `sensor#1`. `[2 of 4 for a/b]` says how far the exchange of a message at QoS 1 or 2 is.
/// </remarks>
internal sealed class Timeline
{
    private const int ColumnMax = 32;               // a longer name breaks its own line's alignment, and no other's

    private readonly History _history;
    private readonly bool[] _arrived;
    private readonly int _timeWidth;
    private readonly int _numberWidth;
    private readonly int _whereWidth;
    private readonly int _whatWidth;

    /// <summary>Measures a history.</summary>
    public Timeline(History history)
    {
        _history = history;
        _arrived = new bool[history.Events.Count];
        foreach (var happened in history.Events)
        {
            if (happened is { Kind: HistoryKind.PacketReceived, Cause: >= 0 }) _arrived[happened.Cause] = true;
            _timeWidth = Math.Max(_timeWidth, VirtualTime.Aligned(happened.Nanoseconds).Length);
            _whereWidth = Math.Max(_whereWidth, WhereOf(happened).Length);
            _whatWidth = Math.Max(_whatWidth, WhatOf(happened).Length);
        }
        _numberWidth = history.Events.Count.ToString(CultureInfo.InvariantCulture).Length + 1;
        _whereWidth = Math.Min(_whereWidth, ColumnMax);
        _whatWidth = Math.Min(_whatWidth, ColumnMax);
    }

    /// <summary>Whether the number of each event is shown. It is that of one history: a more detailed one of the same run has others.</summary>
    public bool ShowsNumbers { get; init; } = true;

    /// <summary>The lines of the events that are chosen, in order; a line of dots stands for events that are left out between two.</summary>
    /// <param name="isChosen">Which; null for all.</param>
    /// <param name="markOf">The mark before an event's line; a space for none.</param>
    public IEnumerable<string> Lines(Func<int, bool>? isChosen, Func<int, char> markOf)
    {
        var exchanges = new ExchangeTracker();
        var previous = -1;
        foreach (var happened in _history.Events)
        {
            var stage = exchanges.Follow(happened);
            if (happened.Kind == HistoryKind.Delivered) stage = null;
            if (isChosen is not null && !isChosen(happened.Index)) continue;
            if (previous >= 0 && happened.Index > previous + 1) yield return "  " + new string(' ', _timeWidth) + "...";
            previous = happened.Index;
            yield return LineOf(happened, stage, markOf(happened.Index));
        }
    }

    private string LineOf(HistoryEvent happened, string? stage, char mark)
    {
        var line = new StringBuilder();
        line.Append(mark).Append(' ').Append(VirtualTime.Aligned(happened.Nanoseconds).PadLeft(_timeWidth)).Append(" s  ");
        if (ShowsNumbers) line.Append(string.Create(CultureInfo.InvariantCulture, $"#{happened.Index}").PadLeft(_numberWidth)).Append("  ");
        line.Append(WhereOf(happened).PadRight(_whereWidth)).Append("  ")
            .Append(WhatOf(happened).PadRight(_whatWidth)).Append("  ");
        line.Append(ParticularsOf(happened));
        if (stage is not null) line.Append(" [").Append(stage).Append(']');
        return line.ToString().TrimEnd();
    }

    private static string WhereOf(HistoryEvent happened) =>
        happened.Connection is { } connection && ExchangeTracker.ClientOf(connection) == happened.Node ? connection : happened.Node;

    private string WhatOf(HistoryEvent happened) => happened.Kind switch
    {
        HistoryKind.PacketSent => $"{(_arrived[happened.Index] ? "-->" : "--x")} {OtherEndOf(happened)}",
        HistoryKind.PacketReceived => $"<-- {OtherEndOf(happened)}",
        HistoryKind.Step => "step",
        HistoryKind.ConnectionRequested => "opening",
        HistoryKind.ConnectionOpened => "open",
        HistoryKind.ConnectionAccepted => "accepted",
        HistoryKind.ConnectionEnded => "CLOSED",
        HistoryKind.Malformed => "MALFORMED",
        HistoryKind.Delivered => "delivered",
        HistoryKind.Decision => "log",
        HistoryKind.TimerFired => "timer",
        HistoryKind.ProcessStarted => "STARTED",
        HistoryKind.ProcessEnded => "ENDED",
        HistoryKind.ProcessPaused => "PAUSED",
        HistoryKind.ProcessResumed => "RESUMED",
        HistoryKind.ClockChanged => "CLOCK",
        HistoryKind.FaultStarted => "FAULT",
        HistoryKind.FaultEnded => "HEALED",
        HistoryKind.NetworkHeld => "held",
        HistoryKind.DiskSubmitted => "disk",
        HistoryKind.DiskDone => "disk done",
        _ => "PHASE",
    };

    private static string ParticularsOf(HistoryEvent happened)
    {
        if (happened.Packet is { } wire)
        {
            var packet = PacketText.Of(wire.Packet);
            return happened.Detail is { } remark ? $"{packet} ({PacketText.Escape(remark)})" : packet;
        }

        var parts = new List<string>(3);
        if (OtherEndOf(happened) is { } other)
        {
            if (happened.Kind is HistoryKind.ConnectionRequested or HistoryKind.ConnectionOpened) parts.Add($"to {other}");
            else if (other != WhereOf(happened)) parts.Add(happened.Kind == HistoryKind.ConnectionAccepted ? other : $"{other}:");
        }
        if (happened.Name is { } name) parts.Add(happened.Kind == HistoryKind.ConnectionEnded ? DescribeEnd(name) : name);
        if (happened.Detail is { Length: > 0 } detail) parts.Add(parts.Count == 0 ? detail : $"- {detail}");
        return PacketText.Escape(string.Join(' ', parts));
    }

    private static string DescribeEnd(string name) => name switch
    {
        "closed" => "closed here",
        "fin" => "closed by the other end",
        "timeout" => "given up: no answer",
        "vanished" => "vanished without a word",
        "process_ended" => "gone with its process",
        _ => name,
    };

    // The client's end is named by its connection, the broker's by the broker.
    private static string? OtherEndOf(HistoryEvent happened) =>
        happened.Connection is { } connection && ExchangeTracker.ClientOf(connection) != happened.Node ? connection : happened.Peer;
}
