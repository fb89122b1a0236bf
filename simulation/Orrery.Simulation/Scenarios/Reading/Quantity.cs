using System.Buffers;
using System.Globalization;

namespace Orrery.Simulation.Scenarios.Reading;

/// <summary>Reads a decimal number with a unit into whole base units, with integers only: a double never decides a run.</summary>
internal static class Quantity
{
    private const int DigitsMax = 20;               // so that no product leaves Int128

    private static readonly SearchValues<char> Number = SearchValues.Create("0123456789.");

    /// <summary>Units of time, in nanoseconds.</summary>
    public static readonly IReadOnlyList<(string Unit, long Scale)> Time =
    [
        ("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("min", 60_000_000_000),
        ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
    ];

    /// <summary>Units of size, in bytes.</summary>
    public static readonly IReadOnlyList<(string Unit, long Scale)> Bytes =
    [
        ("B", 1), ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30),
    ];

    /// <summary>Reads `1.5s` or `64KiB`.</summary>
    /// <returns>False, with the reason, when there is no unit, an unknown one, or a part of the smallest unit is left.</returns>
    public static bool TryParse(string text, IReadOnlyList<(string Unit, long Scale)> units, out long value, out string problem)
    {
        value = 0;
        var names = string.Join(", ", units.Select(unit => unit.Unit));
        var end = text.AsSpan().IndexOfAnyExcept(Number);
        if (end < 0)
        {
            problem = text.Length == 0 ? $"a number with a unit is missing ({names})" : $"'{text}' has no unit ({names})";
            return false;
        }

        var scale = units.FirstOrDefault(unit => text.AsSpan(end).SequenceEqual(unit.Unit)).Scale;
        if (end == 0 || scale == 0)
        {
            problem = end == 0 ? $"'{text}' is no number with a unit ({names})" : $"'{text[end..]}' is no unit here ({names})";
            return false;
        }

        var point = text.AsSpan(0, end).IndexOf('.');
        var whole = text.AsSpan(0, point < 0 ? end : point);
        var fraction = point < 0 ? default : text.AsSpan(point + 1, end - point - 1);
        if (whole.Length == 0 || (point >= 0 && fraction.Length == 0) || fraction.Contains('.') || whole.Length + fraction.Length > DigitsMax)
        {
            problem = $"'{text}' is no number with a unit";
            return false;
        }

        var scaled = Int128.Parse(string.Concat(whole, fraction), CultureInfo.InvariantCulture) * scale;
        var divisor = Int128.One;
        foreach (var _ in fraction) divisor *= 10;
        if (scaled % divisor != 0 || scaled / divisor > long.MaxValue)
        {
            problem = scaled % divisor != 0 ? $"'{text}' is not a whole number of {units[0].Unit}" : $"'{text}' is too much";
            return false;
        }

        (value, problem) = ((long)(scaled / divisor), "");
        return true;
    }
}
