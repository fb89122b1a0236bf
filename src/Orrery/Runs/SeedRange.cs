using System.Globalization;

namespace Orrery.Runs;

/// <summary>What --seed says: one seed, or all from one to another.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last, not below the first.</param>
internal readonly record struct SeedRange(ulong First, ulong Last)
{
    /// <summary>Seeds of one range; more would be a slip of the pen.</summary>
    public const ulong CountMax = 1_000_000;

    /// <summary>Reads `7` or `1..100`.</summary>
    public static SeedRange? TryParse(string text)
    {
        var parts = text.Split("..");
        if (parts.Length > 2 || SeedOf(parts[0]) is not { } first || SeedOf(parts[^1]) is not { } last) return null;
        return last >= first && last - first < CountMax ? new SeedRange(first, last) : null;
    }

    /// <summary>The seeds, from the first.</summary>
    public IEnumerable<ulong> Seeds()
    {
        for (var seed = First; ; seed++)
        {
            yield return seed;
            if (seed == Last) yield break;
        }
    }

    private static ulong? SeedOf(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : null;
}
