using Orrery.Simulation.Histories;
using Orrery.Simulation.Reports;
using Orrery.Simulation.Running;

namespace Orrery.Runs;

/// <summary>What is kept of a run once it is over, to be printed in its turn: no history, which may be large.</summary>
/// <param name="Planned">What was run.</param>
/// <param name="Verdict">What became of it.</param>
/// <param name="ScenarioHash">SHA-256 of the canonical scenario.</param>
/// <param name="TraceHash">The hash of everything that happened; empty when nothing was run.</param>
/// <param name="Findings">What was wrong, and what could not be decided.</param>
/// <param name="VirtualNanoseconds">How long the run took in virtual time.</param>
/// <param name="Events">The kernel's events.</param>
/// <param name="SkipReason">Why nothing was run; null when it was.</param>
/// <param name="Elapsed">How long it took in real time.</param>
internal sealed record RunOutcome(
    PlannedRun Planned, Verdict Verdict, string ScenarioHash, string TraceHash, IReadOnlyList<ShownFinding> Findings,
    long VirtualNanoseconds, long Events, string? SkipReason, TimeSpan Elapsed)
{
    /// <summary>Findings of one run that are shown with events; the first ones are what is worth reading.</summary>
    public const int ExcerptsMax = 10;

    /// <summary>The timeline, where it is to be printed in turn; null elsewhere.</summary>
    public byte[]? Timeline { get; init; }

    /// <summary>What is kept of a result. What is certain comes before what could not be decided.</summary>
    public static RunOutcome Of(PlannedRun planned, RunResult result, TimeSpan elapsed) => new(
        planned, result.Verdict, result.ScenarioHash, result.TraceHash,
        [.. result.Findings.OrderBy(finding => finding.IsUnknown).Select((finding, index) => index < ExcerptsMax ? ShownFinding.Of(result, finding) : ShownFinding.Of(finding))],
        result.VirtualNanoseconds, result.Events, result.SkipReason, elapsed);

    /// <summary>The outcome with one more thing that is wrong, which makes it a failure.</summary>
    public RunOutcome Fail(Finding finding) => this with { Verdict = Verdict.Fail, Findings = [.. Findings, ShownFinding.Of(finding)] };
}

/// <summary>A finding with the events that show it as they are printed.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="Excerpt">It in words, with lines of the timeline.</param>
/// <param name="Events">The first events that show it.</param>
internal sealed record ShownFinding(Finding Finding, IReadOnlyList<string> Excerpt, IReadOnlyList<ShownEvent> Events)
{
    private const int EventsMax = 12;

    /// <summary>A finding of a run.</summary>
    public static ShownFinding Of(RunResult result, Finding finding) => new(
        finding,
        TimelineWriter.Excerpt(result, finding),
        [.. finding.Events.Take(EventsMax).Select(index => ShownEvent.Of(result.History.Events[index]))]);

    /// <summary>A finding in words alone.</summary>
    public static ShownFinding Of(Finding finding) => new(finding, TimelineWriter.Describe(finding), []);
}

/// <summary>One event that shows a finding.</summary>
/// <param name="Nanoseconds">Virtual time.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Node">Whose it is.</param>
/// <param name="Connection">The connection, or null.</param>
/// <param name="Text">The packet, or what happened.</param>
internal sealed record ShownEvent(long Nanoseconds, HistoryKind Kind, string Node, string? Connection, string Text)
{
    /// <summary>What is shown of an event.</summary>
    public static ShownEvent Of(HistoryEvent happened) => new(
        happened.Nanoseconds, happened.Kind, happened.Node, happened.Connection,
        happened.Packet is { } wire ? PacketText.Of(wire.Packet) : string.Join(": ", new[] { happened.Name, happened.Detail }.Where(part => !string.IsNullOrEmpty(part))));
}
