namespace Orrery.Testing;

/// <summary>Spans of time that read as they are said: `world.Advance(5.Minutes())`.</summary>
public static class Times
{
    /// <summary>So many thousandths of a second.</summary>
    public static TimeSpan Milliseconds(this int count) => TimeSpan.FromMilliseconds(count);

    /// <summary>So many seconds.</summary>
    public static TimeSpan Seconds(this int count) => TimeSpan.FromSeconds(count);

    /// <summary>So many minutes.</summary>
    public static TimeSpan Minutes(this int count) => TimeSpan.FromMinutes(count);

    /// <summary>So many hours.</summary>
    public static TimeSpan Hours(this int count) => TimeSpan.FromHours(count);

    /// <summary>So many days.</summary>
    public static TimeSpan Days(this int count) => TimeSpan.FromDays(count);
}
