namespace Orrery.Conventions.Tests.Projects;

public sealed class ProjectRulesTests
{
    [Fact]
    public void Every_reference_points_the_way_the_table_says() =>
        Violations.AssertNone(ProjectFile.All().SelectMany(ProjectRules.Check));

    [Fact]
    public void The_core_projects_live_under_the_list_of_banned_symbols()
    {
        var projects = ProjectFile.All();

        Assert.Equal(3, projects.Count(project => project.Name is "Orrery.Actors" or "Orrery.Mqtt" or "Orrery.Broker"));
        Violations.AssertNone(projects.SelectMany(ProjectRules.CheckCore));
    }

    [Fact]
    public void The_solution_lists_every_project_once()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "Engine.sln")).Replace('\\', '/');

        Violations.AssertNone(
            from project in ProjectFile.All()
            let times = solution.Split($"\"{project.Path}\"").Length - 1
            where times != 1
            select $"{project.Path}: listed {times} times in Engine.sln.");
    }

    [Fact]
    public void Every_project_reference_leads_to_a_file() =>
        Violations.AssertNone(
            from project in ProjectFile.All()
            from reference in project.ProjectReferences
            where !File.Exists(Path.Combine(Repository.Root, project.Folder, reference))
            select $"{project.Path}: {reference} does not exist.");

    [Theory]
    [InlineData("src/Orrery.Actors", "<ProjectReference Include='../Orrery.Mqtt/Orrery.Mqtt.csproj' />", "must not refer to Orrery.Mqtt")]
    [InlineData("src/Orrery.Mqtt", "<ProjectReference Include='..\\Orrery.Broker\\Orrery.Broker.csproj' />", "must not refer to Orrery.Broker")]
    [InlineData("src/Orrery.Broker", "<ProjectReference Include='../Orrery.Storage/Orrery.Storage.csproj' />", "must not refer to Orrery.Storage")]
    [InlineData("src/Orrery.Server", "<ProjectReference Include='../Orrery.Client/Orrery.Client.csproj' />", "must not refer to Orrery.Client")]
    [InlineData("src/Orrery.Client", "<ProjectReference Include='../Orrery.Broker/Orrery.Broker.csproj' />", "must not refer to Orrery.Broker")]
    [InlineData("simulation/Orrery.Simulation", "<ProjectReference Include='../../src/Orrery.Server/Orrery.Server.csproj' />", "must not refer to Orrery.Server")]
    [InlineData("tests/Orrery.Mqtt.Tests", "<ProjectReference Include='../../src/Orrery.Broker/Orrery.Broker.csproj' />", "must not refer to Orrery.Broker")]
    [InlineData("src/Orrery.Mqtt", "<PackageReference Include='Newtonsoft.Json' />", "must not use the package Newtonsoft.Json")]
    [InlineData("src/Orrery.Broker", "<PackageReference Include='System.IO.Pipelines' />", "must not use the package System.IO.Pipelines")]
    [InlineData("src/Orrery.Broker", "<FrameworkReference Include='Microsoft.AspNetCore.App' />", "must not use the framework")]
    [InlineData("src/Orrery", "<PackageReference Include='System.CommandLine' Version='1.0.0' />", "belongs in Directory.Packages.props")]
    [InlineData("src/Orrery.Common", "", "no row of the table")]
    [InlineData("tests/Orrery.Broker", "", "belongs in src/")]
    public void A_planted_reference_is_reported(string folder, string item, string expected)
    {
        var name = folder[(folder.IndexOf('/') + 1)..];
        var project = ProjectFile.Parse($"{folder}/{name}.csproj", $"<Project><ItemGroup>{item}</ItemGroup></Project>");

        var violation = Assert.Single(ProjectRules.Check(project));

        Assert.Contains(expected, violation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<OrreryBannedSymbols>Adapters</OrreryBannedSymbols>", "must be Core")]
    [InlineData("<OrreryBannedSymbols>Core</OrreryBannedSymbols><NoWarn>$(NoWarn);RS0030</NoWarn>", "must not mention RS0030")]
    public void A_core_project_that_leaves_the_list_is_reported(string properties, string expected)
    {
        var project = ProjectFile.Parse(
            "src/Orrery.Mqtt/Orrery.Mqtt.csproj", $"<Project><PropertyGroup>{properties}</PropertyGroup></Project>");

        var violation = Assert.Single(ProjectRules.CheckCore(project));

        Assert.Contains(expected, violation, StringComparison.Ordinal);
    }
}
