using System.Text.RegularExpressions;

namespace Orrery.Simulation.Scenarios.Reading;

/// <summary>The path of a number of the world's state: `session(c).inflight`, `broker(b1).sessions`.</summary>
/// <param name="IsSession">True for the session of a client, or of each of a group together; false for a broker.</param>
/// <param name="Name">The client or broker.</param>
/// <param name="Field">Which of its numbers.</param>
internal sealed partial record StatePath(bool IsSession, string Name, string Field)
{
    /// <summary>The numbers of a session.</summary>
    public static readonly IReadOnlyList<string> SessionFields = ["connected", "inflight", "queued", "queued_bytes", "inbound", "subscriptions"];

    /// <summary>The numbers of a broker.</summary>
    public static readonly IReadOnlyList<string> BrokerFields =
        ["connections", "clients", "sessions", "subscriptions", "retained", "retained_bytes", "actors", "timers"];

    /// <summary>What a path looks like, as a regular expression.</summary>
    public static string Pattern =>
        $@"^(session\([A-Za-z][A-Za-z0-9_-]*(\[\d+\])?\)\.({string.Join('|', SessionFields)})|broker\([A-Za-z][A-Za-z0-9_-]*(\[\d+\])?\)\.({string.Join('|', BrokerFields)}))$";

    /// <summary>Reads a path.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="problem">What is wrong with it; empty if nothing.</param>
    /// <returns>Null if it is no path.</returns>
    public static StatePath? Parse(string text, out string problem)
    {
        problem = "";
        var match = Form().Match(text);
        if (!match.Success)
        {
            problem = $"'{text}' is no path of a number: write session(c).inflight or broker(b1).sessions";
            return null;
        }

        var path = new StatePath(match.Groups["of"].Value == "session", match.Groups["name"].Value, match.Groups["field"].Value);
        var fields = path.IsSession ? SessionFields : BrokerFields;
        if (fields.Contains(path.Field)) return path;
        problem = $"a {match.Groups["of"].Value} has no '{path.Field}'; {NearestName.Hint(path.Field, fields)}";
        return null;
    }

    [GeneratedRegex(@"^(?<of>session|broker)\((?<name>[A-Za-z][A-Za-z0-9_-]*(\[\d+\])?)\)\.(?<field>[a-z_]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
