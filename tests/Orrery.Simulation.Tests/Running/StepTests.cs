using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;

namespace Orrery.Simulation.Tests.Running;

/// <summary>Each verb is shown by what happens in the history.</summary>
public sealed class StepTests
{
    private const string Clients = """
        c: { keep_alive: 0s, clean_start: false, session_expiry: 1h }
        sub: { keep_alive: 0s, auto_subscribe: [ { filter: "a/#", qos: 2 } ] }
        """;

    private const string Connected = """
        - { at: 0s, do: connect, client: sub }
        - { at: 0s, do: connect, client: c }
        - { at: 1s, do: wait }
        """;

    private static RunResult Run(string steps, string clients = Clients) => Runs.Run(Runs.Scenario(clients, Connected + "\n" + steps));

    [Fact]
    public void Disconnect_says_so_or_ends_the_connection_without_a_word()
    {
        Assert.Contains("1.000 s c#1 in DISCONNECT", Run("- { at: 1s, do: disconnect, client: c }").Packets());
        var fin = Run("- { at: 1s, do: disconnect, client: c, kind: fin }");
        var reset = Run("- { at: 1s, do: disconnect, client: c, kind: reset }");

        Assert.DoesNotContain("1.000 s c#1 in DISCONNECT", fin.Packets());
        Assert.Equal(["1.000 s c c#1 closed", "1.005 s b1 c#1 fin"], fin.Ends());
        Assert.Equal(["1.000 s c c#1 closed", "1.005 s b1 c#1 reset"], reset.Ends());
    }

    [Fact]
    public void Subscribe_and_unsubscribe_change_what_arrives()
    {
        var result = Run("""
            - { at: 1s, do: subscribe, client: c, filter: "t/+", qos: 1 }
            - { after: 1s, do: publish, client: sub, topic: t/1, qos: 1, payload: one }
            - { after: 1s, do: unsubscribe, client: c, filter: "t/+" }
            - { after: 1s, do: publish, client: sub, topic: t/2, qos: 1, payload: two }
            """);

        Assert.Equal(["t/1=one"], result.Delivered("c"));
    }

    [Fact]
    public void Payloads_that_are_not_given_are_numbered_and_padded()
    {
        var result = Run("""
            - { at: 1s, do: publish, client: c, topic: a/b, count: 2 }
            - { at: 2s, do: publish, client: c, topic: a/b, size: 20B }
            - { at: 3s, do: publish, client: c, topic: a/b, payload: own }
            - { at: 4s, do: publish, client: c, topic: "a/$client/$broker" }
            """);

        Assert.Equal(["a/b=c/1", "a/b=c/2", "a/b=c/3", "a/b=own", "a/c/b1=c/5"], result.Delivered("sub"));
        Assert.Contains(result.Of(HistoryKind.Delivered), one => ((Mqtt.Packets.PublishPacket)one.Packet!.Packet).Message.Payload.Length == 20);
    }

    [Fact]
    public void Publications_in_a_row_keep_their_distance()
    {
        var result = Run("- { at: 1s, do: publish, client: c, topic: a/b, count: 3, every: 10s }");

        Assert.Equal([1_010_000_000, 11_010_000_000, 21_010_000_000], result.Of(HistoryKind.Delivered).Select(one => one.Nanoseconds));
    }

    [Fact]
    public void A_publication_with_an_identifier_of_its_own_is_sent_as_often_as_asked()
    {
        var result = Run("""
            - { at: 1s, do: hold_acks, client: c, packet: PUBREL }
            - { at: 1s, do: publish, client: c, topic: a/b, qos: 2, payload: once }
            - { at: 2s, do: publish, client: c, topic: a/b, qos: 2, payload: once, packet_identifier: 1, duplicate: true, count: 3 }
            - { at: 3s, do: ack, client: c }
            """);

        Assert.Equal(4, result.Packets(HistoryKind.PacketReceived, "c#1").Count(line => line.Contains("PUBLISH a/b=once q2", StringComparison.Ordinal)));
        Assert.Equal(["a/b=once"], result.Delivered("sub"));
        Assert.Contains("3.005 s c#1 out PUBCOMP m1", result.Packets());
    }

    [Fact]
    public void Acknowledgements_are_held_until_they_are_asked_for_or_their_time_is_over()
    {
        const string Publish = "- { at: 2s, do: publish, client: c, topic: a/b, qos: 1, count: 2 }\n";
        var never = Run("- { at: 1s, do: hold_acks, client: sub }\n" + Publish);
        var one = Run("- { at: 1s, do: hold_acks, client: sub }\n" + Publish + "- { at: 5s, do: ack, client: sub, count: 1 }");
        var timed = Run("- { at: 1s, do: hold_acks, client: sub, packet: PUBACK, for: 5s }\n" + Publish);

        Assert.DoesNotContain(never.Packets(connection: "sub#1"), line => line.Contains("PUBACK", StringComparison.Ordinal));
        Assert.Equal(["5.000 s sub#1 in PUBACK m1"], one.Packets(connection: "sub#1").Where(line => line.Contains("PUBACK", StringComparison.Ordinal)));
        Assert.Equal(
            ["6.000 s sub#1 in PUBACK m1", "6.000 s sub#1 in PUBACK m2"],
            timed.Packets(connection: "sub#1").Where(line => line.Contains("PUBACK", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_acknowledgement_of_nothing_is_sent_all_the_same() => Assert.Contains(
        "1.000 s c#1 in PUBACK m77", Run("- { at: 1s, do: ack, client: c, packet: PUBACK, packet_identifier: 77 }").Packets());

    [Fact]
    public void Any_bytes_are_sent_also_where_no_connect_came_before()
    {
        var second = Run("- { at: 1s, do: send_raw, client: c, hex: 'c0 00 00 00' }");
        var silent = Runs.Run(Runs.Scenario(Clients, """
            - { at: 0s, do: connect, client: c, silent: true }
            - { at: 1s, do: send_raw, client: c, hex: 'c0 00' }
            """));

        Assert.Contains("1.005 s c#1 in PINGREQ", second.Packets(HistoryKind.PacketReceived));
        Assert.Equal(["sent", "read"], second.Of(HistoryKind.Malformed).Select(malformed => malformed.Name));
        Assert.Contains("1.005 s b1 c#1 closed", second.Ends());
        Assert.Contains("1.005 s b1 c#1 closed", silent.Ends());
        Assert.DoesNotContain(silent.Packets(connection: "c#1"), line => line.Contains("CONNECT", StringComparison.Ordinal));
    }

    [Fact]
    public void A_silent_connection_is_closed_when_its_connect_does_not_come()
    {
        var result = Runs.Run(Runs.Scenario(Clients, "- { at: 0s, do: connect, client: c, silent: true }", "expect: [ { closed_by: b1, conn: \"c#1\", until: 20s } ]"));

        Assert.Contains("10.015 s b1 c#1 closed", result.Ends());
    }

    [Fact]
    public void Ping_is_answered() => Assert.Contains("1.005 s c#1 out PINGRESP", Run("- { at: 1s, do: ping, client: c }").Packets());

    [Fact]
    public void What_needs_a_connection_waits_for_it()
    {
        var result = Runs.Run(Runs.Scenario(Clients, """
            - { at: 0s, do: connect, client: sub }
            - { at: 0s, do: subscribe, client: c, filter: "t/#" }
            - { at: 0s, do: publish, client: c, topic: a/b, payload: early }
            - { at: 1s, do: connect, client: c }
            """));

        Assert.Contains("1.020 s c#1 in SUBSCRIBE", result.Packets());
        Assert.Equal(["a/b=early"], result.Delivered("sub"));
    }

    [Fact]
    public void A_broker_that_crashes_is_gone_and_comes_back()
    {
        var result = Run("- { at: 2s, do: crash, node: b1, then: { restart: 3s } }\n- { at: 6s, do: connect, client: c }");

        Assert.Equal(["2.000 s kill"], result.Of(HistoryKind.ProcessEnded, "b1").Select(ended => $"{Readable.Time(ended.Nanoseconds)} {ended.Name}"));
        Assert.Equal([0, 5_000_000_000], result.Of(HistoryKind.ProcessStarted, "b1").Select(started => started.Nanoseconds));
        Assert.Contains("2.000 s b1 c#1 process_ended", result.Ends());
        Assert.Contains("2.005 s c c#1 fin", result.Ends());
        Assert.Contains("6.015 s c#2 out CONNACK", result.Packets());
    }

    [Fact]
    public void A_broker_without_power_tells_nobody()
    {
        var result = Run("- { at: 2s, do: crash, node: b1, kind: power_loss }");

        Assert.Equal(["2.000 s b1 c#1 process_ended", "2.000 s b1 sub#1 process_ended"], result.Ends().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_broker_that_stops_says_goodbye_and_one_that_restarts_comes_back()
    {
        var stopped = Run("- { at: 2s, do: stop, node: b1 }");
        var restarted = Run("- { at: 2s, do: restart, node: b1 }");

        Assert.Contains("2.000 s c#1 out DISCONNECT", stopped.Packets());
        Assert.Equal("stop", Assert.Single(stopped.Of(HistoryKind.ProcessEnded)).Name);
        Assert.Single(stopped.Of(HistoryKind.ProcessStarted));
        Assert.Equal(2, restarted.Of(HistoryKind.ProcessStarted).Count());
    }

    [Fact]
    public void A_paused_broker_answers_late()
    {
        var result = Run("- { at: 2s, do: pause, node: b1, for: 3s }\n- { at: 3s, do: ping, client: c }");

        Assert.Contains("5.000 s c#1 out PINGRESP", result.Packets());
        Assert.Equal(2_000_000_000, Assert.Single(result.Of(HistoryKind.ProcessPaused)).Nanoseconds);
        Assert.Equal(5_000_000_000, Assert.Single(result.Of(HistoryKind.ProcessResumed)).Nanoseconds);
    }

    [Fact]
    public void A_paused_client_reads_late_and_pings_late()
    {
        var result = Run("- { at: 2s, do: pause, node: sub, for: 3s }\n- { at: 3s, do: publish, client: c, topic: a/b }");

        Assert.Equal(5_000_000_000, Assert.Single(result.Of(HistoryKind.Delivered)).Nanoseconds);
    }

    [Theory]
    [InlineData(true, "dup")]
    [InlineData(false, "")]
    public void A_client_that_crashes_knows_its_session_or_not(bool keeps, string flag)
    {
        var clients = $"c: {{ keep_alive: 0s, clean_start: false, session_expiry: 1h, keep_state: {(keeps ? "true" : "false")} }}\nsub: {{}}";
        var result = Run("""
            - { at: 2s, do: fault, kind: clog, link: c->b1, for: 1s }
            - { at: 2s, do: publish, client: c, topic: a/b, qos: 1 }
            - { at: 2.5s, do: crash, node: c, kind: power_loss, then: { restart: 2s } }
            - { at: 5s, do: publish, client: c, topic: a/b, qos: 1, payload: next }
            """, clients);

        var sent = result.Packets(connection: "c#2").Where(line => line.Contains("PUBLISH", StringComparison.Ordinal)).ToArray();
        Assert.Equal(keeps ? 2 : 1, sent.Length);
        Assert.Contains(flag, sent[0], StringComparison.Ordinal);
        Assert.Equal("c", Assert.Single(result.Of(HistoryKind.ProcessEnded)).Node);
        Assert.Equal(4_500_000_000, Assert.Single(result.Of(HistoryKind.ProcessStarted, "c")).Nanoseconds);
    }

    [Fact]
    public void Clocks_run_at_the_rate_they_are_set_to()
    {
        const string Sleepy = "c: { keep_alive: 10s }\nsub: { keep_alive: 0s }";
        var fast = Run("- { at: 1s, do: set_clock, node: c, rate: 2/1 }\n- { at: 12s, do: wait }", Sleepy);
        var broker = Run("- { at: 1s, do: set_clock, node: b1, rate: 2/1 }\n- { at: 1s, do: pause, node: c, for: 30s }\n- { at: 20s, do: wait }", Sleepy);

        Assert.Contains("5.505 s c#1 in PINGREQ", fast.Packets());          // 10 s of its clock since CONNECT left at 10 ms, at half the time from 1 s on
        Assert.Contains("8.0075 s b1 c#1 closed", broker.Ends());              // 15 s of the broker's clock since CONNECT came at 15 ms
    }

    [Fact]
    public void A_wall_clock_that_jumps_moves_no_timer()
    {
        var result = Run("- { at: 1s, do: set_clock, node: b1, by: +10h }\n- { at: 2s, do: ping, client: c }");

        Assert.Single(result.Of(HistoryKind.ClockChanged));
        Assert.Empty(result.Ends());
    }

    [Fact]
    public void A_group_does_each_step_once_for_each_of_it()
    {
        var result = Runs.Run(Runs.Scenario("dev: { count: 3 }", """
            - { at: 0s, do: connect, client: dev }
            - { at: 1s, do: publish, client: "dev[2]", topic: a/b }
            """));

        Assert.Equal(["dev[1]", "dev[2]", "dev[3]"], result.Of(HistoryKind.ConnectionAccepted).Select(accepted => accepted.Peer));
        Assert.Contains("1.000 s dev[2]#1 in PUBLISH a/b=dev[2]/1 q0 m0", result.Packets());
    }

    [Fact]
    public void A_client_comes_back_after_the_time_it_takes_and_subscribes_again_where_its_session_is_gone()
    {
        const string Loyal = """
            c: { keep_alive: 0s, reconnect: 2s, auto_subscribe: [ { filter: "x/#" } ] }
            sub: { keep_alive: 0s, reconnect: 2s, clean_start: false, session_expiry: 1h, auto_subscribe: [ { filter: "x/#" } ] }
            """;
        var result = Run("- { at: 2s, do: fault, kind: reset, link: client }", Loyal);

        Assert.Contains("4.010 s c#2 in CONNECT", result.Packets());
        Assert.Contains("4.020 s c#2 in SUBSCRIBE", result.Packets());
        Assert.DoesNotContain("4.020 s sub#2 in SUBSCRIBE", result.Packets());
    }

    [Fact]
    public void A_client_that_said_goodbye_does_not_come_back()
    {
        var result = Run("- { at: 2s, do: disconnect, client: c }", "c: { reconnect: 1s }\nsub: {}");

        Assert.DoesNotContain(result.Packets(), line => line.Contains("c#2", StringComparison.Ordinal));
    }

    [Fact]
    public void A_slow_reader_takes_its_time()
    {
        var result = Run(
            "- { at: 1s, do: publish, client: c, topic: a/b, size: 1kB, count: 10 }",
            "c: { keep_alive: 0s }\nsub: { keep_alive: 0s, read_rate: 1kB/s, auto_subscribe: [ { filter: \"a/#\" } ] }");

        var times = result.Of(HistoryKind.Delivered).Select(one => one.Nanoseconds).ToArray();
        Assert.Equal(10, times.Length);
        Assert.InRange(times[^1], 10_500_000_000, 12_500_000_000);
    }

    [Fact]
    public void A_client_that_takes_time_to_acknowledge_does_so_in_order()
    {
        var result = Run(
            "- { at: 1s, do: publish, client: c, topic: a/b, qos: 1, count: 3 }",
            "c: {}\nsub: { acknowledge_after: { exp_mean: 1s, min: 100ms }, auto_subscribe: [ { filter: \"a/#\", qos: 1 } ] }");

        var acknowledged = result.Packets(connection: "sub#1").Where(line => line.Contains("PUBACK", StringComparison.Ordinal)).ToArray();
        Assert.Equal(["m1", "m2", "m3"], acknowledged.Select(line => line[^2..]));
        Assert.True(string.CompareOrdinal(acknowledged[0], "1.110") >= 0, acknowledged[0]);
    }

    [Theory]
    [InlineData("A", "PUBREL")]
    [InlineData("B", "PUBLISH")]
    public void A_receiver_of_qos_2_hands_over_as_its_method_says(string method, string after)
    {
        var result = Run(
            "- { at: 1s, do: publish, client: c, topic: a/b, qos: 2 }",
            $$"""
            c: {}
            sub: { qos2_method: {{method}}, auto_subscribe: [ { filter: "a/#", qos: 2 } ] }
            """);

        var delivered = Assert.Single(result.Of(HistoryKind.Delivered));
        var before = result.History.Events.Last(one => one.Index < delivered.Index && one.Kind == HistoryKind.PacketReceived && one.Node == "sub");
        Assert.Equal(after, before.Packet!.Packet.Type.ToString().ToUpperInvariant());
    }

    [Fact]
    public void Two_owners_of_one_identifier_take_it_from_each_other()
    {
        var result = Runs.Run(Runs.Scenario("one: { client_id: same, reconnect: 1s }\ntwo: { client_id: same, reconnect: 1s }", """
            - { at: 0s, do: connect, client: one }
            - { at: 1s, do: connect, client: two }
            - { at: 5s, do: wait }
            """));

        Assert.True(result.Packets().Count(line => line.EndsWith("out DISCONNECT", StringComparison.Ordinal)) >= 4);
    }

    [Fact]
    public void A_client_with_a_new_address_leaves_its_old_path_behind()
    {
        var result = Run("""
            - { at: 2s, do: fault, kind: half_open, link: c->b1 }
            - { at: 3s, do: connect, client: c, address: elsewhere }
            """);

        Assert.Contains("3.015 s c#2 out CONNACK", result.Packets());
        Assert.Contains("3.015 s b1 c#1 closed", result.Ends());
    }

    [Fact]
    public void A_snapshot_keeps_what_the_brokers_hold()
    {
        var step = Assert.Single(Run("- { at: 2s, do: snapshot, name: now }").Of(HistoryKind.Step), step => step.Name == "snapshot");

        Assert.StartsWith("now: b1: connections 2, clients 2, sessions 2, subscriptions 1, retained ", step.Detail, StringComparison.Ordinal);
    }
}
