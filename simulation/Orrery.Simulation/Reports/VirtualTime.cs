using System.Globalization;

namespace Orrery.Simulation.Reports;

/// <summary>Virtual time for people.</summary>
public static class VirtualTime
{
    private const long NanosecondsPerMicrosecond = 1_000;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Seconds with all six digits down to the microsecond, so that times below each other align: `15.115000`.</summary>
    public static string Aligned(long nanoseconds) => string.Create(
        CultureInfo.InvariantCulture,
        $"{nanoseconds / NanosecondsPerSecond}.{nanoseconds % NanosecondsPerSecond / NanosecondsPerMicrosecond:000000}");

    /// <summary>Seconds with at least three digits and no needless ones: `15.115 s`.</summary>
    public static string Of(long nanoseconds)
    {
        var digits = string.Create(CultureInfo.InvariantCulture, $"{nanoseconds % NanosecondsPerSecond:000000000}");
        return string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / NanosecondsPerSecond}.{digits[..3]}{digits[3..].TrimEnd('0')} s");
    }
}
