namespace Orrery.Simulation.Histories;

/// <summary>All that happened in a run, in one order. Whoever records it changes nothing in the run.</summary>
public sealed class History
{
    /// <summary>Events that are kept unless told otherwise: about 1 GiB at the most.</summary>
    public const int DefaultEventsMax = 4_000_000;

    private readonly List<HistoryEvent> _events = [];
    private readonly int _eventsMax;

    /// <summary>Makes an empty history.</summary>
    /// <param name="eventsMax">How many events are kept; what comes later is only counted.</param>
    public History(int eventsMax = DefaultEventsMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(eventsMax, 1);
        _eventsMax = eventsMax;
    }

    /// <summary>What happened, by index.</summary>
    public IReadOnlyList<HistoryEvent> Events => _events;

    /// <summary>Events that came after the limit, and are not kept. Above 0, claims about the whole run can't be decided.</summary>
    public long Omitted { get; private set; }

    /// <summary>Adds an event; its index is set here.</summary>
    /// <returns>The event as it is kept.</returns>
    public HistoryEvent Add(HistoryEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        return Add(happened, happened.Nanoseconds);
    }

    /// <summary>Adds an event; its index and its time are set here.</summary>
    internal HistoryEvent Add(HistoryEvent happened, long nanoseconds)
    {
        if (_events.Count == _eventsMax)
        {
            Omitted++;
            return happened with { Index = -1, Nanoseconds = nanoseconds };
        }

        var kept = happened with { Index = _events.Count, Nanoseconds = nanoseconds };
        _events.Add(kept);
        return kept;
    }
}
