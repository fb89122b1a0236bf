using System.Text.RegularExpressions;

namespace Orrery.Client.Tests;

public partial class ClientPageTests
{
    [Fact]
    public void Every_block_of_code_in_the_page_is_taken_from_the_samples()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Engine.sln"))) root = Path.GetDirectoryName(root) ?? throw new FileNotFoundException("Engine.sln");
        var samples = Unindented(File.ReadAllText(Path.Combine(root, "tests/Orrery.Client.Tests/Samples.cs")));
        var blocks = Block().Matches(File.ReadAllText(Path.Combine(root, "docs/CLIENT.md")));

        Assert.Equal(8, blocks.Count);
        foreach (Match block in blocks) Assert.Contains(Unindented(block.Groups[1].Value), samples, StringComparison.Ordinal);
    }

    private static string Unindented(string text) => string.Join('\n', text.Split('\n').Select(line => line.Trim()));

    [GeneratedRegex("```csharp\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
