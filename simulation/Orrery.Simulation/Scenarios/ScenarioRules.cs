using Orrery.Simulation.Expectations;
using Orrery.Simulation.Oracles;
using Orrery.Simulation.Scenarios.Model;
using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Scenarios;

/// <summary>Rules that span keys of a scenario whose records are whole.</summary>
internal static class ScenarioRules
{
    /// <summary>Adds an error for each rule that is broken.</summary>
    public static void Check(MapNode document, Scenario scenario, ErrorList errors)
    {
        CheckSteps(document, "steps", scenario.Steps, errors);
        CheckSteps(document, "faults", scenario.Faults, errors);
        if (scenario.Topology.Brokers.Count == 0) errors.Add(document["topology"]!.Position, "a world needs a broker: brokers: { b1: {} }");
        if (scenario.Topology.Generate is { } generate) CheckGenerate(document, generate, errors);
        WorldRules.Check(document, scenario, errors);
        if (scenario.Phases?.Heal is { At: null } && scenario.Phases.Chaos is null)
            errors.Add(document["phases"]!.Position, "'heal' needs a time: give it 'at', or give 'chaos' a length");
        foreach (var id in scenario.Oracles?.Skip ?? [])
        {
            if (!OracleRegistry.IsKnown(id)) errors.Add(document["oracles"]!.Position, $"'{id}' is no oracle; {NearestName.Hint(id, [.. OracleRegistry.All.Select(oracle => oracle.Id)])}");
        }

        var expectations = ((document["expect"] as ListNode)?.Items ?? []).Zip(scenario.Expect);
        foreach (var (node, expectation) in expectations) CheckExpectation(node, expectation, errors);
    }

    private static void CheckSteps(MapNode document, string key, IReadOnlyList<Step> steps, ErrorList errors)
    {
        var nodes = (document[key] as ListNode)?.Items ?? [];
        var ids = new HashSet<string>();
        foreach (var (node, step) in nodes.Zip(steps))
        {
            if (key == "faults" && step is not (NodeStep or FaultStep or HealStep or BridgeStep))
                errors.Add(node.Position, "this hurts nobody, so it belongs in 'steps'");
            if (step is not HealStep && step.Id is { } id && !ids.Add(id)) errors.Add(node.Position, $"the id '{id}' is there twice");
            foreach (var expectation in step.Expect) CheckExpectation(node, expectation, errors);
        }
    }

    private static void CheckExpectation(ScenarioNode node, Expectation expectation, ErrorList errors)
    {
        if (expectation.Between.Count is not (0 or 2))
            errors.Add(node.Position, "'between' has two times: [15s, 16s]");
        else if (expectation.Between.Count == 2 && expectation.Between[0].Nanoseconds > expectation.Between[1].Nanoseconds)
            errors.Add(node.Position, "'between' ends before it starts");
        if (expectation is ClosedExpectation { Reason: { } reason } && !CloseReasons.IsKnown(reason))
            errors.Add(node.Position, $"'{reason}' is no reason to close; {NearestName.Hint(reason, CloseReasons.Names)}");
    }

    private static void CheckGenerate(MapNode document, Generate generate, ErrorList errors)
    {
        var position = (document["topology"] as MapNode)?["generate"]?.Position ?? document.Position;
        var isTree = generate.Shape == Shape.Tree;
        if (isTree && (generate.Fanout is null || generate.Depth is null || generate.Count is not null))
            errors.Add(position, "a tree is given by 'fanout' and 'depth'");
        if (!isTree && (generate.Count is null || generate.Fanout is not null || generate.Depth is not null))
            errors.Add(position, "this shape is given by 'count'");
    }
}
