using Orrery.Simulation.Metamorphic;
using Orrery.Simulation.Scenarios;
using Orrery.Simulation.Scenarios.Model;
using Orrery.Simulation.Swarm;
using Orrery.Simulation.Tests.Running;
using Orrery.Simulation.Tests.Scenarios;
using Xunit.Abstractions;

namespace Orrery.Simulation.Tests.Metamorphic;

/// <summary>Two runs are compared: of scenarios of the library and of random ones to which a rule applies.</summary>
/// <remarks>Each rule takes a part of them; with <c>ORRERY_METAMORPHIC=all</c> it takes all of the library and more random ones.</remarks>
public sealed class MetamorphicTests(ITestOutputHelper output)
{
    private const int ClientsMax = 50;
    private const int PartsOfLibrary = 5;                   // each rule takes one
    private const ulong RandomMax = 12;
    private const ulong RandomOfAll = 60;

    private const string Story = """
        - { at: 0s, do: connect, client: sub }
        - { at: 0s, do: connect, client: also }
        - { at: 1s, do: connect, client: pub }
        - { at: 2s, do: publish, client: pub, topic: a/b, qos: 1, count: 30, every: 10ms }
        - { at: 2s, do: publish, client: pub, topic: a/c, qos: 2, count: 10, every: 10ms }
        """;

    private const string Clients = """
        pub: {}
        sub: { auto_subscribe: [ { filter: "a/#", qos: 2 } ] }
        also: { clean_start: false, session_expiry: 1h, keep_state: true, auto_subscribe: [ { filter: a/+, qos: 1 } ] }
        """;

    private static readonly bool TakesAll = Environment.GetEnvironmentVariable("ORRERY_METAMORPHIC") == "all";

    private static readonly ScenarioRun Plain = Runs.Read(Runs.Scenario(Clients, Story));

    public static TheoryData<string> Rules => [.. MetamorphicRules.All.Select(rule => rule.Id)];

    [Theory, MemberData(nameof(Rules))]
    public void A_rule_holds_in_a_plain_world(string id)
    {
        var outcome = MetamorphicRules.Check(MetamorphicRules.Of(id), Plain);

        Assert.Null(outcome.WhyNot);
        Assert.Empty(outcome.Differences);
    }

    /// <summary>What a broker or a world does otherwise upon the change: each is noticed by the rule.</summary>
    [Theory]
    [InlineData("MM-1", "loses"), InlineData("MM-2", "loses"), InlineData("MM-4", "loses"), InlineData("MM-6", "loses"), InlineData("F-5", "loses")]
    [InlineData("MM-1", "slows"), InlineData("MM-2", "slows"), InlineData("F-5", "slows")]
    [InlineData("MM-1", "reorders"), InlineData("MM-2", "reorders"), InlineData("MM-6", "reorders")]
    public void A_planted_difference_is_noticed(string id, string plant)
    {
        var rule = MetamorphicRules.Of(id);
        var planted = rule with { Change = scenario => Plant(rule.Change(scenario), plant) };

        var outcome = MetamorphicRules.Check(planted, Plain);

        Assert.NotEmpty(outcome.Differences);
    }

    [Theory]
    [InlineData("MM-4", "slows"), InlineData("MM-6", "slows")]
    public void What_a_rule_allows_is_no_difference(string id, string plant)
    {
        var rule = MetamorphicRules.Of(id);
        var planted = rule with { Change = scenario => Plant(rule.Change(scenario), plant) };

        Assert.Empty(MetamorphicRules.Check(planted, Plain).Differences);
    }

    [Fact]
    public void The_page_lists_every_rule()
    {
        var page = File.ReadAllText(Path.Combine(Documents.Root, "docs", "ORACLES.md"));

        Assert.All(MetamorphicRules.All, rule => Assert.Contains($"| {rule.Id} | {rule.Sentence} |", page, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Rules))]
    public void A_rule_holds_for_the_library(string id)
    {
        var rule = MetamorphicRules.Of(id);
        var (applied, broken, reasons) = (0, new List<string>(), new SortedDictionary<string, int>(StringComparer.Ordinal));
        var part = MetamorphicRules.All.ToList().IndexOf(rule);
        foreach (var path in Documents.Files().Where((_, index) => TakesAll || index % PartsOfLibrary == part))
        {
            // One run of each file: a matrix mostly varies what the rules do not look at.
            if (ScenarioFile.Read(path, File.ReadAllText(path)).Runs is not [{ Seed: not null } run, ..]) continue;
            if (run.Scenario.Topology.Generate is not null || run.Scenario.Topology.Clients.Values.Sum(client => client.Count) > ClientsMax)
            {
                reasons["it is too large to be run twice here"] = reasons.GetValueOrDefault("it is too large to be run twice here") + 1;
                continue;
            }

            var outcome = MetamorphicRules.Check(rule, run);
            if (outcome.WhyNot is { } reason) reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            else applied++;
            broken.AddRange(outcome.Differences.Select(difference => $"{run.Name}: {difference}"));
        }

        output.WriteLine($"{id} applies to {applied} scenarios; not to {reasons.Values.Sum()}: {string.Join("; ", reasons.Select(reason => $"{reason.Value}, since {reason.Key}"))}.");
        Assert.True(broken.Count == 0, string.Join('\n', broken));
        Assert.True(applied > 0, "applied to none");
    }

    [Theory, MemberData(nameof(Rules))]
    public void A_rule_holds_for_random_scenarios(string id)
    {
        var rule = MetamorphicRules.Of(id);
        var (applied, broken) = (0, new List<string>());
        for (var seed = 1UL; seed <= (TakesAll ? RandomOfAll : RandomMax); seed++)
        {
            var run = RandomScenario.Of(seed);
            var outcome = MetamorphicRules.Check(rule, run);
            applied += outcome.WhyNot is null ? 1 : 0;
            broken.AddRange(outcome.Differences.Select(difference => $"{run.Name}: {difference}"));
        }

        output.WriteLine($"{id} applies to {applied} random scenarios.");
        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }

    private static Scenario Plant(Scenario scenario, string plant) => plant switch
    {
        "loses" => scenario with { Topology = scenario.Topology with { Clients = Subscribers(scenario, request => request with { Filter = request.Filter == "a/#" || request.Filter.StartsWith("q/", StringComparison.Ordinal) ? $"{request.Filter[..1]}/none" : request.Filter }) } },
        "slows" => scenario with { Topology = scenario.Topology with { Links = new NameDictionary<Link>(scenario.Topology.Links.Select(entry => KeyValuePair.Create(entry.Key, entry.Value with { Latency = new Delay { Fixed = new Duration(7_000_000) } }))) } },
        _ => scenario with { Steps = [.. scenario.Steps.Select(step => step is PublishStep { QoS: 2, Every: not null } publish && !publish.Client.StartsWith("zz", StringComparison.Ordinal) ? publish with { At = new Duration(1_900_000_000) } : step)] },
    };

    private static NameDictionary<ClientNode> Subscribers(Scenario scenario, Func<SubscriptionRequest, SubscriptionRequest> change) => new(scenario.Topology.Clients.Select(
        entry => KeyValuePair.Create(entry.Key, entry.Key.StartsWith("zz", StringComparison.Ordinal) ? entry.Value : entry.Value with { AutoSubscribe = [.. entry.Value.AutoSubscribe.Select(change)] })));
}
