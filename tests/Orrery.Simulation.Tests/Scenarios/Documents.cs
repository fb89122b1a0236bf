using Orrery.Simulation.Scenarios;

namespace Orrery.Simulation.Tests.Scenarios;

/// <summary>Short scenarios for tests, and the files of the repository.</summary>
internal static class Documents
{
    /// <summary>The least that is a scenario, on lines 1 to 3; what follows starts on line 4.</summary>
    public const string Least = "orrery: 1\nname: t\ntopology: { brokers: { b1: {} }, clients: { c: {}, d: {} } }\n";

    public static string Root { get; } = FindRoot();

    public static ScenarioFile Read(string text) => ScenarioFile.Read("t.yaml", text);

    public static ScenarioFile ReadAfterLeast(string text) => Read(Least + text);

    /// <summary>A file of the library, by its path below `scenarios`.</summary>
    public static ScenarioFile ReadLibrary(string path) => ScenarioFile.Read(path, File.ReadAllText(Path.Combine(Root, "scenarios", path)));

    public static IEnumerable<string> Files() => Directory
        .EnumerateFiles(Path.Combine(Root, "scenarios"), "*", SearchOption.AllDirectories)
        .Where(ScenarioFile.IsScenario).Order(StringComparer.Ordinal);

    /// <summary>The one run of a valid text.</summary>
    public static ScenarioRun RunOf(string text)
    {
        var file = Read(text);
        Assert.Empty(file.Errors);
        return Assert.Single(file.Runs);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Engine.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
