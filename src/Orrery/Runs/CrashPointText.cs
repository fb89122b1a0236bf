using System.Globalization;
using System.Text;
using System.Text.Json;
using Orrery.Simulation.Running;

namespace Orrery.Runs;

/// <summary>What is said of runs that were crashed at each of their points.</summary>
internal static class CrashPointText
{
    private const int ViolationsMax = 5;            // of one run, with all that shows them; the rest is counted

    /// <summary>A line for a run, and below it the points where something was broken.</summary>
    public static string Of(PlannedRun planned, IReadOnlyList<CrashOutcome> outcomes, int nameWidth)
    {
        var broken = outcomes.Where(outcome => IsBroken(outcome)).ToArray();
        var text = new StringBuilder();
        text.Append(broken.Length == 0 ? "pass   " : "FAIL   ").Append(planned.Run.Name.PadRight(nameWidth))
            .Append(CultureInfo.InvariantCulture, $"  seed {planned.Seed}  {outcomes.Count,6} points");
        if (broken.Length > 0) text.Append(CultureInfo.InvariantCulture, $"  {broken.Length} with violations");
        text.Append('\n');
        foreach (var outcome in broken.Take(ViolationsMax))
        {
            text.Append("  crashed at ").Append(outcome.Point).Append('\n');
            foreach (var line in outcome.Outcome.Findings.Take(2).SelectMany(finding => finding.Excerpt)) text.Append("    ").Append(line).Append('\n');
            text.Append("    see all of it: ").Append(outcome.Outcome.Planned.ReplayCommand).Append('\n');
        }

        if (broken.Length > ViolationsMax)
        {
            text.Append(CultureInfo.InvariantCulture, $"  and {broken.Length - ViolationsMax} more: ");
            text.AppendJoin(", ", broken.Skip(ViolationsMax).Select(outcome => outcome.Point)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>An object for a run, on a line.</summary>
    public static byte[] Json(PlannedRun planned, IReadOnlyList<CrashOutcome> outcomes)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("file", planned.File.File);
            json.WriteString("name", planned.Run.Name);
            json.WriteNumber("seed", planned.Seed);
            json.WriteNumber("points", outcomes.Count);
            json.WriteStartArray("violations");
            foreach (var outcome in outcomes.Where(IsBroken))
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
            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    /// <summary>The last line.</summary>
    public static string Summary(long points, int scenarios, int violations, TimeSpan elapsed) => string.Create(
        CultureInfo.InvariantCulture,
        $"{points} crash points of {scenarios} {(scenarios == 1 ? "scenario" : "scenarios")}: {violations} violations in {elapsed.TotalSeconds:0.0} s\n");

    /// <summary>Whether something was certainly wrong.</summary>
    public static bool IsBroken(CrashOutcome outcome) => outcome.Outcome.Verdict == Verdict.Fail;
}
