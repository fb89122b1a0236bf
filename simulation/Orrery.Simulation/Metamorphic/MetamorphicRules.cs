using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Metamorphic;

/// <summary>The rules that compare two runs with one seed. docs/ORACLES.md lists them for people.</summary>
internal static class MetamorphicRules
{
    private const int DifferencesMax = 5;

    /// <summary>The rules.</summary>
    public static IReadOnlyList<MetamorphicRule> All { get; } =
    [
        new("MM-1", "Bytes that arrive in other pieces change no packet, and no instant of one.", Segmentation.WhyNot, Same, Segmentation.Change, ClientStories.CompareAll),
        new("MM-2", "Other client identifiers and topics, each standing for one of before, change nothing but these names.", Renaming.WhyNot, Same, Renaming.Change, Renaming.Compare),
        new("MM-4", "A store changes no message that anybody is handed, where no broker ends.", Durable.WhyNot, Durable.Memory, Durable.Kept, Durable.Compare),
        new("MM-6", "MQTT 3.1.1 and MQTT 5 deliver the same, where only what both have is used.", Versions.WhyNot, Versions.Old, Versions.New, ClientStories.CompareDeliveries),
        new("F-5", "One subscriber that never acknowledges changes the latency of deliveries to the others by less than 10 %, at the 99th percentile.", Isolation.WhyNot, Same, Isolation.Change, Isolation.Compare),
    ];

    /// <summary>A rule by its name.</summary>
    public static MetamorphicRule Of(string id) => All.First(rule => rule.Id == id);

    /// <summary>Makes the two runs that a rule compares, and compares them.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="run">The run that is changed.</param>
    /// <param name="seed">The seed in place of the run's; null for the run's own.</param>
    public static MetamorphicOutcome Check(MetamorphicRule rule, ScenarioRun run, ulong? seed = null)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(run);
        if (Capabilities.ReasonToSkip(run.Scenario) is { } skipped) return new MetamorphicOutcome(rule, skipped, []);
        if (rule.WhyNot(run.Scenario) is { } reason) return new MetamorphicOutcome(rule, reason, []);
        var before = Run(run, rule.Basis, seed);
        var after = Run(run, rule.Change, seed);
        if (before.History.Omitted > 0 || after.History.Omitted > 0) return new MetamorphicOutcome(rule, "its history is not whole", []);
        var known = before.Findings.Select(finding => finding.Rule).ToHashSet(StringComparer.Ordinal);
        string[] broken = [.. after.Findings.Where(finding => finding is { IsUnknown: false, Rule: not ("expect" or "golden") } && !known.Contains(finding.Rule)).Select(finding => $"In the changed world {finding.Rule} is broken: {finding.Message}")];
        return new MetamorphicOutcome(rule, null, [.. rule.Compare(before, after).Concat(broken).Take(DifferencesMax)]);
    }

    // What the file claims of its own world is not judged in another one, but says how long the run is.
    private static RunResult Run(ScenarioRun run, Func<Scenario, Scenario> change, ulong? seed) =>
        ScenarioRunner.Run(run with { Scenario = change(run.Scenario) with { Golden = null } }, new RunOptions { Seed = seed });

    private static Scenario Same(Scenario scenario) => scenario;
}
