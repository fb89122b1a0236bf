using System.Globalization;

namespace Orrery.Simulation.Running;

/// <summary>How a broker's process ends at a crash point. The values name streams of chance, so they stay.</summary>
public enum CrashWay
{
    /// <summary>The process ends, and its system goes on.</summary>
    Kill = 0,

    /// <summary>The power goes: any subset of the writes that were not synced is left, each whole.</summary>
    PowerLoss = 1,

    /// <summary>The power goes, and what is left of a write may be some of its sectors.</summary>
    Torn = 2,
}

/// <summary>How much of a crash point happened in a run.</summary>
public enum CrashReach
{
    /// <summary>The broker ended wherever the point says.</summary>
    Whole,

    /// <summary>It never came to the operation, or was ended by the scenario there.</summary>
    NotCrashed,

    /// <summary>It ended at the operation, and never came to that of the start that follows.</summary>
    NotCrashedAgain,
}

/// <summary>The end of one broker at one operation of its disk, which never happens.</summary>
/// <param name="Broker">The broker, with `[n]` for one of many.</param>
/// <param name="Operation">The operation, by its number among those of the disk.</param>
/// <param name="Way">How the process ends.</param>
public sealed record CrashPoint(string Broker, long Operation, CrashWay Way)
{
    /// <summary>After how many operations of the start that follows the broker ends once more, in the same way; null for not.</summary>
    public long? Again { get; init; }

    /// <summary>Reads what <see cref="ToString"/> wrote; the broker may be left out where a scenario has but one with a store.</summary>
    public static CrashPoint? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.LastIndexOf(':');
        if (colon < 1) return null;
        var (place, way) = (text[..colon], text[(colon + 1)..]);
        var plus = way.IndexOf('+', StringComparison.Ordinal);
        var again = plus < 0 ? null : NumberOf(way[(plus + 1)..]);
        if (plus >= 0 && again is null) return null;
        var slash = place.LastIndexOf('/');
        if (NumberOf(place[(slash + 1)..]) is not { } operation || WayOf(plus < 0 ? way : way[..plus]) is not { } known) return null;
        return new CrashPoint(slash < 0 ? "" : place[..slash], operation, known) { Again = again };
    }

    /// <summary>A way as it is written: kill, power-loss, torn.</summary>
    public static string NameOf(CrashWay way) => way switch
    {
        CrashWay.Kill => "kill",
        CrashWay.PowerLoss => "power-loss",
        _ => "torn",
    };

    /// <summary>The way with a name; null for none.</summary>
    public static CrashWay? WayOf(string name) =>
        Enum.GetValues<CrashWay>().Cast<CrashWay?>().FirstOrDefault(way => NameOf(way!.Value) == name);

    /// <summary>`b1/57:torn`, and `b1/57:torn+12` where the start after it is ended too.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(Broker.Length == 0 ? "" : $"{Broker}/")}{Operation}:{NameOf(Way)}{(Again is { } again ? $"+{again}" : "")}");

    private static long? NumberOf(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
