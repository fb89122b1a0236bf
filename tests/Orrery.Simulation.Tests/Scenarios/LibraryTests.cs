using System.Text;
using System.Text.RegularExpressions;
using Orrery.Simulation.Scenarios;

namespace Orrery.Simulation.Tests.Scenarios;

/// <summary>The files in scenarios/ as a library: every one says what it is about, and is in the index.</summary>
public sealed class LibraryTests
{
    private const string Introduction = """
        # The scenario library

        One behaviour a file. The lines below are the files' own `about:`; a test writes this page from them. [SCENARIOS.md](../docs/SCENARIOS.md)
        describes the format.

        """;

    private static readonly IReadOnlyList<ScenarioFile> Library = [.. Documents.Files().Select(file => ScenarioFile.Read(file, File.ReadAllText(file)))];

    [Fact]
    public void The_index_has_every_file_with_its_own_words()
    {
        var path = Path.Combine(Documents.Root, "scenarios", "README.md");
        var expected = Index();
        if (Environment.GetEnvironmentVariable("ORRERY_WRITE_SCENARIOS") == "1") File.WriteAllText(path, expected);

        Assert.True(
            File.Exists(path) && File.ReadAllText(path).ReplaceLineEndings("\n") == expected,
            "scenarios/README.md is out of date: set ORRERY_WRITE_SCENARIOS=1, run this test, and commit what it writes.");
    }

    [Fact]
    public void Every_file_is_valid_and_is_named_as_its_scenario() => Assert.Empty(
        from file in Library
        from problem in file.Errors.Select(error => error.ToString()).Concat(
            file.Name == Path.GetFileNameWithoutExtension(file.File) ? [] : [$"{file.File}: the scenario is named '{file.Name}'"])
        select problem);

    [Fact]
    public void Every_file_says_in_one_sentence_what_it_is_about() => Assert.Empty(
        from file in Library
        where !Regex.IsMatch(AboutOf(file), "^[A-Z0-9'\"$][^\n]{20,}\\.$")
        select $"{file.File}: about: '{AboutOf(file)}'");

    [Fact]
    public void Every_statement_that_a_file_names_exists()
    {
        var known = Statements("mqtt-5.0.txt", "").Concat(Statements("mqtt-3.1.1.txt", "v311:")).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(
            from file in Library
            from run in file.Runs.Take(1)
            from statement in run.Scenario.Spec
            where !known.Contains(statement)
            select $"{file.File}: {statement}");
    }

    private static string Index()
    {
        var page = new StringBuilder(Introduction.ReplaceLineEndings("\n"));
        foreach (var folder in Library.GroupBy(file => Path.GetFileName(Path.GetDirectoryName(file.File))!))
        {
            page.Append('\n').Append("## ").Append(folder.Key).Append("\n\n");
            foreach (var file in folder)
            {
                page.Append("- [").Append(file.Name).Append("](").Append(folder.Key).Append('/').Append(Path.GetFileName(file.File)).Append("): ")
                    .Append(AboutOf(file)).Append('\n');
            }
        }

        return page.ToString();
    }

    private static string AboutOf(ScenarioFile file) => file.Runs is [var first, ..] ? first.Scenario.About ?? "" : "";

    private static IEnumerable<string> Statements(string file, string prefix) =>
        from line in File.ReadLines(Path.Combine(Documents.Root, "tests", "Orrery.Conventions.Tests", "Conformance", file))
        where line.StartsWith("MQTT-", StringComparison.Ordinal)
        select prefix + line[..line.IndexOf(' ', StringComparison.Ordinal)];
}
