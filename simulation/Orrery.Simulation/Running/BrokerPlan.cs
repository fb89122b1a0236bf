using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Running;

/// <summary>Which brokers a topology has: those with a name of their own, and those made by rule.</summary>
internal static class BrokerPlan
{
    /// <summary>Every broker with its name, its key in the file, what the file says of it, and whether it has no children.</summary>
    public static IEnumerable<(string Name, string Kind, BrokerNode Node, bool IsLeaf)> Of(Topology topology)
    {
        var generate = topology.Generate;
        foreach (var (name, node) in topology.Brokers)
        {
            if (name != generate?.Broker) yield return (name, name, node, true);
        }

        if (generate is null) yield break;
        var count = CountOf(generate);
        for (var number = 1; number <= count; number++)
        {
            yield return ($"{generate.Broker}[{number}]", generate.Broker, topology.Brokers[generate.Broker], IsLeaf(generate, number, count));
        }
    }

    /// <summary>How many brokers a rule makes.</summary>
    public static long CountOf(Generate generate)
    {
        if (generate.Shape != Shape.Tree) return generate.Count ?? 0;
        var (count, level) = (1L, 1L);
        for (var depth = 0; depth < generate.Depth && count <= int.MaxValue; depth++)
        {
            level *= generate.Fanout ?? 1;
            count += level;
        }

        return count;
    }

    // Level by level from the root: the children of number n are (n - 1) * fanout + 2 and the following.
    private static bool IsLeaf(Generate generate, int number, long count) => generate.Shape switch
    {
        Shape.Tree => ((number - 1L) * (generate.Fanout ?? 1)) + 2 > count,
        Shape.Star => number > 1 || count == 1,
        _ => true,
    };
}
