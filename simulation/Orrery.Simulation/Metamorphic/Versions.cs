using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Metamorphic;

/// <summary>MM-6: all clients speak MQTT 3.1.1, or all MQTT 5.</summary>
internal static class Versions
{
    private const long ForEverNanoseconds = uint.MaxValue * 1_000_000_000L;

    /// <summary>Where something is used that only MQTT 5 has, or that the versions answer otherwise.</summary>
    public static string? WhyNot(Scenario scenario)
    {
        if (scenario.HasRandomFaults()) return "faults are drawn";
        if (scenario.HasChanceOfTurns()) return "turns are drawn";
        if (scenario.Topology.Links.Values.Any(link => link.Bandwidth is not null || link.Buffer is not null || link.Latency?.ExpMean is not null || link.Segment is not null)) return "the size of a packet counts, or its pieces are drawn";
        if (scenario.Topology.Brokers.Values.Any(broker => broker.Limits is not null) || scenario.Happens().Any(step => step is SetLimitStep)) return "limits are told to MQTT 5 alone";
        if (scenario.Topology.Clients.Values.Any(IsNew)) return "a client asks for what only MQTT 5 has";
        if (scenario.Subscriptions().Any(request => request.NoLocal || request.RetainAsPublished || request.RetainHandling != 0 || request.Filter.StartsWith('$'))) return "a subscription has options";
        return scenario.Happens().Any(IsNew) ? "it does what only MQTT 5 can, or bytes of one version" : null;
    }

    /// <summary>All of MQTT 3.1.1.</summary>
    public static Scenario Old(Scenario scenario) => With(scenario, ProtocolVersion.V311);

    /// <summary>All of MQTT 5.</summary>
    public static Scenario New(Scenario scenario) => With(scenario, ProtocolVersion.V5);

    // A session of MQTT 3.1.1 lives as long as its broker lets it, or ends with its connection.
    private static Scenario With(Scenario scenario, ProtocolVersion version) => scenario.WithClients((_, client) => client with
    {
        Protocol = new ProtocolChoice { Version = version },
        SessionExpiry = version == ProtocolVersion.V5 && !client.CleanStart ? new Duration(ForEverNanoseconds) : null,
    });

    private static bool IsNew(ClientNode client) =>
        client.ReceiveMaximum is not null || client.MaximumPacket is not null || client.TopicAliasMaximum is not null || client.Will?.Delay is not null || client.ClientId is { Length: 0 }
        || (client.SessionExpiry is { } expiry && client.CleanStart == expiry.Nanoseconds > 0);

    private static bool IsNew(Step step) => step switch
    {
        PublishStep publish => publish.Expiry is not null || publish.ContentType is not null || publish.ResponseTopic is not null || publish.Correlation is not null
            || publish.TopicAlias is not null || publish.User.Count > 0 || publish.PacketIdentifier is not null || publish.Duplicate,
        SubscribeStep subscribe => subscribe.Identifier is not null,
        DisconnectStep disconnect => disconnect.Code != 0 || disconnect.SessionExpiry is not null,
        ConnectStep connect => connect.CleanStart is not null || connect.Silent,
        AckStep ack => ack.Code != 0,
        SendRawStep or CorruptFault or ResetFault { AfterBytes: not null } or FinFault { AfterBytes: not null } => true,
        _ => false,
    };
}
