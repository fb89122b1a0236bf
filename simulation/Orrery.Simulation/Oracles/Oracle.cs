using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;

namespace Orrery.Simulation.Oracles;

/// <summary>A rule that holds in every run.</summary>
/// <param name="Id">Its name, such as Q2-1.</param>
/// <param name="Statements">What of the specification it rests on; empty for a promise of ours.</param>
/// <param name="Sentence">What it says.</param>
/// <param name="Judge">Finds what breaks it. It only looks.</param>
internal sealed record Oracle(string Id, IReadOnlyList<string> Statements, string Sentence, Func<HistoryView, IEnumerable<Violation>> Judge)
{
    /// <summary>What breaks the rule, as findings.</summary>
    /// <param name="view">The history.</param>
    /// <param name="max">How many at most.</param>
    public IEnumerable<Finding> Find(HistoryView view, int max) => Rollbacks.Judge(this, view).Where(violation => Counts(view, violation)).Take(max).Select(violation => new Finding(
        Id, Statements.Count == 0 ? Sentence : string.Join(", ", Statements), violation.Message,
        [.. violation.Events.OfType<HistoryEvent>().Select(happened => happened.Index).Distinct().Order()]));

    /// <summary>Whether the rule holds though a client's bytes are corrupted on the way (N11): of what concerns that client alone nothing else is
    /// promised, and of the broker itself this is.</summary>
    /// <remarks>S-5 and L-4 count what a broker holds, and what it read and said itself; the end of the history that they point at is nobody's.</remarks>
    private bool IsRobust => Id is "X-1" or "X-2" or "L-2" or "L-3" or "L-4" or "P-1" or "S-5";

    private bool Counts(HistoryView view, Violation violation) =>
        IsRobust || !violation.Events.Any(happened => view.IsCorrupted(happened?.Connection));
}

/// <summary>One place where a rule was broken.</summary>
/// <param name="Message">What was seen, and what should have been.</param>
/// <param name="Events">What shows it; null entries don't count.</param>
internal readonly record struct Violation(string Message, params IReadOnlyList<HistoryEvent?> Events);
