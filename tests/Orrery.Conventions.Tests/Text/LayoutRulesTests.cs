namespace Orrery.Conventions.Tests.Text;

public sealed class LayoutRulesTests
{
    /// <summary>Every name that the top of the repository may hold. Whatever is new finds its place in one of the folders.</summary>
    private static readonly string[] TopLevel =
    [
        ".ci", ".editorconfig", ".gitattributes", ".gitignore", "Directory.Build.props", "Directory.Packages.props", "Engine.sln",
        "LICENSE", "README.md", "docs", "scenarios", "simulation", "src", "tests",
    ];

    [Fact]
    public void The_top_of_the_repository_holds_only_the_names_it_may_hold() =>
        Violations.AssertNone(Unexpected(Repository.TopLevel()));

    [Fact]
    public void A_planted_file_at_the_top_is_reported() => Assert.Single(Unexpected(["src", "notes.txt"]));

    private static IEnumerable<string> Unexpected(IEnumerable<string> names) =>
        from name in names
        where !TopLevel.Contains(name)
        select $"{name}: not a name that the top of the repository may hold.";
}
