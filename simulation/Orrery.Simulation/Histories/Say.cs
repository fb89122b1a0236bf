using System.Globalization;

namespace Orrery.Simulation.Histories;

/// <summary>How findings write times and numbers.</summary>
internal static class Say
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>An instant or a length in seconds, `15.115 s`: milliseconds at least, and no more digits than it has.</summary>
    public static string Time(long nanoseconds)
    {
        if (nanoseconds == long.MaxValue) return "the end";
        var sign = nanoseconds < 0 ? "-" : "";
        var (seconds, rest) = Math.DivRem(Math.Abs(nanoseconds), NanosecondsPerSecond);
        var digits = rest.ToString("D9", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{seconds}.{digits[..3]}{digits[3..].TrimEnd('0')} s");
    }

    /// <summary>When something happened.</summary>
    public static string Time(HistoryEvent happened) => Time(happened.Nanoseconds);

    /// <summary>Several instants, the first few of them.</summary>
    public static string Times(IEnumerable<HistoryEvent> happened, int max = 4)
    {
        var all = happened.Select(Time).ToArray();
        return string.Join(", ", all.Take(max)) + (all.Length > max ? ", …" : "");
    }

    /// <summary>`1 time`, `2 times`.</summary>
    public static string Count(int count, string one) => string.Create(CultureInfo.InvariantCulture, $"{count} {one}{(count == 1 ? "" : "s")}");

    /// <summary>A Reason Code with its name, `0x8E SessionTakenOver`.</summary>
    public static string Code(Mqtt.ReasonCode code) => Enum.IsDefined(code)
        ? string.Create(CultureInfo.InvariantCulture, $"0x{(byte)code:X2} {code}")
        : string.Create(CultureInfo.InvariantCulture, $"0x{(byte)code:X2}");
}
