namespace Orrery.Server.Configuration;

/// <summary>Finds the key that somebody most likely meant.</summary>
internal static class NearestKey
{
    // A third of the letters wrong is still a guess worth making; more is noise.
    private const int LettersPerSlip = 3;

    /// <summary>The known key with the fewest letters to change, or null if none is near.</summary>
    public static string? Of(string key, IEnumerable<string> known)
    {
        var (nearest, least) = ((string?)null, int.MaxValue);
        foreach (var candidate in known.Order(StringComparer.Ordinal))
        {
            var distance = Distance(key.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < least) (nearest, least) = (candidate, distance);
        }

        return nearest is not null && least <= Math.Max(1, Math.Max(key.Length, nearest.Length) / LettersPerSlip) ? nearest : null;
    }

    /// <summary>Letters to insert, delete, replace, or swap with their neighbour (Damerau's distance).</summary>
    private static int Distance(string a, string b)
    {
        var least = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                least[i, j] = Math.Max(i, j);
                if (i == 0 || j == 0) continue;
                var replaced = least[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                least[i, j] = Math.Min(replaced, 1 + Math.Min(least[i - 1, j], least[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    least[i, j] = Math.Min(least[i, j], least[i - 2, j - 2] + 1);
                }
            }
        }

        return least[a.Length, b.Length];
    }
}
