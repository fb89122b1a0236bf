using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Histories;

// A broker that came back with less than it had told its clients, and what its history is without that.
internal sealed partial class HistoryView
{
    private readonly bool _mayHaveMore;                     // sessions of which the history says nothing

    /// <summary>The ends of a broker's process behind which it may have had less than it had promised: what its mode does not promise to keep over
    /// a power loss, or what its disk only said that it kept, or has changed since.</summary>
    public IEnumerable<HistoryEvent> RollbacksOf(string broker) => BrokerOf(broker).Persistence switch
    {
        Persistence.Memory => [],
        var persistence => History.Events.Where(happened => happened.Kind == HistoryKind.ProcessEnded && happened.Node == broker
            && ((persistence == Persistence.Os && happened.Name == "power_loss") || World.Faults.Any(fault => fault.Node == broker && MayUndo(fault, happened)))),
    };

    /// <summary>Whether a fault of a disk may have undone what its broker had been told was kept, when its process ended so. What a disk lied about
    /// is in the system's cache: it is lost with the power, and with a sync that fails. Bits that rot are missed by the next start.</summary>
    private bool MayUndo(Stretch fault, HistoryEvent ended) => fault.Name switch
    {
        "bit_rot" or "D6" => fault.Event < (History.Events.Skip(ended.Index).FirstOrDefault(happened => happened.Kind == HistoryKind.ProcessStarted && happened.Node == ended.Node) ?? ended).Index,
        "disk_lies" or "D7" => fault.Event < ended.Index && (ended.Name == "power_loss"
            || World.Faults.Any(failing => failing.Node == fault.Node && failing.Name is "disk_error" or "D5" && failing.Event < ended.Index && failing.To >= fault.From)),
        _ => false,
    };

    /// <summary>The history as if some brokers had not been there, but for their ends and faults.</summary>
    public HistoryView Without(IReadOnlyCollection<string> brokers) =>
        Part(happened => !brokers.Contains(BrokerOf(happened)), brokers, History.Events.Count, Facts.EndNanoseconds, mayHaveMore: false);

    /// <summary>The history of one broker between two of its rollbacks: of its connections that were there before nothing is left, and what it may
    /// have kept of their sessions is not known.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="from">The rollback that it begins with; null for the start of the run.</param>
    /// <param name="until">The rollback that it ends before; null for the end of the run.</param>
    public HistoryView Between(string broker, HistoryEvent? from, HistoryEvent? until)
    {
        var first = from?.Index ?? 0;
        return Part(
            happened => BrokerOf(happened) is not { } whose || (whose == broker && IsLeft(happened)), [.. Facts.Brokers.Keys], until?.Index ?? History.Events.Count,
            until?.Nanoseconds ?? Facts.EndNanoseconds, mayHaveMore: from is not null);

        // Limits that were changed stay so.
        bool IsLeft(HistoryEvent happened) => Connection(happened.Connection) is { } connection
            ? (connection.Accepted?.Index ?? happened.Index) >= first
            : happened.Index >= first || JudgedDecisions.Is(happened, JudgedDecisions.OptionsChanged);
    }

    /// <summary>Whose connection or log an event belongs to; null for anything else.</summary>
    private string? BrokerOf(HistoryEvent happened) =>
        Connection(happened.Connection)?.Broker ?? (happened.Kind == HistoryKind.Decision ? happened.Node : null);

    /// <summary>The events up to one, each where it was, and nothing in the place of those that are left out.</summary>
    private HistoryView Part(Func<HistoryEvent, bool> isIn, IReadOnlyCollection<string> uncounted, int count, long end, bool mayHaveMore)
    {
        var part = new History(Math.Max(1, count));
        foreach (var happened in History.Events.Take(count))
            part.Add(isIn(happened) ? happened : new HistoryEvent { Index = happened.Index, Nanoseconds = happened.Nanoseconds, Kind = HistoryKind.Step, Node = "" });

        // What a broker held was counted at the end of the whole run.
        var brokers = Facts.Brokers.ToDictionary(broker => broker.Key, broker => uncounted.Contains(broker.Key) ? broker.Value with { AtEnd = null } : broker.Value, StringComparer.Ordinal);
        return new HistoryView(part, Facts with { EndNanoseconds = end, Brokers = brokers }, Scenario, mayHaveMore);
    }

    /// <summary>Whether a session that nobody has seen begin may be there, of before a rollback.</summary>
    private bool MayBeRestored(SessionView? earlier, ConnectionView next) => _mayHaveMore && earlier is null && !next.Connect!.CleanStart;
}
