using System.Globalization;

namespace Orrery.Simulation.Running;

/// <summary>Numbers as reports write them.</summary>
internal static class Readable
{
    /// <summary>A time in seconds, with as many digits as it needs and three at least: `15.115 s`.</summary>
    public static string Time(long nanoseconds)
    {
        var fraction = (nanoseconds % 1_000_000_000).ToString("000000000", CultureInfo.InvariantCulture).TrimEnd('0').PadRight(3, '0');
        return string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000_000_000}.{fraction} s");
    }
}
