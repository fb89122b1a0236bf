using Orrery.Mqtt.Packets;
using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Metamorphic;

/// <summary>F-5: a subscriber more, to all that others subscribe to, that never acknowledges.</summary>
internal static class Isolation
{
    private const string Name = "zz-stuck";
    private const int SamplesMin = 20;
    private const int SamplesMax = 300;
    private const int PercentMax = 10;

    /// <summary>Where there is nothing to delay, a fault delays deliveries anyway, or what is kept for it takes a disk's time and room.</summary>
    public static string? WhyNot(Scenario scenario)
    {
        if (scenario.AnyHome() is null) return "its brokers are made by rule";
        if (scenario.HasChanceOfTurns()) return "turns are drawn";
        if (scenario.HasRandomFaults()) return "faults are drawn";
        if (scenario.CountsOthers()) return "it counts packets or events of anybody";
        if (scenario.Topology.Brokers.Values.Any(broker => broker.Limits is { } limits && (limits.Connections ?? limits.Sessions) is not null) || scenario.Happens().Any(step => step is SetLimitStep)) return "connections or sessions are scarce";
        if (scenario.Topology.Brokers.Values.Any(broker => broker.Persistence != Persistence.Memory)) return "it would share a disk with the others";
        if (scenario.Happens().Any(step => step is FaultStep or NodeStep)) return "faults decide what is delivered, and when";
        if (Filters(scenario).Length == 0) return "nobody subscribes to anything that a client can be added to";
        if (scenario.Workload.Count > 0) return "it says more than a queue that nobody empties is judged with";
        return scenario.Steps.OfType<PublishStep>().Sum(step => (long)step.Count) switch
        {
            < SamplesMin => "it says too little",
            > SamplesMax => "it says more than a queue that nobody empties is judged with",
            _ => null,
        };
    }

    /// <summary>The same with one more.</summary>
    public static Scenario Change(Scenario scenario)
    {
        var start = new Duration(0);
        return scenario.WithClient(
            Name,
            new ClientNode { Broker = scenario.AnyHome(), KeepAlive = start, CleanStart = false, SessionExpiry = new Duration(3_600_000_000_000), AutoSubscribe = [.. Filters(scenario).Select(filter => new SubscriptionRequest { Filter = filter, QoS = 1, RetainHandling = 2 })] },
            [new ConnectStep { At = start, Client = Name }, new HoldAcksStep { At = start, Client = Name }]);
    }

    /// <summary>The latency at the 99th percentile must be much the same.</summary>
    public static IEnumerable<string> Compare(RunResult before, RunResult after)
    {
        var (without, with) = (Latencies(before), Latencies(after));
        if (without.Count < SamplesMin) yield break;
        if (with.Count < without.Count) yield return $"The others got {with.Count} messages beside a subscriber that never acknowledges, and {without.Count} without it.";
        if (with.Count == 0) yield break;
        var (left, right) = (At99(without), At99(with));
        if (Math.Abs(right - left) * 100 >= left * PercentMax && left != right)
            yield return $"The latency at the 99th percentile is {Readable.Time(right)} beside a subscriber that never acknowledges, and {Readable.Time(left)} without it: more than {PercentMax} % apart.";
    }

    private static string[] Filters(Scenario scenario) =>
        [.. scenario.Subscriptions().Select(request => request.Filter).Where(filter => !filter.Contains('$', StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static long At99(List<long> latencies)
    {
        latencies.Sort();
        return latencies[Math.Max(0, (latencies.Count * 99 / 100) - 1)];
    }

    // From the first sending of what was said last under this topic and payload to each delivery of it.
    private static List<long> Latencies(RunResult run)
    {
        var sent = new Dictionary<string, long>(StringComparer.Ordinal);
        var latencies = new List<long>();
        foreach (var seen in ClientStories.Of(run).Where(seen => seen.Client != Name))
        {
            if (seen.Packet is not PublishPacket publish) continue;
            var key = $"{publish.Message.Topic} {Convert.ToHexStringLower(publish.Message.Payload.Span)}";
            if (seen.What == "sent" && !publish.Duplicate) sent[key] = seen.Nanoseconds;
            else if (seen.What == "delivered" && sent.TryGetValue(key, out var at)) latencies.Add(seen.Nanoseconds - at);
        }

        return latencies;
    }
}
