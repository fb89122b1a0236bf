using System.Text;
using System.Text.Json;
using Orrery.Simulation.Reports;

namespace Orrery.CrashTests;

/// <summary>The history on disk, as JSON Lines: what a breach is looked up in.</summary>
internal sealed class HistoryFile : IDisposable
{
    private const string MessageField = "\"message\":\"";

    private readonly FileStream _file;

    /// <summary>Begins a file, in place of one that is there.</summary>
    public HistoryFile(string path)
    {
        Path = path;
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1 << 16);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Writes events behind those that are there.</summary>
    public void Write(IEnumerable<CrashEvent> events)
    {
        foreach (var one in events) _file.Write(Line(one));
        _file.Flush();
    }

    /// <summary>The lines of one message, as text; of a client where it has none; the newest of them if there are many.</summary>
    /// <param name="path">Of a file that was written.</param>
    /// <param name="finding">What to look up.</param>
    /// <param name="countMax">At most so many.</param>
    public static IReadOnlyList<string> Find(string path, Finding finding, int countMax)
    {
        var wanted = finding.Message is { } tag ? $"{MessageField}{JsonEncodedText.Encode(tag.ToString())}\"" : $"\"client\":\"{finding.Client}\"";
        var found = new Queue<string>();
        foreach (var line in File.ReadLines(path))
        {
            var isProcess = line.Contains("\"client\":\"\"", StringComparison.Ordinal);
            if (!isProcess && !line.Contains(wanted, StringComparison.Ordinal)) continue;
            using var parsed = JsonDocument.Parse(line);
            if (finding.Event > 0 && parsed.RootElement.GetProperty("number").GetInt64() > finding.Event) break;
            found.Enqueue(AsText(parsed.RootElement));
            if (found.Count > countMax) found.Dequeue();
        }

        return [.. found];
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static byte[] Line(CrashEvent one)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("number", one.Number);
            json.WriteNumber("seconds", Math.Round(one.Seconds, 6));
            json.WriteString("event", one.Kind.ToString());
            json.WriteString("client", one.Client);
            json.WriteNumber("connection", one.Connection);
            if (one.Message is { } tag) json.WriteString("message", tag.ToString());
            if (one.Packet is { } packet) json.WriteString("packet", PacketText.Of(packet));
            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    private static string AsText(JsonElement line)
    {
        var text = new StringBuilder();
        text.Append($"{line.GetProperty("seconds").GetDouble(),12:0.000000} s  #{line.GetProperty("number").GetInt64()}  ");
        var client = line.GetProperty("client").GetString();
        text.Append(client!.Length == 0 ? "broker" : client).Append(' ').Append(line.GetProperty("connection").GetInt32());
        text.Append(' ').Append(line.GetProperty("event").GetString()!.ToLowerInvariant());
        if (line.TryGetProperty("packet", out var packet)) text.Append(' ').Append(packet.GetString());
        return text.ToString();
    }
}
