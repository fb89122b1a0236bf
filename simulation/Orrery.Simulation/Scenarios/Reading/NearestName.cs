namespace Orrery.Simulation.Scenarios.Reading;

/// <summary>Finds what a misspelt key or name was meant to be.</summary>
internal static class NearestName
{
    private const int NamesListedMax = 12;          // a line that can still be read

    /// <summary>"did you mean 'x'?" or, where none is near, the list of what is valid.</summary>
    public static string Hint(string written, IEnumerable<string> valid)
    {
        var names = valid.Distinct().Order(StringComparer.Ordinal).ToArray();
        if (names.Length == 0) return "there is none";
        var nearest = names.MinBy(name => Distance(Fold(written), Fold(name)))!;
        var isNear = Distance(Fold(written), Fold(nearest)) <= Math.Min(Math.Max(2, nearest.Length / 3), nearest.Length / 2);
        if (isNear) return $"did you mean '{nearest}'?";
        var listed = string.Join(", ", names.Take(NamesListedMax));
        return names.Length > NamesListedMax ? $"valid are {listed}, …" : $"valid are {listed}";
    }

    /// <summary>Levenshtein's distance.</summary>
    public static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var substituted = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }

    // keepAlive, keep-alive and keep_alive differ in nothing that a writer means.
    private static string Fold(string name) =>
        new(name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant).ToArray());
}
