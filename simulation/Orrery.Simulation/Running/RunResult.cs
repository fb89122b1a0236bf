using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Running;

/// <summary>What became of a run.</summary>
public enum Verdict
{
    /// <summary>All that was claimed held.</summary>
    Pass,

    /// <summary>A claim or a rule was broken.</summary>
    Fail,

    /// <summary>A claim could be neither confirmed nor refuted.</summary>
    Unknown,

    /// <summary>The scenario requires what is not there; nothing was run.</summary>
    Skipped,
}

/// <summary>A claim or a rule that did not hold, or could not be decided.</summary>
/// <param name="Rule">The id of the oracle, such as Q2-1, or "expect" for a claim of the scenario, "golden", or "engine".</param>
/// <param name="Statement">The statements of the specification that it rests on, or the claim as the file has it.</param>
/// <param name="Message">What was seen and what should have been, in one or two sentences with names, times and numbers.</param>
/// <param name="Events">The indices of the history's events that show it, in order.</param>
/// <param name="IsUnknown">True when it could not be decided.</param>
public sealed record Finding(string Rule, string Statement, string Message, IReadOnlyList<int> Events, bool IsUnknown = false);

/// <summary>One run of a scenario, judged.</summary>
/// <param name="Name">The run's name, `scenario/variant[axis=value]#i`.</param>
/// <param name="Seed">Where all chance came from.</param>
/// <param name="ScenarioHash">SHA-256 of the canonical scenario.</param>
/// <param name="Verdict">What became of it.</param>
/// <param name="TraceHash">The hash of everything that happened, 16 hexadecimal digits; empty when nothing was run.</param>
/// <param name="Findings">What was wrong, and what could not be decided.</param>
/// <param name="History">What happened.</param>
/// <param name="VirtualNanoseconds">How long the run took in virtual time.</param>
/// <param name="Events">The kernel's events.</param>
/// <param name="SkipReason">What the scenario requires and is not there; null when it was run.</param>
public sealed record RunResult(
    string Name, ulong Seed, string ScenarioHash, Verdict Verdict, string TraceHash, IReadOnlyList<Finding> Findings,
    History History, long VirtualNanoseconds, long Events, string? SkipReason = null)
{
    /// <summary>Of a run that was crashed: the operations of the start after it at which it can be crashed again, counted from that start.</summary>
    public IReadOnlyList<long> RecoveryOperations { get; init; } = [];

    /// <summary>How much of its crash point happened; all of it where it has none.</summary>
    public CrashReach CrashReach { get; init; }

    /// <summary>Virtual time: of the first event that shows what was wrong; null where nothing was.</summary>
    public long? FailedAtNanoseconds =>
        Findings.Where(finding => !finding.IsUnknown && finding.Events.Count > 0).Select(finding => (long?)History.Events[finding.Events[0]].Nanoseconds).Min();
}
