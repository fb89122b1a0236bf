using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;

namespace Orrery.Simulation.Tests.Running;

/// <summary>Each fault of the network is shown by what happens in the history.</summary>
public sealed class FaultTests
{
    private const string Clients = """
        c: { keep_alive: 0s }
        sub: { keep_alive: 0s, auto_subscribe: [ { filter: "a/#", qos: 1 } ] }
        """;

    private const string Connected = """
        - { at: 0s, do: connect, client: sub }
        - { at: 0s, do: connect, client: c }
        - { at: 1s, do: wait }
        """;

    private static RunResult Run(string steps, string more = "") => Runs.Run(Runs.Scenario(Clients, Connected + "\n" + steps, more));

    [Fact]
    public void A_fault_is_recorded_when_it_begins_and_when_it_ends()
    {
        var result = Run("- { at: 2s, do: fault, id: slow, kind: latency, link: c->b1, latency: 1s, for: 3s }");

        var started = Assert.Single(result.Of(HistoryKind.FaultStarted));
        var ended = Assert.Single(result.Of(HistoryKind.FaultEnded));
        Assert.Equal(("c->b1", "latency", 2_000_000_000), (started.Node, started.Name, started.Nanoseconds));
        Assert.Equal(("c->b1", "latency", 5_000_000_000, started.Index), (ended.Node, ended.Name, ended.Nanoseconds, ended.Cause));
    }

    [Fact]
    public void Latency_and_bandwidth_count_from_the_next_segment_and_end_with_the_fault()
    {
        var slow = Run("""
            - { at: 2s, do: fault, kind: latency, link: c->b1, latency: 1s, for: 3s }
            - { at: 2s, do: publish, client: c, topic: a/b, payload: one }
            - { at: 6s, do: publish, client: c, topic: a/b, payload: two }
            """);
        var narrow = Run("""
            - { at: 2s, do: fault, kind: bandwidth, link: c->b1, rate: 100B/s, for: 30s }
            - { at: 2s, do: publish, client: c, topic: a/b, size: 1kB }
            """);

        Assert.Equal([3_005_000_000, 6_010_000_000], slow.Of(HistoryKind.Delivered).Select(one => one.Nanoseconds));
        Assert.InRange(Assert.Single(narrow.Of(HistoryKind.Delivered)).Nanoseconds, 12_000_000_000, 13_000_000_000);
    }

    [Fact]
    public void Changes_of_one_link_that_overlap_end_each_on_its_own()
    {
        var result = Run("""
            - { at: 2s, do: fault, kind: latency, link: c->b1, latency: 1s, for: 2s }
            - { at: 3s, do: fault, kind: latency, link: c->b1, latency: 3s, for: 7s }
            - { at: 5s, do: publish, client: c, topic: a/b, payload: three }
            - { at: 11s, do: publish, client: c, topic: a/b, payload: none }
            """);

        Assert.Equal([8_005_000_000, 11_010_000_000], result.Of(HistoryKind.Delivered).Select(one => one.Nanoseconds));
    }

    [Fact]
    public void Segments_of_one_byte_change_nothing_that_is_said()
    {
        const string Publish = "\n- { at: 3s, do: publish, client: c, topic: a/b, qos: 1, payload: hello }";
        var whole = Run("- { at: 2s, do: wait }" + Publish);
        var cut = Run("- { at: 2s, do: fault, kind: segment, link: c->b1, size: 1B }" + Publish);

        Assert.Equal(whole.Packets(), cut.Packets());
        Assert.NotEqual(whole.Events, cut.Events);
    }

    [Theory]
    [InlineData("c->b1", 5_005, 5_010)]     // what the client sends waits
    [InlineData("b1->c", 2_005, 5_000)]     // what it gets does
    [InlineData("c<->b1", 5_005, 5_005)]
    public void A_clog_holds_one_direction_and_then_lets_it_burst(string link, long receivedMilliseconds, long answeredMilliseconds)
    {
        var result = Run($$"""
            - { at: 2s, do: fault, kind: clog, link: "{{link}}", for: 3s }
            - { at: 2s, do: ping, client: c }
            """);

        var received = result.Of(HistoryKind.PacketReceived).Single(one => one.Packet!.Packet is Mqtt.Packets.PingReqPacket);
        var answered = result.Of(HistoryKind.PacketReceived).Single(one => one.Packet!.Packet is Mqtt.Packets.PingRespPacket);
        Assert.InRange(received.Nanoseconds / 1_000_000, receivedMilliseconds - 5, receivedMilliseconds);
        Assert.InRange(answered.Nanoseconds / 1_000_000, answeredMilliseconds - 5, answeredMilliseconds + 5);
    }

    [Theory]
    [InlineData("nodes: c", false, false)]
    [InlineData("nodes: b1", false, false)]
    [InlineData("nodes: [ c, b1 ]", true, true)]
    [InlineData("nodes: c, one_way: true", false, true)]
    [InlineData("nodes: b1, one_way: true", true, false)]
    public void A_partition_keeps_its_sides_apart(string sides, bool isHeard, bool hears)
    {
        var result = Run($$"""
            - { at: 2s, do: fault, kind: partition, {{sides}} }
            - { at: 2s, do: publish, client: c, topic: a/b, payload: x }
            - { at: 2s, do: subscribe, client: c, filter: z }
            - { at: 3s, do: snapshot, name: s }
            """);

        var at = 3_000_000_000;
        Assert.Equal(isHeard, result.Of(HistoryKind.PacketReceived, "b1").Any(one => one.Connection == "c#1" && one.Nanoseconds is > 2_000_000_000 && one.Nanoseconds < at));
        if (isHeard) Assert.Equal(hears, result.Of(HistoryKind.PacketReceived, "c").Any(one => one.Nanoseconds is > 2_000_000_000 && one.Nanoseconds < at));
        if (!isHeard && hears) Assert.Empty(result.Delivered("sub"));
    }

    [Fact]
    public void Reset_and_fin_end_what_is_open_at_once_or_after_so_many_bytes()
    {
        var reset = Run("- { at: 2s, do: fault, kind: reset, link: c->b1 }");
        var fin = Run("- { at: 2s, do: fault, kind: fin, link: c->b1 }");
        var later = Run("- { at: 2s, do: fault, kind: reset, link: c->b1, after_bytes: 3B }\n- { at: 3s, do: ping, client: c }\n- { at: 4s, do: ping, client: c }");

        Assert.Equal(["2.000 s c c#1 reset", "2.000 s b1 c#1 reset"], reset.Ends());
        Assert.Equal(["2.000 s b1 c#1 fin", "2.000 s c c#1 fin"], fin.Ends());
        Assert.Equal(["4.005 s c c#1 reset", "4.005 s b1 c#1 reset"], later.Ends());
    }

    [Fact]
    public void Half_close_ends_one_direction()
    {
        var result = Run("- { at: 2s, do: fault, kind: half_close, link: c->b1 }");

        Assert.Equal(["2.005 s b1 c#1 fin", "2.010 s c c#1 fin"], result.Ends());
    }

    [Theory]
    [InlineData("refuse", "3.010 s c c#2 refused")]
    [InlineData("hang", "130.000 s c c#2 timeout")]
    public void New_connections_are_refused_or_get_no_answer(string kind, string end)
    {
        var result = Run($$"""
            - { at: 2s, do: disconnect, client: c }
            - { at: 2s, do: fault, kind: {{kind}}, link: c->b1 }
            - { at: 3s, do: connect, client: c }
            - { at: 140s, do: wait }
            """);

        Assert.Contains(end, result.Ends());
    }

    [Fact]
    public void A_path_that_forgets_is_a_black_hole()
    {
        var idle = Run("- { at: 2s, do: fault, kind: idle_drop, link: c->b1, idle: 5s }\n- { at: 4s, do: ping, client: c }\n- { at: 10s, do: ping, client: c }");
        var moved = Run("- { at: 2s, do: fault, kind: rebind, link: c->b1 }\n- { at: 3s, do: ping, client: c }");

        Assert.Equal(1, idle.Packets().Count(line => line.EndsWith("PINGRESP", StringComparison.Ordinal)));
        Assert.DoesNotContain(moved.Packets(), line => line.EndsWith("PINGRESP", StringComparison.Ordinal));
    }

    [Fact]
    public void A_half_open_connection_is_given_up_by_the_system_that_waits_for_its_peer()
    {
        var result = Runs.Run(Runs.Scenario(
            Clients,
            Connected + "\n- { at: 2s, do: fault, kind: half_open, link: sub->b1 }\n- { at: 3s, do: publish, client: c, topic: a/b, qos: 1 }\n- { at: 200s, do: wait }",
            links: "default: { latency: 5ms, give_up: 90s }"));

        Assert.Contains("93.005 s b1 sub#1 timeout", result.Ends());
    }

    [Fact]
    public void Corrupted_bytes_end_only_the_connection_they_came_on()
    {
        var result = Run(
            "- { at: 2s, do: fault, kind: corrupt, link: c->b1, rate: 100% }\n- { at: 2s, do: publish, client: c, topic: a/b }\n- { at: 3s, do: ping, client: sub }",
            "profile: { base: hostile, include: [ N11 ], omit_each: 100% }");

        Assert.Contains("2.005 s b1 c#1 closed", result.Ends());
        Assert.Contains("3.005 s sub#1 out PINGRESP", result.Packets());
    }

    [Fact]
    public void Heal_ends_one_fault_by_its_name_or_all()
    {
        var result = Run("""
            - { at: 2s, do: fault, id: one, kind: clog, link: c->b1 }
            - { at: 2s, do: fault, id: two, kind: clog, link: c->b1 }
            - { at: 2s, do: ping, client: c }
            - { at: 3s, do: heal, id: one }
            - { at: 4s, do: heal, all: true }
            """);

        Assert.Contains("4.000 s c#1 out PINGRESP", result.Packets());
        Assert.Equal([3_000_000_000, 4_000_000_000], result.Of(HistoryKind.FaultEnded).Select(ended => ended.Nanoseconds));
    }

    [Fact]
    public void What_a_fault_holds_back_is_recorded_once_for_each_direction_and_time_where_details_are_wanted()
    {
        var text = Runs.Scenario(Clients, Connected + """

            - { at: 2s, do: fault, kind: clog, link: c->b1, for: 2s }
            - { at: 2s, do: publish, client: c, topic: a/b, qos: 1, count: 3, every: 100ms }
            - { at: 6s, do: fault, kind: half_open, link: c->b1, for: 1s }
            - { at: 6s, do: publish, client: c, topic: a/b, qos: 1 }
            """);
        var detailed = Runs.Run(text, new RunOptions { Detailed = true });

        Assert.Equal(["2.005 s c->b1 c#1", "6.005 s c->b1 c#1"], detailed.Of(HistoryKind.NetworkHeld).Select(held => $"{Readable.Time(held.Nanoseconds)} {held.Node} {held.Connection}"));
        Assert.All(detailed.Of(HistoryKind.NetworkHeld), held => Assert.Equal(HistoryKind.PacketSent, detailed.History.Events[held.Cause].Kind));
        Assert.Empty(Runs.Run(text).Of(HistoryKind.NetworkHeld));
        Assert.Equal(Runs.Run(text).TraceHash, detailed.TraceHash);
    }

    [Theory]
    [InlineData("session(sub)"), InlineData("connection(sub)"), InlineData("connection(c)"), InlineData("sessions/*")]
    public void An_actor_that_starves_changes_the_order_of_turns_and_not_what_is_delivered(string actor)
    {
        const string Publish = "\n- { at: 3s, do: publish, client: c, topic: a/b, qos: 2, every: 1ms, count: 20 }";
        var plain = Run("- { at: 2s, do: wait }" + Publish);
        var starved = Run($$"""- { at: 2s, do: fault, kind: starve, node: b1, actor: "{{actor}}", turns: 50 }""" + Publish);

        Assert.NotEqual(plain.TraceHash, starved.TraceHash);
        Assert.Empty(starved.Findings);
        Assert.Equal(plain.Delivered("sub"), starved.Delivered("sub"));
        var started = Assert.Single(starved.Of(HistoryKind.FaultStarted));
        Assert.Equal(("b1", "starve", $"starve-1: {actor}, 50 turns"), (started.Node, started.Name, started.Detail));
    }

    [Fact]
    public void Starvation_ends_with_its_time_by_its_id_or_with_the_life_of_the_broker()
    {
        static IReadOnlyList<string> Ends(string steps) => [.. Run(steps).Of(HistoryKind.FaultEnded).Select(ended => Readable.Time(ended.Nanoseconds))];

        Assert.Equal(["3.005 s"], Ends("- { at: 2s, do: fault, kind: starve, node: b1, actor: session(sub), turns: 1 }\n- { at: 3s, do: publish, client: c, topic: a/b, qos: 1, count: 5 }"));
        Assert.Equal(["4.000 s"], Ends("- { at: 2s, do: fault, kind: starve, node: b1, actor: session(sub), turns: 1000000, for: 2s }\n- { at: 9s, do: wait }"));
        Assert.Equal(["3.000 s"], Ends("- { at: 2s, do: fault, id: s, kind: starve, node: b1, actor: session(sub), turns: 1000000 }\n- { at: 3s, do: heal, id: s }"));
        Assert.Equal(["4.000 s"], Ends("- { at: 2s, do: fault, id: s, kind: starve, node: b1, actor: session(sub), turns: 1000000 }\n- { at: 3s, do: crash, node: b1, then: { restart: 1s } }\n- { at: 4s, do: heal, id: s }"));
        Assert.Equal(["3.000 s"], Ends("- { at: 2s, do: crash, node: b1 }\n- { at: 3s, do: fault, kind: starve, node: b1, actor: session(sub) }"));
    }
}
