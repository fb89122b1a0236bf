using System.Globalization;
using System.Text;
using Orrery.Simulation.Reports;
using Orrery.Simulation.Running;

namespace Orrery.Runs;

/// <summary>Outcomes of runs as text: a line each, what was found below it, and a summary.</summary>
internal sealed class RunText
{
    private const int NameMax = 60;                 // a longer name breaks its own line's alignment, and no other's
    private const int HashDigits = 8;

    private readonly int _nameWidth;
    private readonly int _seedWidth;
    private RunOutcome? _skipped;                   // the first of those skipped in a row, of one file and for one reason
    private int _skippedCount;

    /// <summary>Measures the columns for a plan.</summary>
    public RunText(IReadOnlyList<PlannedRun> plan)
    {
        _nameWidth = Math.Min(NameMax, plan.Max(planned => planned.Run.Name.Length));
        _seedWidth = plan.Max(planned => planned.Seed.ToString(CultureInfo.InvariantCulture).Length);
    }

    /// <summary>What to print when a run is over: its line, and of one that failed or is unknown what was found.</summary>
    /// <remarks>Runs of one file that are skipped for one reason share a line, which comes when another run follows.</remarks>
    public string Next(RunOutcome outcome)
    {
        if (outcome.SkipReason is not null && _skipped?.Planned.File == outcome.Planned.File && _skipped.SkipReason == outcome.SkipReason)
        {
            _skippedCount++;
            return "";
        }

        var before = Rest();
        if (outcome.SkipReason is null) return before + Describe(outcome);
        _skipped = outcome;
        _skippedCount = 1;
        return before;
    }

    /// <summary>The line that is still owed after the last run.</summary>
    public string Rest()
    {
        if (_skipped is not { } skipped) return "";
        _skipped = null;
        var name = _skippedCount == 1 ? skipped.Planned.Run.Name : string.Create(CultureInfo.InvariantCulture, $"{skipped.Planned.Run.Scenario.Name}, {_skippedCount} runs");
        return $"{Begin(skipped.Verdict, name)}  {skipped.SkipReason}\n";
    }

    private string Describe(RunOutcome outcome)
    {
        var planned = outcome.Planned;
        var text = new StringBuilder(Begin(outcome.Verdict, planned.Run.Name));
        text.Append("  seed ").Append(planned.Seed.ToString(CultureInfo.InvariantCulture).PadRight(_seedWidth))
            .Append(CultureInfo.InvariantCulture, $"  {VirtualTime.Of(outcome.VirtualNanoseconds),11} virtual  {outcome.Elapsed.TotalSeconds,7:0.000} s")
            .Append(CultureInfo.InvariantCulture, $"  {outcome.Events,9} events  {outcome.TraceHash[..Math.Min(HashDigits, outcome.TraceHash.Length)]}").Append('\n');
        foreach (var finding in outcome.Findings.Take(RunOutcome.ExcerptsMax))
        {
            foreach (var line in finding.Excerpt) text.Append("    ").Append(line).Append('\n');
        }
        if (outcome.Findings.Count > RunOutcome.ExcerptsMax) text.Append(CultureInfo.InvariantCulture, $"    and {outcome.Findings.Count - RunOutcome.ExcerptsMax} more findings\n");
        if (outcome.Findings.Count > 0) text.Append("    see all of it: ").Append(planned.ReplayCommand).Append('\n');
        return text.ToString();
    }

    private string Begin(Verdict verdict, string name) =>
        $"{(verdict == Verdict.Fail ? "FAIL" : JsonLinesWriter.NameOf(verdict)).PadRight("unknown".Length)}  {name.PadRight(_nameWidth)}";

    /// <summary>The last line.</summary>
    public static string Summary(IReadOnlyDictionary<Verdict, int> counts, int planned, TimeSpan elapsed)
    {
        var done = counts.Values.Sum();
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{done} {(done == 1 ? "run" : "runs")}: {Count(Verdict.Pass)} passed, {Count(Verdict.Fail)} failed, {Count(Verdict.Unknown)} unknown, {Count(Verdict.Skipped)} skipped in {elapsed.TotalSeconds:0.0} s\n");
        return done == planned ? text : string.Create(CultureInfo.InvariantCulture, $"broken off after {done} of {planned} runs\n{text}");

        int Count(Verdict verdict) => counts.GetValueOrDefault(verdict);
    }
}
