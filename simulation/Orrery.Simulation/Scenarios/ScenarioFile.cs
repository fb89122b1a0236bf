using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Scenarios;

/// <summary>A scenario file that was read: its runs, or what is wrong with it.</summary>
/// <param name="File">The file's name, as it was given.</param>
/// <param name="Name">The scenario's name, or null when it could not be read.</param>
/// <param name="Runs">In file order: variants, then matrix, then sweep, then repetitions. Empty when there is an error.</param>
/// <param name="Errors">By line and column.</param>
public sealed record ScenarioFile(string File, string? Name, IReadOnlyList<ScenarioRun> Runs, IReadOnlyList<ScenarioError> Errors)
{
    /// <summary>The major version of the format that is read here.</summary>
    public const int FormatVersion = 1;

    /// <summary>Characters of the largest file; a scenario that a person wrote has a few thousand.</summary>
    public const int CharactersMax = 4 * 1024 * 1024;

    /// <summary>True for the name of a file that holds a scenario.</summary>
    public static bool IsScenario(string path) =>
        (path.EndsWith(".yaml", StringComparison.Ordinal) || path.EndsWith(".yml", StringComparison.Ordinal) || path.EndsWith(".json", StringComparison.Ordinal))
        && !path.EndsWith(".schema.json", StringComparison.Ordinal);

    /// <summary>Reads and expands a file's text; never throws on any text.</summary>
    /// <param name="file">The file's name: with `.json` it is JSON, else YAML.</param>
    /// <param name="text">The text.</param>
    public static ScenarioFile Read(string file, string text)
    {
        var errors = new ErrorList(file);
        var runs = Read(text, file.EndsWith(".json", StringComparison.Ordinal), errors, out var name);
        return new ScenarioFile(file, name, errors.Count == 0 ? runs : [], errors.Sorted());
    }

    private static IReadOnlyList<ScenarioRun> Read(string text, bool isJson, ErrorList errors, out string? name)
    {
        name = null;
        var start = new SourcePosition(1, 1);
        if (text.Length > CharactersMax)
        {
            errors.Add(start, $"the file has more than {CharactersMax} characters");
            return [];
        }

        var root = isJson ? JsonNodes.Read(text, errors) : YamlNodes.Read(text, errors);
        if (root is null) return [];
        if (root is not MapNode map)
        {
            errors.Add(root.Position, "a scenario is a mapping that starts with 'orrery: 1'");
            return [];
        }

        name = (map["name"] as ScalarNode)?.Text;
        if (map.Entries.Count == 0 || map.Entries[0].Key != "orrery")
            errors.Add(map.Position, "the first key is the version of the format: 'orrery: 1'");
        if (map["orrery"] is ScalarNode { IsQuoted: false, Text: "1" }) return new Expander(map, errors).Expand();

        // Another version may mean something else by every key, so that nothing more can be said.
        if (map["orrery"] is { } version) errors.Add(version.Position, $"this version reads format {FormatVersion} only");
        return [];
    }
}
