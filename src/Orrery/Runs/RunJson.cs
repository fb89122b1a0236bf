using System.Text.Encodings.Web;
using System.Text.Json;
using Orrery.Simulation.Reports;

namespace Orrery.Runs;

/// <summary>Outcomes of runs as JSON, an object and a line each. The same run has the same line on any machine: no real time is in it.</summary>
internal static class RunJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The line, with its end.</summary>
    public static byte[] Of(RunOutcome outcome)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options)) Write(json, outcome);
        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    private static void Write(Utf8JsonWriter json, RunOutcome outcome)
    {
        var planned = outcome.Planned;
        json.WriteStartObject();
        json.WriteString("file", planned.File.File);
        json.WriteString("name", planned.Run.Name);
        json.WriteString("variant", planned.Variant);
        json.WriteNumber("seed", planned.Seed);
        json.WriteNumber("repetition", planned.Repetition);
        json.WriteString("scenario", outcome.ScenarioHash);
        json.WriteString("engine", RunExecution.EngineVersion);
        json.WriteString("verdict", JsonLinesWriter.NameOf(outcome.Verdict));
        json.WriteString("trace", outcome.TraceHash);
        json.WriteNumber("virtual_ns", outcome.VirtualNanoseconds);
        json.WriteNumber("kernel_events", outcome.Events);
        if (outcome.SkipReason is { } reason) json.WriteString("skipped", reason);
        json.WriteStartArray("findings");
        foreach (var shown in outcome.Findings) WriteFinding(json, shown);
        json.WriteEndArray();
        if (outcome.Findings.Count > 0) json.WriteString("replay", planned.ReplayCommand);
        json.WriteEndObject();
    }

    /// <summary>Writes a finding as an object.</summary>
    public static void WriteFinding(Utf8JsonWriter json, ShownFinding shown)
    {
        json.WriteStartObject();
        json.WriteString("rule", shown.Finding.Rule);
        json.WriteString("statement", shown.Finding.Statement);
        json.WriteString("message", shown.Finding.Message);
        if (shown.Finding.IsUnknown) json.WriteBoolean("unknown", true);
        json.WriteStartArray("events");
        foreach (var happened in shown.Events)
        {
            json.WriteStartObject();
            json.WriteNumber("ns", happened.Nanoseconds);
            json.WriteString("kind", JsonLinesWriter.NameOf(happened.Kind));
            json.WriteString("node", happened.Node);
            if (happened.Connection is { } connection) json.WriteString("connection", connection);
            json.WriteString("text", happened.Text);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
