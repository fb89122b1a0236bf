using System.Globalization;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Scenarios.Reading;

/// <summary>Reads the scalars of the model: the key's type decides, never the look of the text.</summary>
internal static class ScalarReader
{
    private delegate object? Parser(string text, out string problem);

    private static readonly Dictionary<Type, (Parser Parse, string Pattern)> Quantities = new()
    {
        [typeof(Duration)] = Of<Duration>(),
        [typeof(ClockShift)] = Of<ClockShift>(),
        [typeof(ByteSize)] = Of<ByteSize>(),
        [typeof(ByteRange)] = Of<ByteRange>(),
        [typeof(ByteRate)] = Of<ByteRate>(),
        [typeof(Ratio)] = Of<Ratio>(),
        [typeof(Times)] = Of<Times>(),
        [typeof(Comparison)] = Of<Comparison>(),
    };

    /// <summary>True for a type that one scalar holds.</summary>
    public static bool Reads(Type type) => type.IsEnum || IsNumber(type) || type == typeof(bool) || type == typeof(string) || Quantities.ContainsKey(type);

    /// <summary>True for the whole numbers without a unit.</summary>
    public static bool IsNumber(Type type) => type == typeof(int) || type == typeof(long) || type == typeof(ulong);

    /// <summary>The regular expression of a type with units, or null.</summary>
    public static string? PatternOf(Type type) => Quantities.TryGetValue(type, out var known) ? known.Pattern : null;

    /// <summary>The value, or null with what is wrong.</summary>
    public static object? Read(Type type, ScalarNode node, out string problem)
    {
        problem = "no value; an empty text is written \"\"";
        if (node.IsNull) return null;
        if (type == typeof(string)) return node.Text;
        if (Quantities.TryGetValue(type, out var known)) return known.Parse(node.Text, out problem);
        if (type.IsEnum) return ReadName(type, node.Text, out problem);
        if (type == typeof(bool))
        {
            problem = $"'{node.Text}' is neither true nor false";
            return node.IsQuoted ? null : node.Text switch { "true" => true, "false" => false, _ => null };
        }
        problem = node.IsQuoted ? $"\"{node.Text}\" is a text; write the number without quotes" : $"'{node.Text}' is no whole number";
        return node.IsQuoted ? null : ReadNumber(type, node.Text);
    }

    private static object? ReadName(Type type, string text, out string problem)
    {
        var values = RecordShape.ValuesOf(type).ToArray();
        problem = $"'{text}' is not known here; {NearestName.Hint(text, values.Select(value => value.Name))}";
        return values.FirstOrDefault(value => value.Name == text).Value;
    }

    private static object? ReadNumber(Type type, string text)
    {
        var isHex = text.StartsWith("0x", StringComparison.Ordinal);
        var style = isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.AllowLeadingSign;
        if (!Int128.TryParse(isHex ? "0" + text[2..] : text, style, CultureInfo.InvariantCulture, out var value)) return null;
        if (type == typeof(ulong) && value >= 0 && value <= ulong.MaxValue) return ulong.CreateChecked(value);
        if (type == typeof(long) && value >= long.MinValue && value <= long.MaxValue) return long.CreateChecked(value);
        if (type == typeof(int) && value >= int.MinValue && value <= int.MaxValue) return int.CreateChecked(value);
        return null;
    }

    private static (Parser Parse, string Pattern) Of<T>() where T : struct, IScenarioScalar<T> =>
        ((string text, out string problem) => T.TryParse(text, out var value, out problem) ? value : null, T.Pattern);
}
