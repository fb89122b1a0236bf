namespace Orrery.Conventions.Tests.Projects;

/// <summary>Which project may refer to which project, package and framework. References point one way.</summary>
/// <remarks>
/// The table names projects that do not exist yet, so that they start in their place. A project that is in no row is refused:
/// a new project earns its place by a direction to enforce, and that direction is a new row here.
/// </remarks>
internal static class ProjectRules
{
    private static readonly Row[] Table =
    [
        new("Orrery.Actors", "src", [], []),
        new("Orrery.Mqtt", "src", [], []),
        new("Orrery.Broker", "src", ["Orrery.Actors", "Orrery.Mqtt"], ["Microsoft.Extensions.Logging.Abstractions"]),
        new("Orrery.Storage", "src", ["Orrery.Broker"], ["SQLitePCLRaw.lib.e_sqlite3"]),
        new("Orrery.Client", "src", ["Orrery.Mqtt"], []),
        new("Orrery.Server", "src", ["Orrery.Broker", "Orrery.Storage"], []) { Frameworks = ["Microsoft.AspNetCore.App"] },
        new("Orrery.Simulation", "simulation", ["Orrery.Broker", "Orrery.Storage", "Orrery.Client"], ["YamlDotNet"]),
        new("Orrery.Testing", "simulation", ["Orrery.Simulation", "Orrery.Client", "Orrery.Broker", "Orrery.Mqtt"], []),
        new("Orrery", "src", ["Orrery.Server", "Orrery.Client", "Orrery.Simulation", "Orrery.Storage", "Orrery.Broker", "Orrery.Mqtt", "Orrery.Actors"],
            ["System.CommandLine"]) { Frameworks = ["Microsoft.AspNetCore.App"] },
        new("Orrery.Benchmarks", "tests", AnyUnderSource, ["BenchmarkDotNet"]) { Frameworks = ["Microsoft.AspNetCore.App"] },
    ];

    /// <summary>What every project that ends in .Tests may use beside its own project's row.</summary>
    private static readonly string[] TestPackages =
    [
        "FsCheck", "Microsoft.NET.Test.Sdk", "xunit", "xunit.runner.visualstudio",

        // Read as a file by the probe of the banned-symbol list, not compiled against.
        "Microsoft.CodeAnalysis.BannedApiAnalyzers",
    ];

    private static string[] AnyUnderSource => ["*"];

    public static IEnumerable<string> Check(ProjectFile project)
    {
        if (RowOf(project) is not { } row)
        {
            yield return $"{project.Path}: no row of the table of projects is for {project.Name}.";
            yield break;
        }

        if (project.Path != $"{row.Folder}/{project.Name}/{project.Name}.csproj")
            yield return $"{project.Path}: belongs in {row.Folder}/{project.Name}/.";
        foreach (var name in project.ReferencedNames().Where(name => !row.Projects.Contains("*") && !row.Projects.Contains(name)))
            yield return $"{project.Path}: {project.Name} must not refer to {name}.";
        foreach (var name in project.PackageReferences.Where(name => !row.Packages.Contains(name)))
            yield return $"{project.Path}: {project.Name} must not use the package {name}.";
        foreach (var name in project.FrameworkReferences.Where(name => !row.Frameworks.Contains(name)))
            yield return $"{project.Path}: {project.Name} must not use the framework {name}.";
        foreach (var name in project.VersionedPackages)
            yield return $"{project.Path}: the version of {name} belongs in Directory.Packages.props.";
    }

    /// <summary>The three projects that decide everything live under the list of banned APIs and nothing switches it off.</summary>
    public static IEnumerable<string> CheckCore(ProjectFile project)
    {
        if (project.Name is not ("Orrery.Actors" or "Orrery.Mqtt" or "Orrery.Broker")) yield break;
        if (project.Properties.GetValueOrDefault("OrreryBannedSymbols") != "Core")
            yield return $"{project.Path}: <OrreryBannedSymbols> must be Core.";
        foreach (var property in project.Properties.Where(property => property.Value.Contains("RS0030", StringComparison.Ordinal)))
            yield return $"{project.Path}: <{property.Key}> must not mention RS0030.";
    }

    private static Row? RowOf(ProjectFile project)
    {
        if (!project.Name.EndsWith(".Tests", StringComparison.Ordinal))
            return Table.SingleOrDefault(row => row.Name == project.Name);

        // A test project sees its own project and whatever that one sees; Server's tests also drive it with our client.
        var tested = project.Name[..^".Tests".Length];
        if (tested == "Orrery.Conventions") return new Row(project.Name, "tests", ["*"], TestPackages);
        if (Table.SingleOrDefault(row => row.Name == tested) is not { } row) return null;
        string[] extra = tested == "Orrery.Server" ? [tested, "Orrery.Client"] : [tested];
        return new Row(project.Name, "tests", [.. Reachable(row), .. extra], [.. row.Packages, .. TestPackages]) { Frameworks = row.Frameworks };
    }

    private static HashSet<string> Reachable(Row row)
    {
        var reached = new HashSet<string>(row.Projects);
        foreach (var name in row.Projects) reached.UnionWith(Reachable(Table.Single(other => other.Name == name)));
        return reached;
    }

    private sealed record Row(string Name, string Folder, string[] Projects, string[] Packages)
    {
        public string[] Frameworks { get; init; } = [];
    }
}
