using System.Globalization;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Metamorphic;

/// <summary>MM-4: brokers with a store where nothing ends before its time, so that nobody can tell.</summary>
internal static class Durable
{
    /// <summary>Where a broker ends, a store makes a difference; and acknowledgements that wait for a disk come later.</summary>
    public static string? WhyNot(Scenario scenario)
    {
        if (scenario.Topology.Brokers.Values.Any(broker => broker.Persistence != Persistence.Memory)) return "its brokers have stores";
        if (scenario.HasRandomFaults()) return "faults are drawn";
        if (scenario.HasChanceOfTurns()) return "turns are drawn";
        if (scenario.CountsOthers()) return "it counts packets or events of anybody";
        if (scenario.Happens().Any(step => step is FaultStep or DisconnectStep or HoldAcksStep or SendRawStep) || scenario.Happens().OfType<ConnectStep>().GroupBy(step => step.Client).Any(group => group.Count() > 1))
            return "what is under way when a connection ends depends on how fast it was";
        if (scenario.Happens().Any(step => step is NodeStep and not SetLimitStep)) return "a process ends or pauses, or a clock changes";
        if (scenario.Topology.Brokers.Values.Any(broker => broker.Limits is not null) || scenario.Happens().Any(step => step is SetLimitStep)) return "what has not been acknowledged yet counts against a limit";
        return scenario.Topology.Generate is not null ? "its brokers are made by rule" : null;
    }

    /// <summary>Without a store.</summary>
    public static Scenario Memory(Scenario scenario) => With(scenario, Persistence.Memory);

    /// <summary>With one.</summary>
    public static Scenario Kept(Scenario scenario) => With(scenario, Persistence.Group);

    /// <summary>Each client must be handed the same messages; those of several publishers may come in another order.</summary>
    public static IEnumerable<string> Compare(RunResult before, RunResult after) => ClientStories.Differences(Lines(before), Lines(after));

    private static SortedDictionary<string, List<(string Text, long Nanoseconds)>> Lines(RunResult run)
    {
        var lines = ClientStories.Lines(ClientStories.Of(run).Where(seen => seen is { What: "delivered", Packet: PublishPacket { Message.Topic.IsSystem: false } }), seen => seen.Client, Text);
        foreach (var list in lines.Values) list.Sort((left, right) => string.CompareOrdinal(left.Text, right.Text));
        return lines;
    }

    private static string Text(ClientStories.Seen seen)
    {
        var message = ((PublishPacket)seen.Packet!).Message;
        return string.Create(CultureInfo.InvariantCulture, $"{message.Topic} {Convert.ToHexStringLower(message.Payload.Span)} QoS {(int)message.QoS}{(message.Retain ? " retained" : "")}");
    }

    private static Scenario With(Scenario scenario, Persistence persistence) => scenario with
    {
        Topology = scenario.Topology with { Brokers = new NameDictionary<BrokerNode>(scenario.Topology.Brokers.Select(entry => KeyValuePair.Create(entry.Key, entry.Value with { Persistence = persistence }))) },
    };
}
