using System.Text;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios;

namespace Orrery.Simulation.Tests.Running;

/// <summary>Runs texts of scenarios, and says what happened in one line an event.</summary>
internal static class Runs
{
    /// <summary>A world of one broker, b1, and a link of 5 ms; what is given goes below `clients:` and `steps:`.</summary>
    public static string Scenario(string clients, string steps, string more = "", string links = "default: { latency: 5ms }", string broker = "") => $$"""
        orrery: 1
        name: test
        seed: 1
        topology:
          brokers: { b1: { {{broker}} } }
          links: { {{links}} }
          clients:
        {{Indented(clients, 4)}}
        steps:
        {{Indented(steps, 2)}}
        {{more}}
        """;

    public static ScenarioRun Read(string text)
    {
        var file = ScenarioFile.Read("test.yaml", text);
        Assert.Empty(file.Errors);
        return Assert.Single(file.Runs);
    }

    public static RunResult Run(string text, RunOptions? options = null) => ScenarioRunner.Run(Read(text), options ?? new RunOptions());

    /// <summary>The packets that were sent, such as `0.110 s sensor#1 in CONNECT`.</summary>
    public static IReadOnlyList<string> Packets(this RunResult result, HistoryKind kind = HistoryKind.PacketSent, string? connection = null) =>
    [
        .. result.History.Events.Where(happened => happened.Kind == kind && (connection is null || happened.Connection == connection)).Select(happened =>
            $"{Readable.Time(happened.Nanoseconds)} {happened.Connection} {(happened.Packet!.IsToBroker ? "in" : "out")} {Text(happened.Packet.Packet)}"),
    ];

    /// <summary>What a client got, such as `a/b=hello`.</summary>
    public static IReadOnlyList<string> Delivered(this RunResult result, string client) =>
        [.. result.Of(HistoryKind.Delivered, client).Select(happened => Text(((PublishPacket)happened.Packet!.Packet).Message))];

    /// <summary>Events of one kind.</summary>
    public static IEnumerable<HistoryEvent> Of(this RunResult result, HistoryKind kind, string? node = null) =>
        result.History.Events.Where(happened => happened.Kind == kind && (node is null || happened.Node == node));

    /// <summary>Ends of connections, such as `15.115 s b1 sensor#1 closed`.</summary>
    public static IReadOnlyList<string> Ends(this RunResult result) =>
        [.. result.Of(HistoryKind.ConnectionEnded).Select(happened => $"{Readable.Time(happened.Nanoseconds)} {happened.Node} {happened.Connection} {happened.Name}")];

    public static string All(this RunResult result) => string.Join('\n', result.History.Events.Select(e =>
        $"{e.Index} {Readable.Time(e.Nanoseconds)} {e.Kind} {e.Node} {e.Connection} {e.Peer} {e.Name} {e.Detail} {(e.Packet is null ? "" : Text(e.Packet.Packet))} <{e.Cause}"));

    private static string Text(Packet packet) => packet switch
    {
        PublishPacket publish => $"PUBLISH {Text(publish.Message)} q{(int)publish.Message.QoS}{(publish.Duplicate ? " dup" : "")} m{publish.PacketIdentifier}",
        AcknowledgementPacket acknowledgement => $"{packet.Type.ToString().ToUpperInvariant()} m{acknowledgement.PacketIdentifier}",
        _ => packet.Type.ToString().ToUpperInvariant(),
    };

    private static string Text(ApplicationMessage message) => $"{message.Topic}={Encoding.UTF8.GetString(message.Payload.Span).TrimEnd()}";

    private static string Indented(string text, int spaces) =>
        string.Join('\n', text.Split('\n').Select(line => new string(' ', spaces) + line));
}
