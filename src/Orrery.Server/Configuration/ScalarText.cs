using System.Globalization;
using System.Text.Json;

namespace Orrery.Server.Configuration;

/// <summary>Says whether a JSON value can be read as the type of an option, and what it takes.</summary>
internal static class ScalarText
{
    /// <summary>What the type takes, in words that finish "it must be …".</summary>
    public static string Describe(Type type) => type switch
    {
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(string) => "a text in quotes",
        _ when type.IsEnum => $"one of {string.Join(", ", Enum.GetNames(type).Select(name => $"\"{name}\""))}",
        _ => "a whole number, without quotes",
    };

    /// <summary>Whether <paramref name="text"/>, written as such a token, is a value of the type.</summary>
    public static bool Is(Type type, string text, JsonTokenType token) => type switch
    {
        _ when type == typeof(bool) => token is JsonTokenType.True or JsonTokenType.False,
        _ when type == typeof(string) => token == JsonTokenType.String,
        _ when type.IsEnum => token == JsonTokenType.String
            && Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase),
        _ when Range(type) is var (least, most) => token == JsonTokenType.Number
            && decimal.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most,
        _ => true,
    };

    private static (decimal Least, decimal Most)? Range(Type type) => type switch
    {
        _ when type == typeof(int) => (int.MinValue, int.MaxValue),
        _ when type == typeof(uint) => (uint.MinValue, uint.MaxValue),
        _ when type == typeof(long) => (long.MinValue, long.MaxValue),
        _ when type == typeof(ushort) => (ushort.MinValue, ushort.MaxValue),
        _ => null,
    };
}
