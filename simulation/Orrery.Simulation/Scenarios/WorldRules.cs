using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios.Model;
using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Scenarios;

/// <summary>Rules of a world: who is where, what joins them, and what a broker can be told.</summary>
internal static class WorldRules
{
    private static readonly string[] Kinds = ["default", "client", "bridge"];

    /// <summary>Adds an error for each rule that is broken.</summary>
    public static void Check(MapNode document, Scenario scenario, ErrorList errors)
    {
        var topology = scenario.Topology;
        CheckBrokers(document, topology, errors);
        CheckClients(document, topology, errors);
        foreach (var name in topology.Links.Keys.Where(name => !Kinds.Contains(name)))
        {
            if (!name.Contains("->", StringComparison.Ordinal)) errors.Add(PositionOf(document, "links", name), $"'{name}' joins nobody: a link has its ends as name, such as sensor->b1, or is 'default', 'client' or 'bridge'");
            else if (!Joins(topology, name)) errors.Add(PositionOf(document, "links", name), $"no client of this file has the path '{name}'");
        }

        CheckFaults(document, "steps", scenario.Steps, scenario, errors);
        CheckFaults(document, "faults", scenario.Faults, scenario, errors);
    }

    private static void CheckBrokers(MapNode document, Topology topology, ErrorList errors)
    {
        foreach (var (name, broker) in topology.Brokers)
        {
            if (broker is { Persistence: Persistence.Memory, Disk: not null })
                errors.Add(PositionOf(document, "brokers", name), $"'{name}' keeps nothing, so it has no disk: give it persistence: os, group or fsync");
            foreach (var fault in WorldOptions.Of(broker.Limits).Validate())
            {
                errors.Add(PositionOf(document, "brokers", name), $"the broker can't have these limits: {fault}");
            }
        }
    }

    private static void CheckClients(MapNode document, Topology topology, ErrorList errors)
    {
        var generated = topology.Generate is { } generate ? BrokerPlan.CountOf(generate) : 0;
        var count = generated + topology.Brokers.Keys.Count(name => name != topology.Generate?.Broker);
        foreach (var (name, client) in topology.Clients)
        {
            if (client.Per is not null) continue;
            if (client.Broker is null && count > 1)
                errors.Add(PositionOf(document, "clients", name), $"there are {count} brokers: say which one with 'broker', or have a group for each with 'per'");
            else if (client.Broker is not null && client.Broker == topology.Generate?.Broker && generated > 1)
                errors.Add(PositionOf(document, "clients", name), $"there are {generated} brokers of the kind '{client.Broker}': say which one with [n], or have a group for each with 'per'");
        }
    }

    private static void CheckFaults(MapNode document, string key, IReadOnlyList<Step> steps, Scenario scenario, ErrorList errors)
    {
        foreach (var (node, step) in ((document[key] as ListNode)?.Items ?? []).Zip(steps))
        {
            CheckDisks(node, step, scenario.Topology, errors);
            if (step is SetLimitStep set) CheckLimits(node, set, scenario, errors);
            if (step is LinkFault fault && fault.Link.Contains("->", StringComparison.Ordinal) && !Joins(scenario.Topology, fault.Link))
                errors.Add(node.Position, $"no client of this file has the path '{fault.Link}', so the fault would do nothing");
            if (step is CorruptFault && scenario.Profile is not { Base: ProfileBase.Hostile })
                errors.Add(node.Position, "bits that flip are outside of what TCP promises (N11), so this is for a hostile world alone: add 'profile: { base: hostile, omit_each: 100% }', which injects nothing else");
        }
    }

    private static void CheckDisks(ScenarioNode node, Step step, Topology topology, ErrorList errors)
    {
        if (step is DiskFault { Node: { } broker } && !HasDisk(topology, broker))
            errors.Add(node.Position, $"'{broker}' keeps nothing, so it has no disk: give it persistence: os, group or fsync");
        if (step is DiskStallFault { For: null }) errors.Add(node.Position, "a disk that stalls goes on after a time: say 'for'");
        if (step is DiskErrorFault { Read: null, Write: null, Sync: null }) errors.Add(node.Position, "say what fails: a share of 'read', 'write' or 'sync'");
        if (step.When is DiskTrigger trigger && !(trigger.Node is { } named ? HasDisk(topology, named) : topology.Brokers.Keys.Any(name => HasDisk(topology, name))))
            errors.Add(node.Position, "no broker that this could wait for keeps anything: give one persistence: os, group or fsync");
    }

    // What is not declared has been said elsewhere.
    private static bool HasDisk(Topology topology, string broker) =>
        !topology.Brokers.TryGetValue(Whole(broker), out var node) || node.Persistence != Persistence.Memory;

    private static void CheckLimits(ScenarioNode node, SetLimitStep step, Scenario scenario, ErrorList errors)
    {
        if (!scenario.Topology.Brokers.TryGetValue(Whole(step.Node), out var broker))
        {
            if (scenario.Topology.Clients.ContainsKey(Whole(step.Node))) errors.Add(node.Position, $"'{step.Node}' is a client, and limits are a broker's");
            return;
        }

        var before = WorldOptions.Of(broker.Limits);
        var after = WorldOptions.With(before, step.Limits);
        if (step.Limits.Packet is not null)
            errors.Add(node.Position, "'packet' can't change while a broker runs: readers of connections are set up with it; give it in 'limits' of the broker");
        else if (after == before && step.Limits == new Limits())
            errors.Add(node.Position, "this changes no limit");
        foreach (var fault in after.Validate()) errors.Add(node.Position, $"the broker can't have these limits: {fault}");
    }

    /// <summary>Whether a path leads from a client to its broker, or back, or along a bridge.</summary>
    private static bool Joins(Topology topology, string path)
    {
        var arrow = path.IndexOf("->", StringComparison.Ordinal);
        var (from, to) = (path[..arrow].TrimEnd('<'), path[(arrow + 2)..]);
        return IsHome(topology, from, to) || IsHome(topology, to, from) || topology.Bridges.Count > 0;
    }

    private static bool IsHome(Topology topology, string client, string broker)
    {
        if (!topology.Clients.TryGetValue(Whole(client), out var node) || !topology.Brokers.ContainsKey(Whole(broker))) return false;
        return node.Per is not null || node.Broker is null || Whole(node.Broker) == Whole(broker);
    }

    private static string Whole(string name) => name.EndsWith(']') ? name[..name.IndexOf('[')] : name;

    private static SourcePosition PositionOf(MapNode document, string key, string name) =>
        ((document["topology"] as MapNode)?[key] as MapNode)?.Entries.FirstOrDefault(entry => entry.Key == name)?.Position ?? document.Position;
}
