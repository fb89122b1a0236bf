using System.Globalization;

namespace Orrery.Output;

/// <summary>What strftime(3) prints for one conversion in the C locale, on glibc.</summary>
internal static class StrfTime
{
    /// <summary>The text of "%" and this character; as glibc does, repeats what it does not know.</summary>
    public static string Of(char conversion, DateTimeOffset time) => conversion switch
    {
        'a' => Text(time, "ddd"),
        'A' => Text(time, "dddd"),
        'b' or 'h' => Text(time, "MMM"),
        'B' => Text(time, "MMMM"),
        'c' => $"{Text(time, "ddd MMM")} {time.Day,2} {Text(time, "HH:mm:ss yyyy")}",
        'C' => Text(time.Year / 100, "00"),
        'd' => Text(time, "dd"),
        'D' or 'x' => Text(time, "MM'/'dd'/'yy"),
        'e' => $"{time.Day,2}",
        'F' => Text(time, "yyyy-MM-dd"),
        'g' => Text(ISOWeek.GetYear(time.DateTime) % 100, "00"),
        'G' => Text(ISOWeek.GetYear(time.DateTime), "0"),
        'H' => Text(time, "HH"),
        'I' => Text(time, "hh"),
        'j' => Text(time.DayOfYear, "000"),
        'k' => $"{time.Hour,2}",
        'l' => $"{(time.Hour + 11) % 12 + 1,2}",
        'm' => Text(time, "MM"),
        'M' => Text(time, "mm"),
        'n' => "\n",
        'N' => Text(NanosecondsOf(time), "000000000"),      // mosquitto's own
        'p' => time.Hour < 12 ? "AM" : "PM",
        'P' => time.Hour < 12 ? "am" : "pm",
        'r' => Text(time, "hh:mm:ss ") + (time.Hour < 12 ? "AM" : "PM"),
        'R' => Text(time, "HH:mm"),
        's' => Text(time.ToUnixTimeSeconds(), "0"),
        'S' => Text(time, "ss"),
        't' => "\t",
        'T' or 'X' => Text(time, "HH:mm:ss"),
        'u' => Text(time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek, "0"),
        'U' => Text((time.DayOfYear + 6 - (int)time.DayOfWeek) / 7, "00"),
        'V' => Text(ISOWeek.GetWeekOfYear(time.DateTime), "00"),
        'w' => Text((int)time.DayOfWeek, "0"),
        'W' => Text((time.DayOfYear + 6 - (((int)time.DayOfWeek + 6) % 7)) / 7, "00"),
        'y' => Text(time, "yy"),
        'Y' => Text(time, "yyyy"),
        'z' => OffsetOf(time),
        'Z' => time.Offset == TimeSpan.Zero ? "UTC" : OffsetOf(time)[..3],
        _ => $"%{conversion}",
    };

    /// <summary>The nanoseconds of the second.</summary>
    public static long NanosecondsOf(DateTimeOffset time) => time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick;

    private static string OffsetOf(DateTimeOffset time) =>
        (time.Offset < TimeSpan.Zero ? "-" : "+") + time.Offset.ToString("hhmm", CultureInfo.InvariantCulture);

    private static string Text(IFormattable value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
