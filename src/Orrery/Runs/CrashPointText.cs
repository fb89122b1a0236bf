using System.Globalization;
using System.Text;
using System.Text.Json;
using Orrery.Simulation.Running;

namespace Orrery.Runs;

/// <summary>What is said of runs that were crashed at each of their points.</summary>
internal static class CrashPointText
{
    private const int ShownMax = 5;                 // points of one run, with all that shows what is wrong; the rest is named

    /// <summary>A line for a run, and below it the points where something was broken, of which nobody can tell, and where it never came to.</summary>
    /// <param name="planned">The run.</param>
    /// <param name="outcomes">What came of its points.</param>
    /// <param name="isPart">Whether points are missing, because somebody interrupted.</param>
    /// <param name="nameWidth">Of the longest name.</param>
    public static string Of(PlannedRun planned, IReadOnlyList<CrashOutcome> outcomes, bool isPart, int nameWidth)
    {
        CrashOutcome[] broken = [.. With(outcomes, Verdict.Fail)], unknown = [.. With(outcomes, Verdict.Unknown)], missed = [.. Missed(outcomes)];
        var text = new StringBuilder();
        text.Append(broken.Length > 0 ? "FAIL     " : unknown.Length > 0 ? "unknown  " : isPart ? "part     " : "pass     ").Append(planned.Run.Name.PadRight(nameWidth))
            .Append(CultureInfo.InvariantCulture, $"  seed {planned.Seed}  {outcomes.Count - missed.Length,6} points");
        if (isPart) text.Append(", interrupted");
        if (broken.Length > 0) text.Append(CultureInfo.InvariantCulture, $"  {broken.Length} with violations");
        if (unknown.Length > 0) text.Append(CultureInfo.InvariantCulture, $"  {unknown.Length} unknown");
        if (missed.Length > 0) text.Append(CultureInfo.InvariantCulture, $"  {missed.Length} never reached");
        text.Append('\n');
        Show(text, broken);
        Show(text, unknown);
        if (missed.Length > 0) text.Append("  never reached: ").AppendJoin(", ", missed.Select(outcome => outcome.Point)).Append('\n');
        return text.ToString();
    }

    /// <summary>An object for a run, on a line. The parameters are those of <see cref="Of"/>.</summary>
    public static byte[] Json(PlannedRun planned, IReadOnlyList<CrashOutcome> outcomes, bool isPart)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("file", planned.File.File);
            json.WriteString("name", planned.Run.Name);
            json.WriteNumber("seed", planned.Seed);
            json.WriteNumber("points", outcomes.Count - Missed(outcomes).Count());
            if (isPart) json.WriteBoolean("interrupted", true);
            Write(json, "violations", With(outcomes, Verdict.Fail));
            Write(json, "unknown", With(outcomes, Verdict.Unknown));
            json.WriteStartArray("never_reached");
            foreach (var outcome in Missed(outcomes)) json.WriteStringValue(outcome.Point.ToString());
            json.WriteEndArray();
            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    /// <summary>The last line.</summary>
    public static string Summary(CrashPointCounts counts, TimeSpan elapsed)
    {
        var text = new StringBuilder();
        if (counts.IsInterrupted)
        {
            text.Append(CultureInfo.InvariantCulture, $"interrupted after {counts.Judged} of {counts.Planned} crash points");
            if (counts.AgainPoints > 0) text.Append(CultureInfo.InvariantCulture, $" and {counts.AgainPoints} during starts");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"{counts.Points} crash points of {counts.Scenarios} {(counts.Scenarios == 1 ? "scenario" : "scenarios")}");
        }

        if (counts.Unknown > 0) text.Append(CultureInfo.InvariantCulture, $", {counts.Unknown} unknown");
        if (counts.NeverReached > 0) text.Append(CultureInfo.InvariantCulture, $", {counts.NeverReached} never reached");
        return text.Append(CultureInfo.InvariantCulture, $": {counts.Violations} violations in {elapsed.TotalSeconds:0.0} s\n").ToString();
    }

    /// <summary>The last line where the operations were not even counted.</summary>
    public static string NothingCrashed(TimeSpan elapsed) => string.Create(
        CultureInfo.InvariantCulture, $"interrupted before the first crash point, while operations were counted: nothing was judged in {elapsed.TotalSeconds:0.0} s\n");

    /// <summary>Whether a reader has to look at it: something was wrong, or nobody can tell.</summary>
    public static bool IsNoteworthy(CrashOutcome outcome) => outcome.Outcome.Verdict is Verdict.Fail or Verdict.Unknown;

    private static IEnumerable<CrashOutcome> With(IReadOnlyList<CrashOutcome> outcomes, Verdict verdict) => outcomes.Where(outcome => outcome.Outcome.Verdict == verdict);

    private static IEnumerable<CrashOutcome> Missed(IReadOnlyList<CrashOutcome> outcomes) => outcomes.Where(outcome => outcome.Reach != CrashReach.Whole);

    private static void Show(StringBuilder text, CrashOutcome[] outcomes)
    {
        foreach (var outcome in outcomes.Take(ShownMax))
        {
            text.Append("  crashed at ").Append(outcome.Point).Append('\n');
            foreach (var line in outcome.Outcome.Findings.Take(2).SelectMany(finding => finding.Excerpt)) text.Append("    ").Append(line).Append('\n');
            text.Append("    see all of it: ").Append(outcome.Outcome.Planned.ReplayCommand).Append('\n');
        }

        if (outcomes.Length <= ShownMax) return;
        text.Append(CultureInfo.InvariantCulture, $"  and {outcomes.Length - ShownMax} more: ");
        text.AppendJoin(", ", outcomes.Skip(ShownMax).Select(outcome => outcome.Point)).Append('\n');
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<CrashOutcome> outcomes)
    {
        json.WriteStartArray(name);
        foreach (var outcome in outcomes)
        {
            json.WriteStartObject();
            json.WriteString("point", outcome.Point.ToString());
            json.WriteString("trace", outcome.Outcome.TraceHash);
            json.WriteStartArray("findings");
            foreach (var shown in outcome.Outcome.Findings) RunJson.WriteFinding(json, shown);
            json.WriteEndArray();
            json.WriteString("replay", outcome.Outcome.Planned.ReplayCommand);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
