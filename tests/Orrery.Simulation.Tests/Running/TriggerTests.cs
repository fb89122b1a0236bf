using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;

namespace Orrery.Simulation.Tests.Running;

/// <summary>Each trigger fires at the point that it names, and not past it.</summary>
public sealed class TriggerTests
{
    private const string Clients = """
        pub: { keep_alive: 0s, clean_start: false, session_expiry: 1h, keep_state: true, reconnect: 1s }
        sub: { keep_alive: 0s, clean_start: false, session_expiry: 1h, keep_state: true, reconnect: 1s, auto_subscribe: [ { filter: "a/#", qos: 2 } ] }
        """;

    private const string Story = """
        - { at: 0s, do: connect, client: sub }
        - { at: 1s, do: connect, client: pub }
        - { at: 2s, do: publish, client: pub, topic: a/b, qos: 2, count: 3 }
        """;

    private static RunResult Run(string faults, string every = "0s") => Runs.Run(Runs.Scenario(
        Clients, Story.Replace("count: 3", $"count: 3, every: {every}", StringComparison.Ordinal), $"faults:\n{string.Join('\n', faults.Split('\n').Select(line => "  " + line))}"));

    private static int Count(RunResult result, HistoryKind kind, string text) =>
        result.Packets(kind).Count(line => line.Contains(text, StringComparison.Ordinal));

    [Theory]                                    // the K points of a matrix: what has left, and what has arrived, when the broker dies
    [InlineData("PUBREC", "out", "before_send", 0, 0)]
    [InlineData("PUBREC", "out", "sent", 1, 0)]
    [InlineData("PUBREC", "out", "received", 3, 1)]
    public void A_broker_dies_before_a_packet_leaves_when_it_left_or_when_it_arrives(string packet, string dir, string stage, int sent, int received)
    {
        var result = Run($"- {{ when: {{ packet: {packet}, dir: {dir}, stage: {stage}, conn: \"pub#1\" }}, do: crash, node: b1 }}");

        var died = Assert.Single(result.Of(HistoryKind.ProcessEnded)).Index;
        Assert.Equal(sent, result.Of(HistoryKind.PacketSent, "b1").Count(one => one.Index < died && one.Packet!.Packet is Mqtt.Packets.PubRecPacket));
        Assert.True(result.Of(HistoryKind.PacketReceived, "pub").Count(one => one.Index < died && one.Packet!.Packet is Mqtt.Packets.PubRecPacket) >= received);
    }

    [Fact]
    public void What_was_read_is_not_handled_before_the_step_upon_it()
    {
        var result = Run("- { when: { packet: PUBREL, dir: in, stage: received, conn: \"pub#1\" }, do: crash, node: b1, kind: power_loss }");

        Assert.True(Count(result, HistoryKind.PacketReceived, "in PUBREL") >= 1);
        Assert.Equal(0, Count(result, HistoryKind.PacketSent, "pub#1 out PUBCOMP"));
    }

    [Fact]
    public void A_client_loses_its_power_before_its_packet_leaves()
    {
        var result = Run("- { when: { packet: PUBREL, dir: in, stage: before_send }, do: crash, node: pub, kind: power_loss, then: { restart: 1s } }");

        Assert.Equal(0, Count(result, HistoryKind.PacketSent, "pub#1 in PUBREL"));
        Assert.Equal(3, Count(result, HistoryKind.PacketSent, "pub#2 in PUBREL"));
        Assert.Equal(3, result.Delivered("sub").Count);
    }

    [Fact]
    public void A_link_breaks_before_a_packet_leaves_and_the_session_goes_on_later()
    {
        var result = Run("- { when: { packet: PUBREC, dir: out, stage: before_send, conn: \"pub#1\" }, do: fault, kind: reset, link: pub->b1 }");

        Assert.Equal(0, Count(result, HistoryKind.PacketSent, "pub#1 out PUBREC"));
        Assert.Equal(3, Count(result, HistoryKind.PacketSent, "pub#2 in PUBLISH"));
        Assert.Equal(["a/b=pub/1", "a/b=pub/2", "a/b=pub/3"], result.Delivered("sub"));
    }

    [Fact]
    public void A_step_that_hurts_nobody_lets_what_it_held_go_on()
    {
        var held = Run("- { when: { packet: PUBREC, dir: out, stage: before_send }, do: fault, kind: latency, link: sub->b1, latency: 5ms }");
        var plain = Runs.Run(Runs.Scenario(Clients, Story));

        Assert.Equal(plain.Packets(), held.Packets());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_nth_occurrence_is_the_one_that_counts(int nth)
    {
        var result = Run($"- {{ when: {{ packet: PUBLISH, dir: in, stage: received, nth: {nth} }}, do: pause, node: sub, for: 1s }}", every: "1s");

        var paused = Assert.Single(result.Of(HistoryKind.ProcessPaused)).Index;
        Assert.Equal(nth, result.Of(HistoryKind.PacketReceived, "b1").Count(one => one.Index < paused && one.Packet!.Packet is Mqtt.Packets.PublishPacket));
    }

    [Fact]
    public void What_the_broker_says_it_decided_is_a_trigger()
    {
        var result = Run("- { when: { event: client_connected, client: pub }, do: crash, node: pub }");

        Assert.Equal(1_015_000_000, Assert.Single(result.Of(HistoryKind.ProcessEnded, "pub")).Nanoseconds);
    }

    [Fact]
    public void So_many_messages_that_clients_got_are_a_trigger()
    {
        var result = Run("- { when: { delivered: { topic: a/b, client: sub, count: 2 } }, do: pause, node: b1, for: 1s }");

        var paused = Assert.Single(result.Of(HistoryKind.ProcessPaused, "b1"));
        Assert.InRange(result.Of(HistoryKind.Delivered).Count(one => one.Index < paused.Index), 2, 3);
    }

    [Fact]
    public void A_number_of_the_state_that_becomes_what_is_asked_is_a_trigger()
    {
        var result = Run("- { when: { state: \"session(sub).inflight\", is: \">= 3\" }, do: pause, node: sub, for: 1s }");

        Assert.Equal(2_005_000_000, Assert.Single(result.Of(HistoryKind.ProcessPaused, "sub")).Nanoseconds);
    }

    [Fact]
    public void A_step_after_a_trigger_counts_from_it()
    {
        var result = Run("""
            - { when: { packet: PUBREC, dir: out, nth: 1 }, do: pause, node: sub, for: 1s }
            - { after: 2s, do: crash, node: b1 }
            """);

        Assert.Equal(4_005_000_000, Assert.Single(result.Of(HistoryKind.ProcessEnded)).Nanoseconds);
    }

    [Fact]
    public void Triggers_change_nothing_when_nothing_is_recorded()
    {
        var text = Runs.Scenario(Clients, Story, """
            faults:
              - { when: { packet: PUBREC, dir: out, stage: before_send }, do: crash, node: b1, then: { restart: 1s } }
              - { when: { state: "broker(b1).sessions", is: 2 }, do: pause, node: sub, for: 1s }
              - { when: { event: will_due }, do: crash, node: sub }
            """);

        Assert.Equal(Runs.Run(text).TraceHash, Runs.Run(text, new RunOptions { Judges = false }).TraceHash);
    }
}
