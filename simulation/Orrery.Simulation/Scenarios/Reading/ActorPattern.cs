using System.Text.RegularExpressions;

namespace Orrery.Simulation.Scenarios.Reading;

/// <summary>Which actor of a broker: `session(c)`, `connection(c)`, or a path below the broker's root, `*` for any name of a level.</summary>
/// <param name="Of">"session" or "connection" of a client; null for a path.</param>
/// <param name="Client">The client; null for a path.</param>
/// <param name="Path">The levels of the path; empty for what belongs to a client.</param>
internal sealed partial record ActorPattern(string? Of, string? Client, IReadOnlyList<string> Path)
{
    private const int LevelsAbove = 2;                          // "user" and the broker itself

    /// <summary>The parts of a broker, which a path starts with.</summary>
    public static readonly IReadOnlyList<string> Parts = ["connections", "recovery", "sessions", "shared", "store", "sys", "topics"];

    /// <summary>What a pattern looks like, as a regular expression.</summary>
    public static string Pattern => $@"^((session|connection)\([A-Za-z][A-Za-z0-9_-]*(\[\d+\])?\)|({string.Join('|', Parts)})(/[^/]+)*)$";

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="problem">What is wrong with it; empty if nothing.</param>
    /// <returns>Null if it is none.</returns>
    public static ActorPattern? Parse(string text, out string problem)
    {
        problem = "";
        if (OfClient().Match(text) is { Success: true } match) return new ActorPattern(match.Groups["of"].Value, match.Groups["name"].Value, []);
        var levels = text.Split('/');
        if (!levels.Contains("") && Parts.Contains(levels[0])) return new ActorPattern(null, null, levels);
        problem = levels.Length > 1 || Parts.Contains(levels[0])
            ? $"'{text}' is no path of an actor: it starts with {string.Join(", ", Parts)}, and no level is empty"
            : $"'{text}' is no actor: write session(c), connection(c), or a path such as sessions/*";
        return null;
    }

    /// <summary>Whether an actor, by the names from the root of its system, is one of those that the path means.</summary>
    public bool Matches(string path)
    {
        var levels = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (levels.Length != Path.Count + LevelsAbove) return false;
        for (var i = 0; i < Path.Count; i++)
        {
            var level = levels[i + LevelsAbove];                // a topic's has a number behind its level: a~1
            if (Path[i] != "*" && Path[i] != level && !level.StartsWith($"{Path[i]}~", StringComparison.Ordinal)) return false;
        }

        return true;
    }

    [GeneratedRegex(@"^(?<of>session|connection)\((?<name>[A-Za-z][A-Za-z0-9_-]*(\[\d+\])?)\)$", RegexOptions.CultureInvariant)]
    private static partial Regex OfClient();
}
