namespace Orrery.Simulation.Histories;

/// <summary>A stretch of virtual time.</summary>
/// <param name="Node">Whose.</param>
/// <param name="Name">What it was.</param>
/// <param name="From">Its first instant.</param>
/// <param name="To">Its last; <see cref="long.MaxValue"/> while it has not ended.</param>
/// <param name="Event">The index of the event that began it.</param>
internal sealed record Stretch(string Node, string Name, long From, long To, int Event)
{
    /// <summary>Whether the two have an instant in common.</summary>
    public bool Overlaps(long from, long to) => From <= to && To >= from;
}

/// <summary>What disturbed the nodes and links of a run, and when.</summary>
internal sealed class Disturbances
{
    /// <summary>The name of the fault that lets an actor starve (S2).</summary>
    public const string StarveName = "starve";

    /// <summary>The name of the fault that flips bits (N11).</summary>
    public const string CorruptName = "corrupt";

    private readonly List<Stretch> _faults = [];
    private readonly List<Stretch> _pauses = [];
    private readonly List<Stretch> _absences = [];
    private readonly List<(string Node, long At)> _ends = [];
    private readonly HashSet<string> _clocks = [];
    private readonly HashSet<string> _jumps = [];

    /// <summary>Faults, in the order they began.</summary>
    public IReadOnlyList<Stretch> Faults => _faults;

    /// <summary>Pauses of processes, in the order they began.</summary>
    public IReadOnlyList<Stretch> Pauses => _pauses;

    /// <summary>Times at which a process was not there, in the order they began.</summary>
    public IReadOnlyList<Stretch> Absences => _absences;

    /// <summary>Notes an event.</summary>
    public void Add(HistoryEvent happened)
    {
        switch (happened.Kind)
        {
            case HistoryKind.FaultStarted or HistoryKind.FaultEnded when happened.Name is StarveName:
                break;                                      // an unlucky order of turns is one of those that must do
            case HistoryKind.FaultStarted:
                _faults.Add(Open(happened));
                break;
            case HistoryKind.FaultEnded:
                Close(_faults, happened, open => open.Name == happened.Name || happened.Name is null);
                break;
            case HistoryKind.ProcessPaused:
                _pauses.Add(Open(happened));
                break;
            case HistoryKind.ProcessResumed:
                Close(_pauses, happened, _ => true);
                break;
            case HistoryKind.ProcessEnded:
                _ends.Add((happened.Node, happened.Nanoseconds));
                Close(_pauses, happened, _ => true);
                _absences.Add(Open(happened));
                break;
            case HistoryKind.ProcessStarted:
                Close(_absences, happened, _ => true);
                break;
            case HistoryKind.ClockChanged when happened.Detail?.Contains("jumps", StringComparison.Ordinal) == true:
                _jumps.Add(happened.Node);                  // moves no timer of a process that goes on
                break;
            case HistoryKind.ClockChanged:
                _clocks.Add(happened.Node);
                break;
        }
    }

    /// <summary>Whether a node's clock ever ran faster or slower than virtual time.</summary>
    public bool ClockChanged(string node) => _clocks.Contains(node);

    /// <summary>Whether time that a node counts may differ from virtual time: its clock ran otherwise, or its wall clock, by which it dates what
    /// outlives it, was set and the process ended.</summary>
    public bool CountsOtherwise(string node) => ClockChanged(node) || (_jumps.Contains(node) && _ends.Exists(end => end.Node == node));

    /// <summary>When a process that ended at an instant, or was down then, was there again; null for never. One that ended at the instant of its start was not.</summary>
    public long? BackAfter(string node, long at) =>
        _absences.FindLast(absence => absence.Node == node && absence.From <= at && absence.To >= at) is not { } absence ? at : absence.To == long.MaxValue ? null : absence.To;

    /// <summary>Whether a process was paused in a stretch of time.</summary>
    public bool IsPaused(string node, long from, long to) => _pauses.Exists(pause => pause.Node == node && pause.Overlaps(from, to));

    /// <summary>When the last pause ended that overlaps a stretch of time; null for none, or one that did not end.</summary>
    public Stretch? LastPause(string node, long from, long to) => _pauses.FindLast(pause => pause.Node == node && pause.Overlaps(from, to));

    /// <summary>Whether a process was there throughout a stretch of time.</summary>
    public bool IsUp(string node, long from, long to) => !_absences.Exists(absence => absence.Node == node && absence.Overlaps(from, to));

    /// <summary>When a process ended first at or after an instant; null for never.</summary>
    public long? EndAfter(string node, long from)
    {
        foreach (var (ended, at) in _ends)
        {
            if (ended == node && at >= from) return at;
        }

        return null;
    }

    /// <summary>Whether a process ended within a stretch of time.</summary>
    public bool HasEnded(string node, long from, long to) => EndAfter(node, from) is { } at && at <= to;

    /// <summary>Whether nothing that was injected touched a client, its broker or what joins them in a stretch of time.</summary>
    /// <param name="client">The client.</param>
    /// <param name="broker">The broker.</param>
    /// <param name="from">The first instant.</param>
    /// <param name="to">The last.</param>
    /// <param name="leavesOut">The name of a fault that is no excuse; null for none.</param>
    public bool IsCalm(string client, string broker, long from, long to, string? leavesOut = null) =>
        !_faults.Exists(fault => fault.Overlaps(from, to) && fault.Name != leavesOut && Touches(fault.Node, client, broker))
        && !IsPaused(broker, from, to) && !IsPaused(client, from, to)
        && IsUp(broker, from, to) && IsUp(client, from, to);

    /// <summary>When bits first flipped on what joins a client and its broker; null for never.</summary>
    public long? CorruptedFrom(string client, string broker) =>
        _faults.Find(fault => fault.Name == CorruptName && Touches(fault.Node, client, broker))?.From;

    // A node that is no link of another client: a broker, a partition, a kind of links. When in doubt it touches.
    private static bool Touches(string node, string client, string broker)
    {
        var arrow = node.IndexOf("->", StringComparison.Ordinal);
        if (arrow < 0) return true;
        var from = node[..arrow].TrimEnd('<');
        var to = node[(arrow + 2)..];
        return Is(from) && Is(to);

        bool Is(string name) => name == client || name == broker || IsGroup(name, client) || IsGroup(name, broker);
    }

    private static bool IsGroup(string name, string member) => member.StartsWith($"{name}[", StringComparison.Ordinal);

    private static Stretch Open(HistoryEvent happened) =>
        new(happened.Node, happened.Name ?? "", happened.Nanoseconds, long.MaxValue, happened.Index);

    private static void Close(List<Stretch> stretches, HistoryEvent happened, Predicate<Stretch> isIt)
    {
        var index = stretches.FindIndex(open => open.Node == happened.Node && open.To == long.MaxValue && isIt(open));
        if (index >= 0) stretches[index] = stretches[index] with { To = happened.Nanoseconds };
    }
}
