using System.Globalization;
using System.Numerics;
using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Scenarios.Model;

/// <summary>A value that one scalar of a file holds, such as a time with its unit.</summary>
/// <typeparam name="TSelf">The value's type.</typeparam>
public interface IScenarioScalar<TSelf> where TSelf : struct, IScenarioScalar<TSelf>
{
    /// <summary>What the text looks like, as a regular expression.</summary>
    static abstract string Pattern { get; }

    /// <summary>Reads the text; its <see cref="object.ToString"/> is the canonical text, which reads as the same value.</summary>
    static abstract bool TryParse(string text, out TSelf value, out string problem);
}

/// <summary>A time span or an instant of virtual time.</summary>
/// <param name="Nanoseconds">0 or more.</param>
public readonly record struct Duration(long Nanoseconds) : IScenarioScalar<Duration>
{
    /// <inheritdoc/>
    public static string Pattern => @"^\d+(\.\d+)?(ns|us|ms|s|min|h|d)$";

    /// <inheritdoc/>
    public static bool TryParse(string text, out Duration value, out string problem)
    {
        var isRead = Quantity.TryParse(text, Quantity.Time, out var nanoseconds, out problem);
        value = new Duration(nanoseconds);
        return isRead;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Nanoseconds}ns");
}

/// <summary>A step of a clock, forward or back: `+1h`, `-90s`.</summary>
/// <param name="Nanoseconds">Negative for back.</param>
public readonly record struct ClockShift(long Nanoseconds) : IScenarioScalar<ClockShift>
{
    /// <inheritdoc/>
    public static string Pattern => @"^[+-]\d+(\.\d+)?(ns|us|ms|s|min|h|d)$";

    /// <inheritdoc/>
    public static bool TryParse(string text, out ClockShift value, out string problem)
    {
        value = default;
        problem = $"'{text}' is no step of a clock: write the sign, as in +1h or -90s";
        if (text.Length == 0 || text[0] is not ('+' or '-')) return false;
        if (!Quantity.TryParse(text[1..], Quantity.Time, out var nanoseconds, out problem)) return false;
        value = new ClockShift(text[0] == '-' ? -nanoseconds : nanoseconds);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Nanoseconds:+0;-0;+0}ns");
}

/// <summary>A number of bytes.</summary>
/// <param name="Bytes">0 or more.</param>
public readonly record struct ByteSize(long Bytes) : IScenarioScalar<ByteSize>
{
    /// <inheritdoc/>
    public static string Pattern => @"^\d+(\.\d+)?(B|kB|MB|GB|KiB|MiB|GiB)$";

    /// <inheritdoc/>
    public static bool TryParse(string text, out ByteSize value, out string problem)
    {
        var isRead = Quantity.TryParse(text, Quantity.Bytes, out var bytes, out problem);
        value = new ByteSize(bytes);
        return isRead;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Bytes}B");
}

/// <summary>A size, or a range that each draw is uniform in: `64B..512B`.</summary>
/// <param name="Min">The least.</param>
/// <param name="Max">The greatest.</param>
public readonly record struct ByteRange(ByteSize Min, ByteSize Max) : IScenarioScalar<ByteRange>
{
    /// <inheritdoc/>
    public static string Pattern => @"^\d+(\.\d+)?(B|kB|MB|GB|KiB|MiB|GiB)(\.\.\d+(\.\d+)?(B|kB|MB|GB|KiB|MiB|GiB))?$";

    /// <inheritdoc/>
    public static bool TryParse(string text, out ByteRange value, out string problem)
    {
        value = default;
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        if (!ByteSize.TryParse(dots < 0 ? text : text[..dots], out var min, out problem)) return false;
        var max = min;
        if (dots >= 0 && !ByteSize.TryParse(text[(dots + 2)..], out max, out problem)) return false;
        problem = $"the range '{text}' ends before it starts";
        value = new ByteRange(min, max);
        return min.Bytes <= max.Bytes;
    }

    /// <inheritdoc/>
    public override string ToString() => Min == Max ? Min.ToString() : $"{Min}..{Max}";
}

/// <summary>Bytes in a second: `256kB/s`.</summary>
/// <param name="BytesPerSecond">1 or more.</param>
public readonly record struct ByteRate(long BytesPerSecond) : IScenarioScalar<ByteRate>
{
    /// <inheritdoc/>
    public static string Pattern => @"^\d+(\.\d+)?(B|kB|MB|GB|KiB|MiB|GiB)/s$";

    /// <inheritdoc/>
    public static bool TryParse(string text, out ByteRate value, out string problem)
    {
        value = default;
        problem = $"'{text}' is no rate: write 256kB/s";
        if (!text.EndsWith("/s", StringComparison.Ordinal)) return false;
        if (!Quantity.TryParse(text[..^2], Quantity.Bytes, out var bytes, out problem)) return false;
        problem = "a rate of 0 never sends anything; use the fault 'clog'";
        value = new ByteRate(bytes);
        return bytes > 0;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{BytesPerSecond}B/s");
}

/// <summary>A share or factor as a fraction in lowest terms: `10%`, `3/1000`.</summary>
/// <param name="Numerator">0 or more.</param>
/// <param name="Denominator">1 or more.</param>
public readonly record struct Ratio(long Numerator, long Denominator) : IScenarioScalar<Ratio>
{
    /// <inheritdoc/>
    public static string Pattern => @"^(\d+(\.\d+)?%|\d+/\d+)$";

    /// <inheritdoc/>
    public static bool TryParse(string text, out Ratio value, out string problem)
    {
        value = default;
        problem = $"'{text}' is no ratio: write 10% or 3/1000";
        long numerator;
        long denominator;
        if (text.EndsWith('%'))
        {
            // A percent with up to seven decimals is a whole number of billionths.
            if (!Quantity.TryParse(text, [("%", 10_000_000)], out numerator, out problem)) return false;
            denominator = 1_000_000_000;
        }
        else
        {
            var slash = text.IndexOf('/');
            if (slash < 0 || !TryDigits(text[..slash], out numerator) || !TryDigits(text[(slash + 1)..], out denominator)) return false;
        }

        problem = "a ratio cannot have 0 below the line";
        if (denominator == 0) return false;
        var divisor = (long)BigInteger.GreatestCommonDivisor(numerator, denominator);
        value = new Ratio(numerator / divisor, denominator / divisor);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");

    private static bool TryDigits(string text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}

/// <summary>How often: `3`, `1..5`, `2..` (at least twice).</summary>
/// <param name="Min">The least.</param>
/// <param name="Max">The greatest; <see cref="int.MaxValue"/> for no limit.</param>
public readonly record struct Times(int Min, int Max) : IScenarioScalar<Times>
{
    /// <inheritdoc/>
    public static string Pattern => @"^\d+(\.\.\d*)?$";

    /// <inheritdoc/>
    public static bool TryParse(string text, out Times value, out string problem)
    {
        value = default;
        problem = $"'{text}' is no number of times: write 3, 1..5 or 2..";
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        if (!TryDigits(dots < 0 ? text : text[..dots], out var min)) return false;
        var max = dots < 0 ? min : int.MaxValue;
        if (dots >= 0 && dots + 2 < text.Length && !TryDigits(text[(dots + 2)..], out max)) return false;
        value = new Times(min, max);
        return min <= max;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Min}") + (Max == Min ? "" : Max == int.MaxValue ? ".." : string.Create(CultureInfo.InvariantCulture, $"..{Max}"));

    private static bool TryDigits(string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}

/// <summary>A comparison with a whole number: `>= 3`; a number alone means equal.</summary>
/// <param name="Operator">One of ==, !=, >=, >, &lt;= and &lt;.</param>
/// <param name="Value">The right side.</param>
public readonly record struct Comparison(string Operator, long Value) : IScenarioScalar<Comparison>
{
    private static readonly string[] Operators = ["==", "!=", ">=", "<=", ">", "<"];

    /// <inheritdoc/>
    public static string Pattern => @"^((==|!=|>=|<=|>|<) *)?-?\d+$";

    /// <inheritdoc/>
    public static bool TryParse(string text, out Comparison value, out string problem)
    {
        var compared = Operators.FirstOrDefault(name => text.StartsWith(name, StringComparison.Ordinal)) ?? "";
        var isRead = long.TryParse(
            text[compared.Length..].Trim(' '), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
        value = new Comparison(compared.Length == 0 ? "==" : compared, number);
        problem = $"'{text}' is no comparison: write \">= 3\"";
        return isRead;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Operator} {Value}");
}
