using Orrery.Simulation.Histories;
using Orrery.Simulation.Oracles;
using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios;
using Orrery.Simulation.Scenarios.Model;
using Orrery.Simulation.Tests.Running;

namespace Orrery.Simulation.Tests.Oracles;

/// <summary>A broker that lost nothing may have rolled back as well: whatever its runs are cut into, no rule may be broken by that.</summary>
public sealed class RollbackTests
{
    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, 10)];

    [Theory, MemberData(nameof(Seeds))]
    public void Nothing_is_broken_where_ends_that_lost_nothing_are_taken_for_rollbacks(int seed)
    {
        var (run, history, facts) = Play(seed);
        var rolledBack = new History();
        foreach (var happened in history.Events) rolledBack.Add(happened is { Kind: HistoryKind.ProcessEnded, Node: "b1" } ? happened with { Name = "power_loss" } : happened);
        var forgetful = facts with { Brokers = new Dictionary<string, BrokerFacts> { ["b1"] = facts.Brokers["b1"] with { Persistence = Persistence.Os } } };

        Assert.NotEmpty(HistoryView.Of(rolledBack, forgetful, run.Scenario).RollbacksOf("b1"));
        Assert.Equal([], Findings(rolledBack, forgetful, run).Except(Findings(history, facts, run)));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Nothing_is_broken_where_a_history_ends_anywhere(int seed)
    {
        var (run, history, facts) = Play(seed);
        for (var part = 1; part < 8; part++)
        {
            var count = history.Events.Count * part / 8;
            var cut = new History();
            foreach (var happened in history.Events.Take(count)) cut.Add(happened);
            var sooner = facts with
            {
                EndNanoseconds = history.Events[count].Nanoseconds,
                Brokers = new Dictionary<string, BrokerFacts> { ["b1"] = facts.Brokers["b1"] with { AtEnd = null } },
            };

            Assert.Equal([], Findings(cut, sooner, run));
        }
    }

    private static (ScenarioRun Run, History History, RunFacts Facts) Play(int seed)
    {
        var text = new RandomWorld(seed).Text().Replace("brokers: { b1: { ", "brokers: { b1: { persistence: group, ", StringComparison.Ordinal);
        var run = Runs.Read($"{text}  - {{ at: 30s, do: crash, node: b1, then: {{ restart: 500ms }} }}\n");
        var history = new History();
        var world = new RunWorld(run.Scenario, (ulong)seed, new RunOptions(), history);
        ScenarioRunner.Play(world);
        var facts = world.Facts.Build();
        world.Forget();
        Assert.Equal(run.Scenario.Topology.Brokers["b1"], facts.Brokers["b1"].Node);
        return (run, history, facts);
    }

    private static string[] Findings(History history, RunFacts facts, ScenarioRun run) =>
        [.. OracleRegistry.Judge(HistoryView.Of(history, facts, run.Scenario), null).Select(finding => $"{finding.Rule}: {finding.Message}")];
}
