using Orrery.Simulation.Expectations;
using Orrery.Simulation.Oracles;
using Orrery.Simulation.Running;
using Orrery.Simulation.Tests.Histories;
using Orrery.Simulation.Tests.Scenarios;

namespace Orrery.Simulation.Tests.Oracles;

public sealed class OracleTests
{
    public static TheoryData<string> Broken => [.. OracleCases.Broken];

    public static TheoryData<string> Kept => [.. OracleCases.Kept];

    [Theory, MemberData(nameof(Broken))]
    public void A_broken_rule_is_found_and_no_other(string name)
    {
        var (rule, story) = OracleCases.Of(name);

        var findings = Findings(story());

        Assert.Equal(rule, string.Join("; ", findings.Select(finding => finding.Rule).Distinct()));
        Assert.All(findings, finding => Assert.NotEmpty(finding.Events));
        Assert.All(findings, finding => Assert.EndsWith(".", finding.Message, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Kept))]
    public void What_comes_near_to_a_broken_rule_breaks_none(string name) =>
        Assert.Equal("", string.Join("\n", Findings(OracleCases.Of(name).Story()).Select(finding => $"{finding.Rule}: {finding.Message}")));

    [Fact]
    public void Every_rule_has_a_history_that_breaks_it_and_one_that_does_not()
    {
        var broken = OracleCases.Broken.Select(name => name.Split(':')[0]).Distinct().ToArray();
        var kept = OracleCases.Kept.Select(name => name.Split(" holds:")[0]).Distinct().ToArray();

        Assert.Equal([], OracleRegistry.All.Select(oracle => oracle.Id).Except(broken));
        Assert.Equal([], OracleRegistry.All.Select(oracle => oracle.Id).Except(kept));
        Assert.Equal([], broken.Union(kept).Except(OracleRegistry.All.Select(oracle => oracle.Id)));
    }

    [Fact]
    public void A_rule_that_a_scenario_leaves_out_is_not_judged()
    {
        var (_, story) = OracleCases.Of(OracleCases.Broken.First(name => name.StartsWith("Q1-2", StringComparison.Ordinal)));
        var scenario = Documents.RunOf(Documents.Least + "oracles: { skip: [Q1-2], reason: the client is told nothing }").Scenario;
        var history = story();

        Assert.Empty(RunJudge.Judge(scenario, history.History, history.Facts with { EndNanoseconds = 1_000_000_000_000 }));
    }

    [Fact]
    public void A_history_that_is_not_whole_leaves_the_verdict_open()
    {
        var story = HistoryBuilder.WithRoomFor(12).At(1).Connect("c").Connect("d");

        var finding = Assert.Single(RunJudge.Judge(Documents.RunOf(Documents.Least).Scenario, story.History, story.Facts with { EndNanoseconds = 90_000_000_000 }));

        Assert.Equal(("engine", true), (finding.Rule, finding.IsUnknown));
        Assert.Equal(Verdict.Unknown, RunJudge.VerdictOf([finding]));
    }

    private static Finding[] Findings(HistoryBuilder story) => [.. OracleRegistry.Judge(story.View(), null)];
}
