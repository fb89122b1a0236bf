using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Scenarios;

/// <summary>Writes `golden` into the text of a scenario, and leaves every other character as it is.</summary>
public static class GoldenText
{
    /// <summary>The text with the golden traces.</summary>
    /// <param name="file">A file that is valid.</param>
    /// <param name="text">Its text.</param>
    /// <param name="engine">The engine's version that the traces are of.</param>
    /// <param name="traces">The trace hash of each run, by name, in the order to be written. With one run in the file it stands alone.</param>
    /// <returns>Null for a text that takes no such change: the runs would be others, or would not have these traces.</returns>
    public static string? Replace(ScenarioFile file, string text, string engine, IReadOnlyList<KeyValuePair<string, string>> traces)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(traces);
        ArgumentOutOfRangeException.ThrowIfZero(traces.Count);
        var isJson = file.File.EndsWith(".json", StringComparison.Ordinal);
        var layout = RootLayout.Read(text, isJson);
        var newLine = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var golden = Compose(file.Runs.Count == 1 ? null : traces, traces[0].Value, engine, layout, isJson, newLine);

        // Positions are worth nothing where the readers saw the text in another way, so the result is read back.
        var changed = Place(text, layout, golden, newLine);
        var read = ScenarioFile.Read(file.File, changed);
        var isSame = read.Errors.Count == 0
            && read.Runs.Select(run => (run.Name, run.Seed, run.Hash)).SequenceEqual(file.Runs.Select(run => (run.Name, run.Seed, run.Hash)))
            && traces.All(trace => read.Runs.Single(run => run.Name == trace.Key).GoldenTrace == trace.Value);
        return isSame ? changed : null;
    }

    private static string Place(string text, RootLayout layout, string golden, string newLine)
    {
        if (layout.Entries.FirstOrDefault(entry => entry.Key == "golden") is { Key: not null } old) return text[..old.Start] + golden + text[old.End..];
        if (!layout.IsFlow)
        {
            var before = text.EndsWith('\n') ? text : text + newLine;
            return before + new string(' ', layout.Indentation) + golden + newLine;
        }

        // On a line of its own where the last key is on one.
        var last = layout.Entries[^1];
        var lineStart = text.LastIndexOf('\n', last.Start) + 1;
        var isOnOwnLine = lineStart > 0 && text.AsSpan(lineStart, last.Start - lineStart).IsWhiteSpace();
        return text[..last.End] + "," + (isOnOwnLine ? newLine + text[lineStart..last.Start] : " ") + golden + text[last.End..];
    }

    // JSON's quoting is YAML's too.
    private static string Compose(
        IReadOnlyList<KeyValuePair<string, string>>? runs, string trace, string engine, RootLayout layout, bool isJson, string newLine)
    {
        var quote = isJson ? "\"" : "";
        string Key(string name) => $"{quote}{name}{quote}: ";
        if (runs is null) return $"{Key("golden")}{{ {Key("engine")}{Quote(engine)}, {Key("trace")}{Quote(trace)} }}";

        var (open, close, comma) = layout.IsFlow ? (" {", "}", ",") : ("", "", "");
        var indentation = newLine + new string(' ', layout.Indentation);
        var text = new StringBuilder($"{Key("golden").TrimEnd()}{open}{indentation}  {Key("engine")}{Quote(engine)}{comma}{indentation}  {Key("runs").TrimEnd()}{open}");
        var separator = "";
        foreach (var (name, hash) in runs)
        {
            text.Append(separator).Append(indentation).Append("    ").Append(Quote(name)).Append(": ").Append(Quote(hash));
            separator = comma;
        }
        return layout.IsFlow ? text.Append(indentation).Append("  ").Append(close).Append(indentation).Append(close).ToString() : text.ToString();
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
