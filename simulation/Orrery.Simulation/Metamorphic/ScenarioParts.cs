using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Metamorphic;

/// <summary>What rules ask of a scenario, and how they make another one of it.</summary>
internal static class ScenarioParts
{
    /// <summary>All that happens.</summary>
    public static IEnumerable<Step> Happens(this Scenario scenario) => scenario.Steps.Concat(scenario.Faults);

    /// <summary>Every filter that anybody subscribes to, with its QoS.</summary>
    public static IEnumerable<SubscriptionRequest> Subscriptions(this Scenario scenario) =>
    [
        .. scenario.Topology.Clients.Values.SelectMany(client => client.AutoSubscribe),
        .. scenario.Workload.Values.SelectMany(workload => workload.Subscribe),
        .. scenario.Steps.OfType<SubscribeStep>().SelectMany(step => step.Filter is { } filter ? [new SubscriptionRequest { Filter = filter, QoS = step.QoS }] : step.Filters),
    ];

    /// <summary>Whether something depends on how many packets or events of anybody there were.</summary>
    public static bool CountsOthers(this Scenario scenario) => scenario.Happens().Any(step => step.When is PacketTrigger { Conn: null } or EventTrigger { Client: null } or DiskTrigger
        || (step.When is StateTrigger state && state.State.StartsWith("broker(", StringComparison.Ordinal)));

    /// <summary>Whether a broker takes turns by chance, or its host reads and writes by chance: then any change is another draw.</summary>
    public static bool HasChanceOfTurns(this Scenario scenario) => scenario.Topology.Brokers.Values.Any(broker => broker.Order != TurnOrder.Fifo || broker.Buggify || broker.TimerLateness is not null);

    /// <summary>Whether random faults are injected.</summary>
    public static bool HasRandomFaults(this Scenario scenario)
    {
        if (scenario.Profile is not { Base: not ProfileBase.Calm } profile) return false;
        return profile.OmitEach is not { } share || share.Numerator < share.Denominator;
    }

    /// <summary>The same with other clients.</summary>
    public static Scenario WithClients(this Scenario scenario, Func<string, ClientNode, ClientNode> change) => scenario with
    {
        Topology = scenario.Topology with { Clients = new NameDictionary<ClientNode>(scenario.Topology.Clients.Select(entry => KeyValuePair.Create(entry.Key, change(entry.Key, entry.Value)))) },
    };

    /// <summary>The same with one client more, which does some steps behind all others of the same instant.</summary>
    public static Scenario WithClient(this Scenario scenario, string name, ClientNode node, IEnumerable<Step> steps) => scenario with
    {
        Topology = scenario.Topology with { Clients = new NameDictionary<ClientNode>(scenario.Topology.Clients.Append(KeyValuePair.Create(name, node))) },
        Steps = [.. scenario.Steps, .. steps],
    };

    /// <summary>A broker that somebody is connected to; null for none.</summary>
    public static string? AnyHome(this Scenario scenario) =>
        scenario.Topology.Generate is not null ? null : scenario.Topology.Clients.Values.Select(client => client.Broker).FirstOrDefault(broker => broker is not null) ?? scenario.Topology.Brokers.Keys.First();
}
