namespace Orrery.Conventions.Tests.Text;

public sealed class DocumentRulesTests
{
    private static readonly string[] Paths = ["README.md", "src/A/Sessions/SessionActor.cs", "docs/decisions/0001-actors.md"];

    [Fact]
    public void Documents_mention_only_files_that_exist()
    {
        var paths = Repository.Paths.ToHashSet(StringComparer.Ordinal);

        Violations.AssertNone(
            from document in Repository.Files(".md")
            where document.Path == "README.md" || document.Path.StartsWith("docs/", StringComparison.Ordinal)
            from violation in DocumentRules.Check(document, paths)
            select violation);
    }

    [Theory]
    [InlineData("see `src/A/Sessions/SessionActor.cs`")]
    [InlineData("see `A/Sessions/SessionActor.cs` and SessionActor.cs")]
    [InlineData("see [why](decisions/0001-actors.md), [again](./decisions/0001-actors.md) and [home](../README.md)")]
    [InlineData("pages `docs/decisions/NNNN-title.md`, `scenarios/*.yaml`, `{a,b}.cs`")]
    public void A_mention_of_a_file_that_exists_is_fine(string line) =>
        Assert.Empty(DocumentRules.Check(RepositoryFile.Of("docs/PAGE.md", line), Paths));

    [Theory]
    [InlineData("see `src/A/Sessions/SessionManager.cs`")]
    [InlineData("see SessionManager.cs.")]
    [InlineData("see [why](decisions/0002-codec.md)")]
    public void A_mention_of_a_file_that_does_not_exist_is_reported(string line) =>
        Assert.Single(DocumentRules.Check(RepositoryFile.Of("docs/PAGE.md", line), Paths));
}
