using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Orrery.Actors;

namespace Orrery.Simulation.Kernel;

/// <summary>Writes down what a message says, field by field, for a reader of a trace: bounded, and the same in every culture.</summary>
/// <remarks>
/// Reads fields and calls no property, so that looking changes nothing. Goes into records, structures and MQTT's own types; of
/// anything else the type's name is all that it says.
/// </remarks>
internal static class FieldText
{
    private const int FieldsMax = 64;           // of one message
    private const int DepthMax = 5;
    private const int ItemsMax = 8;             // of one list
    private const int CharactersMax = 120;      // of one string
    private const int BytesMax = 64;

    /// <summary>The fields, base classes' first, each in the order of its declaration.</summary>
    /// <param name="message">What to look at; not null.</param>
    public static List<(string Field, string Text)> Of(object message)
    {
        var fields = new List<(string, string)>();
        if (Scalar(message) is { } text) fields.Add(("value", text));
        else if (message is IList list) AddItems(fields, "items", list, 1);
        else AddFields(fields, "", message, 1);
        return fields;
    }

    private static void Add(List<(string, string)> fields, string name, object? value, int depth)
    {
        if (fields.Count == FieldsMax) return;
        if (Scalar(value) is { } text) fields.Add((name, text));
        else if (value is IList list && depth < DepthMax) AddItems(fields, name, list, depth);
        else if (depth < DepthMax && IsOpen(value!.GetType())) AddFields(fields, $"{name}.", value, depth + 1);
        else fields.Add((name, value is ICollection { Count: var count } ? $"{value.GetType().Name} of {Number(count)}" : value!.GetType().Name));
    }

    private static void AddItems(List<(string, string)> fields, string name, IList list, int depth)
    {
        if (fields.Count < FieldsMax) fields.Add(($"{name}.Count", Number(list.Count)));
        for (var i = 0; i < Math.Min(list.Count, ItemsMax); i++)
        {
            Add(fields, $"{name}[{Number(i)}]", list[i], depth + 1);
        }
    }

    private static void AddFields(List<(string, string)> fields, string prefix, object value, int depth)
    {
        foreach (var field in FieldsOf(value.GetType()))
        {
            Add(fields, prefix + Plain(field.Name), field.GetValue(value), depth);
        }
    }

    private static IEnumerable<FieldInfo> FieldsOf(Type type)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var inherited = type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) ? FieldsOf(parent) : [];
        return inherited.Concat(type.GetFields(Own).OrderBy(field => field.MetadataToken));
    }

    // A class that is no record may be the world behind a port: what it holds is not the message's.
    private static bool IsOpen(Type type) =>
        type.IsValueType || typeof(ITuple).IsAssignableFrom(type) || type.GetMethod("<Clone>$") is not null
        || type.Namespace?.StartsWith("Orrery.Mqtt", StringComparison.Ordinal) == true;

    private static string? Scalar(object? value) => value switch
    {
        null => "null",
        string text => Quoted(text),
        bool truth => truth ? "true" : "false",
        Enum or Type => value.ToString(),
        IActorRef actor => actor.Path.ToString(),
        Delegate => "delegate",
        byte[] bytes => Hex(bytes),
        ReadOnlyMemory<byte> bytes => Hex(bytes.Span),
        Memory<byte> bytes => Hex(bytes.Span),
        Exception exception => exception.GetType().Name,
        DateTimeOffset or DateTime => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        _ when value.GetType().Namespace == "System" && value is IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => null,
    };

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text.Length > CharactersMax ? text.AsSpan(0, CharactersMax) : text)
        {
            if (c is < ' ' or '"' or '\\' || char.IsSurrogate(c)) quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else quoted.Append(c);
        }

        quoted.Append('"');
        if (text.Length > CharactersMax) quoted.Append(CultureInfo.InvariantCulture, $"... of {text.Length} characters");
        return quoted.ToString();
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => bytes.Length <= BytesMax
        ? "0x" + Convert.ToHexString(bytes)
        : string.Create(CultureInfo.InvariantCulture, $"0x{Convert.ToHexString(bytes[..BytesMax])}... of {bytes.Length} bytes");

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    // What a compiler calls the field behind a property <Name>k__BackingField, or behind a parameter <name>P.
    private static string Plain(string name) =>
        name.StartsWith('<') && name.IndexOf('>', StringComparison.Ordinal) is > 1 and var end ? name[1..end] : name.TrimStart('_');
}
