using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Metamorphic;

/// <summary>MM-1: every byte of every stream is a segment of its own.</summary>
internal static class Segmentation
{
    private const string DefaultLink = "default";

    /// <summary>Where pieces take their own time, or are counted or drawn for each, other pieces are another world.</summary>
    public static string? WhyNot(Scenario scenario)
    {
        if (scenario.Topology.Links.Values.Any(link => link.Latency?.ExpMean is not null)) return "each piece of a stream draws its latency";
        if (scenario.Topology.Links.Values.Any(link => link.Bandwidth is not null || link.Buffer is not null)) return "a link has a bandwidth or a small buffer";
        if (scenario.Topology.Clients.Values.Any(client => client.ReadRate is not null)) return "a client reads slowly";
        if (scenario.Happens().Any(step => step is LatencyFault or BandwidthFault or SegmentFault or CorruptFault or ResetFault { AfterBytes: not null } or FinFault { AfterBytes: not null })) return "a fault counts bytes, or is drawn for each piece";
        if (scenario.Topology.Brokers.Values.Any(broker => broker.Persistence != Persistence.Memory)) return "a store writes together what came together";
        if (scenario.HasChanceOfTurns()) return "turns are drawn";
        return scenario.HasRandomFaults() ? "faults are drawn" : null;
    }

    /// <summary>The same in the smallest pieces.</summary>
    public static Scenario Change(Scenario scenario)
    {
        var links = scenario.Topology.Links.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        links.TryAdd(DefaultLink, new Link());
        return scenario with
        {
            Topology = scenario.Topology with { Links = new NameDictionary<Link>(links.Select(entry => KeyValuePair.Create(entry.Key, entry.Value with { Segment = new ByteSize(1) }))) },
        };
    }
}
