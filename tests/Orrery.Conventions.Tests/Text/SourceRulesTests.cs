using Orrery.Conventions.Tests.Projects;

namespace Orrery.Conventions.Tests.Text;

public sealed class SourceRulesTests
{
    private static IEnumerable<RepositoryFile> ShippedSource =>
        Repository.Files(".cs").Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal)
            || file.Path.StartsWith("simulation/", StringComparison.Ordinal));

    private static IEnumerable<RepositoryFile> TestSource =>
        Repository.Files(".cs").Where(file => file.Path.StartsWith("tests/", StringComparison.Ordinal)
            && file.Path.Contains(".Tests/", StringComparison.Ordinal));

    [Fact]
    public void The_namespace_is_the_folder() =>
        Violations.AssertNone(
            from project in ProjectFile.All()
            from file in Repository.Files(".cs")
            where file.Path.StartsWith(project.Folder, StringComparison.Ordinal)
            from violation in SourceRules.CheckNamespace(file, project.Folder, project.RootNamespace)
            select violation);

    [Fact]
    public void No_source_file_holds_a_second_concept_by_its_length() =>
        Violations.AssertNone(ShippedSource.SelectMany(SourceRules.CheckLength));

    [Fact]
    public void No_file_names_a_path_of_one_machine() =>
        Violations.AssertNone(
            Repository.Paths.Where(path => path != "LICENSE").Select(Repository.Read).SelectMany(SourceRules.CheckMachinePaths));

    [Fact]
    public void No_test_is_skipped_or_waits_in_real_time() =>
        Violations.AssertNone(TestSource.SelectMany(SourceRules.CheckTests));

    [Fact]
    public void Shipped_source_is_finished() => Violations.AssertNone(ShippedSource.SelectMany(SourceRules.CheckUnfinished));

    [Fact]
    public void No_source_file_switches_the_list_of_banned_symbols_off() =>
        Violations.AssertNone(ShippedSource.SelectMany(SourceRules.CheckSuppressions));

    [Theory]
    [InlineData("src/A/Sessions/X.cs", "namespace A;", "in place of A.Sessions")]
    [InlineData("src/A/X.cs", "namespace A.Sessions;", "in place of A")]
    [InlineData("src/A/X.cs", "namespace A\n{\n}", "not file-scoped")]
    [InlineData("src/A/X.cs", "class X;", "0 namespace declarations")]
    public void A_planted_namespace_is_reported(string path, string text, string expected)
    {
        var violation = Assert.Single(SourceRules.CheckNamespace(RepositoryFile.Of(path, text), "src/A/", "A"));

        Assert.Contains(expected, violation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_too_long_is_reported()
    {
        Assert.Empty(SourceRules.CheckLength(RepositoryFile.Of("a.cs", new string('\n', 448))));
        Assert.Single(SourceRules.CheckLength(RepositoryFile.Of("a.cs", new string('\n', 449))));
    }

    [Theory] // the samples are put together here, so that this file keeps the rules that it plants breaches of
    [InlineData("cat /", "work/main/x")]
    [InlineData("\"/", "root/.nuget\"")]
    [InlineData("cd /", "home/someone")]
    [InlineData(@"C:\", @"Users\someone")]
    public void A_planted_machine_path_is_reported(string first, string second) =>
        Assert.Single(SourceRules.CheckMachinePaths(RepositoryFile.Of("a.sh", first + second)));

    [Theory]
    [InlineData("the topic /", "work is fine")]
    [InlineData("src/", "tmp/file")]
    public void A_path_inside_the_repository_or_a_topic_is_not_reported(string first, string second) =>
        Assert.Empty(SourceRules.CheckMachinePaths(RepositoryFile.Of("a.sh", first + second)));

    [Theory]
    [InlineData("[Fact(Skip ", "= \"later\")]")]
    [InlineData("Thread", ".Sleep(10);")]
    [InlineData("await Task", ".Delay(10);")]
    [InlineData("Assert.True", "(true);")]
    public void A_planted_wait_or_skip_is_reported(string first, string second) =>
        Assert.Single(SourceRules.CheckTests(RepositoryFile.Of("ATests.cs", first + second)));

    [Theory]
    [InlineData("throw new NotImplementedException();")]
    [InlineData("// HACK: works")]
    [InlineData("// TODO")]
    [InlineData("// good enough for now")]
    public void A_planted_leftover_is_reported(string text) =>
        Assert.Single(SourceRules.CheckUnfinished(RepositoryFile.Of("a.cs", text)));

    [Fact]
    public void A_planted_suppression_is_reported() =>
        Assert.Single(SourceRules.CheckSuppressions(RepositoryFile.Of("a.cs", "#pragma warning disable RS0030")));
}
