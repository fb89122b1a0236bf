using System.Buffers;
using System.Globalization;
using System.Text;
using Orrery.Simulation.Running;

namespace Orrery.Simulation.Reports;

/// <summary>Writes a run as text for people: what it was, every event in order, and what was found.</summary>
public static class TimelineWriter
{
    private const int ShownEventsMax = 12;          // of a finding; a claim about a whole topic may rest on thousands
    private const int ContextReach = 200;           // how far away the events before and after may be

    /// <summary>Writes the whole run as UTF-8.</summary>
    public static void Write(RunResult result, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(output);
        foreach (var line in Lines(result))
        {
            Encoding.UTF8.GetBytes(line, output);
            output.Write("\n"u8);
        }
    }

    /// <summary>The lines of <see cref="Write"/>.</summary>
    public static IEnumerable<string> Lines(RunResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Head(result).Concat(new Timeline(result.History).Lines(null, MarksOf(result.Findings))).Concat(Tail(result));
    }

    /// <summary>A finding in words, and the events that show it with what came before and after them on the same connections.</summary>
    public static IReadOnlyList<string> Excerpt(RunResult result, Finding finding)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(finding);
        var lines = new List<string>(Describe(finding));
        var shown = finding.Events.Count <= ShownEventsMax
            ? finding.Events
            : [.. finding.Events.Take(ShownEventsMax / 2), .. finding.Events.TakeLast(ShownEventsMax / 2)];
        var chosen = new HashSet<int>(shown.SelectMany(index => Around(result, index)));
        if (chosen.Count > 0) lines.AddRange(new Timeline(result.History) { ShowsNumbers = false }.Lines(chosen.Contains, MarksOf([finding])));
        if (shown.Count < finding.Events.Count) lines.Add(Invariant($"  ({finding.Events.Count} events show it; the first and the last {ShownEventsMax / 2} are here)"));
        return lines;
    }

    /// <summary>A finding in words: its rule, what was seen, and what it rests on.</summary>
    public static IReadOnlyList<string> Describe(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        var message = $"{(finding.IsUnknown ? "UNKNOWN" : "BROKEN")} {finding.Rule}: {finding.Message}";
        return finding.Statement.Length == 0 ? [message] : [message, $"  {finding.Statement}"];
    }

    private static IEnumerable<string> Head(RunResult result)
    {
        yield return $"run       {result.Name}";
        yield return Invariant($"seed      {result.Seed}");
        yield return $"verdict   {result.Verdict.ToString().ToLowerInvariant()}{(result.SkipReason is { } reason ? $": {reason}" : "")}";
        if (result.TraceHash.Length > 0) yield return $"trace     {result.TraceHash}";
        yield return "";
    }

    private static IEnumerable<string> Tail(RunResult result)
    {
        yield return "";
        if (result.History.Omitted > 0) yield return Invariant($"{result.History.Omitted} later events were not kept.");
        yield return Invariant($"{VirtualTime.Of(result.VirtualNanoseconds)} of virtual time, {result.History.Events.Count} events shown, {result.Events} in all");
        foreach (var finding in result.Findings)
        {
            yield return "";
            foreach (var line in Describe(finding)) yield return line;
            if (finding.Events.Count > 0) yield return $"  shown by {string.Join(", ", finding.Events.Take(ShownEventsMax).Select(index => Invariant($"#{index}")))}{(finding.Events.Count > ShownEventsMax ? ", .." : "")}";
        }
    }

    // '!' is an event that shows what is broken, '?' one that shows what could not be decided.
    private static Func<int, char> MarksOf(IReadOnlyList<Finding> findings)
    {
        var marks = new Dictionary<int, char>();
        foreach (var finding in findings.OrderByDescending(finding => finding.IsUnknown))
        {
            foreach (var index in finding.Events) marks[index] = finding.IsUnknown ? '?' : '!';
        }
        return index => marks.GetValueOrDefault(index, ' ');
    }

    // The event, the one that led to it, two before it and one after it on its connection, or of its node where it has none.
    private static IEnumerable<int> Around(RunResult result, int index)
    {
        var events = result.History.Events;
        if (index < 0 || index >= events.Count) yield break;
        yield return index;
        if (events[index].Cause >= 0) yield return events[index].Cause;
        var connection = events[index].Connection;
        bool IsNear(int other) => connection is null ? events[other].Node == events[index].Node : events[other].Connection == connection;
        foreach (var before in Enumerable.Range(1, ContextReach).Select(step => index - step).TakeWhile(other => other >= 0).Where(IsNear).Take(2)) yield return before;
        foreach (var after in Enumerable.Range(1, ContextReach).Select(step => index + step).TakeWhile(other => other < events.Count).Where(IsNear).Take(1)) yield return after;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
