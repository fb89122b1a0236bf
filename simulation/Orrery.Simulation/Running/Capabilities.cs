using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Running;

/// <summary>What the simulation can't do yet or never will: a scenario that needs it is skipped, and says why.</summary>
internal static class Capabilities
{
    /// <summary>Why a scenario can't be run; null if it can.</summary>
    public static string? ReasonToSkip(Scenario scenario)
    {
        var topology = scenario.Topology;
        if (scenario.Requires is { Bridges: true } || topology.Bridges.Count > 0) return "it has bridges, and brokers can't be bridged yet";
        foreach (var step in scenario.Steps.Concat(scenario.Faults))
        {
            if (step is BridgeStep) return "it switches a bridge, and brokers can't be bridged yet";
        }

        return null;
    }
}
