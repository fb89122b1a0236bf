using System.Text.RegularExpressions;

namespace Orrery.Simulation.Tests.Scenarios;

public sealed class DocumentationTests
{
    [Fact]
    public void The_first_file_of_the_page_is_valid_and_its_triggers_are_too()
    {
        var page = File.ReadAllText(Path.Combine(Documents.Root, "docs", "SCENARIOS.md")).ReplaceLineEndings("\n");
        var blocks = Regex.Matches(page, "```yaml\n(.*?)```", RegexOptions.Singleline).Select(match => match.Groups[1].Value).ToArray();

        Documents.RunOf(blocks.Single(block => block.StartsWith("orrery:", StringComparison.Ordinal)));
        var triggers = blocks.Single(block => block.StartsWith("when:", StringComparison.Ordinal)).Trim().Split('\n');
        Assert.Equal(5, triggers.Length);
        foreach (var trigger in triggers)
        {
            Documents.RunOf(Documents.Least.Replace("b1: {}", "b1: { persistence: os }", StringComparison.Ordinal) + "steps:\n  - do: wait\n    " + trigger + "\n");
        }
    }
}
