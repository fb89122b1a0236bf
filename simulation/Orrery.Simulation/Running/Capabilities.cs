using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Running;

/// <summary>What the simulation can't do yet or never will: a scenario that needs it is skipped, and says why.</summary>
internal static class Capabilities
{
    /// <summary>Why a scenario can't be run; null if it can.</summary>
    public static string? ReasonToSkip(Scenario scenario)
    {
        var topology = scenario.Topology;
        if (scenario.Requires is { Persistence: { } required and not Persistence.None }) return $"requires persistence: {required.ToString().ToLowerInvariant()}, and there is no store yet";
        if (topology.Brokers.FirstOrDefault(broker => broker.Value.Persistence != Persistence.None) is { Key: { } durable })
            return $"the broker '{durable}' has a store, and there is none yet";
        if (scenario.Requires is { Bridges: true } || topology.Bridges.Count > 0) return "it has bridges, and brokers can't be bridged yet";
        if (scenario.Profile is { Base: ProfileBase.LyingDisk }) return "its profile has a disk, and there is none yet";
        foreach (var step in scenario.Steps.Concat(scenario.Faults))
        {
            if (step.When is DiskTrigger) return "it waits for a disk, and there is none yet";
            if (step is BridgeStep) return "it switches a bridge, and brokers can't be bridged yet";
            if (step is SetLimitStep) return "it changes limits of a running broker, which this broker can't do";
        }

        return null;
    }
}
