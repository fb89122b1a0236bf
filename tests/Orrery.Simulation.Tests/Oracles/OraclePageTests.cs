using System.Text;
using Orrery.Simulation.Oracles;
using Orrery.Simulation.Tests.Scenarios;

namespace Orrery.Simulation.Tests.Oracles;

/// <summary>docs/ORACLES.md lists the rules that there are. Set ORRERY_WRITE_ORACLES to 1 to write its tables anew.</summary>
public sealed class OraclePageTests
{
    private const string Start = "<!-- rules -->\n";
    private const string End = "<!-- end of rules -->";

    private static string Path => System.IO.Path.Combine(Documents.Root, "docs", "ORACLES.md");

    [Fact]
    public void The_page_lists_every_rule_as_it_is()
    {
        var page = File.ReadAllText(Path);
        var (start, end) = (page.IndexOf(Start, StringComparison.Ordinal) + Start.Length, page.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("ORRERY_WRITE_ORACLES") == "1") File.WriteAllText(Path, page[..start] + Tables() + page[end..]);

        Assert.Equal(Tables(), page[start..end]);
    }

    [Fact]
    public void The_page_speaks_of_no_rule_that_is_not_there()
    {
        var rules = System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(Path), @"\b(Q[0-2]|[OWRSKHFLX]|ME|OV|UN|TM|SB)-\d+\b").Select(match => match.Value).Distinct();

        Assert.Equal([], rules.Where(rule => !OracleRegistry.IsKnown(rule) && !NotJudged.Contains(rule)));
    }

    private static readonly string[] NotJudged = ["F-5", "W-7", "W-8", "X-5"];

    private static string Tables()
    {
        var text = new StringBuilder();
        foreach (var (subject, type, oracles) in OracleRegistry.Subjects)
        {
            text.Append($"\n### {subject} (`{type.Name}`)\n\n| Id | Rule | Rests on | Histories that break it |\n|---|---|---|---|\n");
            foreach (var oracle in oracles)
            {
                var statements = oracle.Statements.Count == 0 ? "ours" : string.Join(", ", oracle.Statements.Select(statement => statement["MQTT-".Length..]));
                var histories = string.Join("; ", OracleCases.Broken.Where(name => name.StartsWith($"{oracle.Id}: ", StringComparison.Ordinal)).Select(name => name[(oracle.Id.Length + 2)..]));
                text.Append($"| {oracle.Id} | {oracle.Sentence} | {statements} | {histories} |\n");
            }
        }

        return text.Append('\n').ToString();
    }
}
