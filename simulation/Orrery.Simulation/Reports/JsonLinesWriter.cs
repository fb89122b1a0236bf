using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;

namespace Orrery.Simulation.Reports;

/// <summary>Writes a run as JSON Lines: a line about the run, then one for each event, in order.</summary>
/// <remarks>
/// The keys are stable: a change of what one means changes <see cref="FormatVersion"/>. What does not apply is left out.
/// docs/SIMULATION.md lists them. Fields of a packet are those of <see cref="PacketFields"/>; `bytes` is the whole of it.
/// </remarks>
public static class JsonLinesWriter
{
    /// <summary>The value of `orrery_history` on the first line.</summary>
    public const int FormatVersion = 1;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the run as UTF-8.</summary>
    public static void Write(RunResult result, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(output);
        using var json = new Utf8JsonWriter(output, Options);
        WriteRun(json, result);
        EndLine(json, output);
        foreach (var happened in result.History.Events)
        {
            WriteEvent(json, happened);
            EndLine(json, output);
        }
    }

    /// <summary>Writes what a run found as the members of an object that is open: `findings`.</summary>
    public static void WriteFindings(Utf8JsonWriter json, IReadOnlyList<Finding> findings)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(findings);
        json.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("rule", finding.Rule);
            json.WriteString("statement", finding.Statement);
            json.WriteString("message", finding.Message);
            if (finding.IsUnknown) json.WriteBoolean("unknown", true);
            json.WriteStartArray("events");
            foreach (var index in finding.Events) json.WriteNumberValue(index);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteRun(Utf8JsonWriter json, RunResult result)
    {
        json.WriteStartObject();
        json.WriteNumber("orrery_history", FormatVersion);
        json.WriteString("name", result.Name);
        json.WriteNumber("seed", result.Seed);
        json.WriteString("scenario", result.ScenarioHash);
        json.WriteString("verdict", NameOf(result.Verdict));
        json.WriteString("trace", result.TraceHash);
        json.WriteNumber("virtual_ns", result.VirtualNanoseconds);
        json.WriteNumber("kernel_events", result.Events);
        json.WriteNumber("omitted", result.History.Omitted);
        if (result.SkipReason is { } reason) json.WriteString("skipped", reason);
        WriteFindings(json, result.Findings);
        json.WriteEndObject();
    }

    private static void WriteEvent(Utf8JsonWriter json, HistoryEvent happened)
    {
        json.WriteStartObject();
        json.WriteNumber("index", happened.Index);
        json.WriteNumber("ns", happened.Nanoseconds);
        json.WriteString("kind", NameOf(happened.Kind));
        json.WriteString("node", happened.Node);
        if (happened.Connection is { } connection) json.WriteString("connection", connection);
        if (happened.Peer is { } peer) json.WriteString("peer", peer);
        if (happened.Name is { } name) json.WriteString("name", name);
        if (happened.Detail is { } detail) json.WriteString("detail", detail);
        if (happened.Step >= 0) json.WriteNumber("step", happened.Step);
        if (happened.Cause >= 0) json.WriteNumber("cause", happened.Cause);
        if (!happened.Bytes.IsEmpty) json.WriteBase64String("bytes", happened.Bytes.Span);
        if (happened.Packet is { } wire)
        {
            json.WriteStartObject("packet");
            json.WriteString("type", PacketFields.NameOf(wire.Packet.Type));
            json.WriteString("to", wire.IsToBroker ? "broker" : "client");
            json.WriteNumber("number", wire.Number);
            PacketFields.Write(wire.Packet, new FieldWriter(json));
            json.WriteBase64String("bytes", wire.Bytes.Span);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    /// <summary>The name in lower case with '_' between its words.</summary>
    public static string NameOf<T>(T value) where T : struct, Enum
    {
        var name = new StringBuilder();
        foreach (var character in value.ToString())
        {
            if (char.IsUpper(character) && name.Length > 0) name.Append('_');
            name.Append(char.ToLowerInvariant(character));
        }
        return name.ToString();
    }

    private static void EndLine(Utf8JsonWriter json, IBufferWriter<byte> output)
    {
        json.Flush();
        json.Reset();
        output.Write("\n"u8);
    }

    private sealed class FieldWriter(Utf8JsonWriter json) : IPacketFieldSink
    {
        public void Number(string name, long value) => json.WriteNumber(name, value);

        public void Seconds(string name, long value) => json.WriteNumber($"{name}_seconds", value);

        public void Text(string name, string value) => json.WriteString(name, value);

        public void Flag(string name) => json.WriteBoolean(name, true);

        // Once as text where it is one; `bytes` of the packet has it in any case.
        public void Bytes(string name, ReadOnlyMemory<byte> value)
        {
            if (PacketText.TryGetText(value.Span) is { } text) json.WriteString(name, text);
            else json.WriteString($"{name}_hex", Convert.ToHexStringLower(value.Span));
        }

        public void List(string name, IReadOnlyList<string> values)
        {
            json.WriteStartArray(name);
            foreach (var value in values) json.WriteStringValue(value);
            json.WriteEndArray();
        }
    }
}
