using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Orrery.Simulation.Scenarios.Model;
using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Scenarios;

/// <summary>The one text that all spellings of a scenario share, and the hash of it.</summary>
/// <remarks>
/// Keys in ordinal order, no white space, units in their base (`1.5s` is `1500000000ns`), values that equal the default left out,
/// and without what does not change a run: `seed`, `about`, `golden` and `x-…`. The text is itself a scenario.
/// </remarks>
internal static class CanonicalJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text.</summary>
    public static string Of(Scenario scenario) => Write(writer => WriteValue(writer, scenario));

    /// <summary>SHA-256 of the text in UTF-8, in lower-case hexadecimal digits.</summary>
    public static string HashOf(string canonical) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));

    /// <summary>Nodes as they stand, with keys in ordinal order: names a cell of a matrix independently of its place.</summary>
    public static string Of(ScenarioNode node) => Write(writer => WriteNode(writer, node));

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, Options)) write(writer);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void WriteNode(Utf8JsonWriter writer, ScenarioNode node)
    {
        switch (node)
        {
            case ScalarNode { IsNull: true }: writer.WriteNullValue(); break;
            case ScalarNode { IsQuoted: false, Text: "true" or "false" } word: writer.WriteBooleanValue(word.Text == "true"); break;
            case ScalarNode { IsQuoted: false } number when long.TryParse(number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value):
                writer.WriteNumberValue(value);
                break;
            case ScalarNode scalar: writer.WriteStringValue(scalar.Text); break;
            case ListNode list:
                writer.WriteStartArray();
                foreach (var item in list.Items) WriteNode(writer, item);
                writer.WriteEndArray();
                break;
            case MapNode map:
                writer.WriteStartObject();
                foreach (var entry in map.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(entry.Key);
                    WriteNode(writer, entry.Value);
                }
                writer.WriteEndObject();
                break;
            default: throw new InvalidOperationException($"no rule for {node}");
        }
    }

    private static void WriteValue(Utf8JsonWriter writer, object value)
    {
        var type = value.GetType();
        if (value is string text) writer.WriteStringValue(text);
        else if (value is bool truth) writer.WriteBooleanValue(truth);
        else if (ScalarReader.IsNumber(type)) writer.WriteRawValue(Convert.ToString(value, CultureInfo.InvariantCulture)!);
        else if (type.IsEnum) writer.WriteStringValue(RecordShape.ValuesOf(type).First(known => known.Value.Equals(value)).Name);
        else if (ScalarReader.PatternOf(type) is not null) writer.WriteStringValue(value.ToString());
        else if (value is INameDictionary map) WriteMap(writer, map);
        else if (value is IEnumerable items) WriteList(writer, items);
        else WriteRecord(writer, value);
    }

    private static void WriteList(Utf8JsonWriter writer, IEnumerable items)
    {
        writer.WriteStartArray();
        foreach (var item in items) WriteValue(writer, item);
        writer.WriteEndArray();
    }

    private static void WriteMap(Utf8JsonWriter writer, INameDictionary map)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in map.Entries)
        {
            writer.WritePropertyName(name);
            WriteValue(writer, value);
        }
        writer.WriteEndObject();
    }

    private static void WriteRecord(Utf8JsonWriter writer, object record)
    {
        var shape = RecordShape.Of(record.GetType());
        var fresh = Activator.CreateInstance(shape.Type)!;
        var values = shape.Discriminators.Select(chosen => (chosen.Key, Value: (object)chosen.Value)).ToList();
        foreach (var key in shape.Keys.Where(key => key.Get<NotHashedAttribute>() is null))
        {
            if (key.Property.GetValue(record) is { } value && (key.IsRequired || !IsSame(value, key.Property.GetValue(fresh))))
                values.Add((key.Name, value));
        }

        writer.WriteStartObject();
        foreach (var (key, value) in values.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            writer.WritePropertyName(key);
            WriteValue(writer, value);
        }
        writer.WriteEndObject();
    }

    private static bool IsSame(object value, object? other) =>
        other is not null && Write(writer => WriteValue(writer, value)) == Write(writer => WriteValue(writer, other));
}
