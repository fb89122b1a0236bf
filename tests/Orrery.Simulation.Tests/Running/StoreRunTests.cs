using Orrery.Broker.Persistence;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;
using Orrery.Simulation.Tests.Scenarios;

namespace Orrery.Simulation.Tests.Running;

/// <summary>Brokers with a store on a simulated disk.</summary>
public sealed class StoreRunTests
{
    private const string Clients = """
        pub: { clean_start: false, session_expiry: 1h, keep_state: true, keep_alive: 2s, reconnect: 200ms }
        sub: { clean_start: false, session_expiry: 1h, keep_state: true, keep_alive: 2s, reconnect: 200ms }
        """;

    private const string Story = """
        - { at: 0s, do: connect, client: sub, expect: { connack: { code: 0, session_present: false } } }
        - { at: 100ms, do: subscribe, client: sub, filter: "a/#", qos: 2 }
        - { at: 200ms, do: disconnect, client: sub }
        - { at: 300ms, do: connect, client: pub }
        - { at: 400ms, do: publish, client: pub, topic: a/b, qos: 1, payload: one }
        - { at: 410ms, do: publish, client: pub, topic: a/b, qos: 2, payload: two }
        - { at: 420ms, do: publish, client: pub, topic: a/c, qos: 1, retain: true, payload: kept }
        """;

    private static RunResult Run(string steps, string broker = "persistence: group", string more = "", RunOptions? options = null) =>
        Runs.Run(Runs.Scenario(Clients, Story + "\n" + steps, more, broker: broker), options);

    private static IEnumerable<string> Rules(RunResult result) => result.Findings.Select(finding => finding.Rule).Distinct();

    private static void AssertPasses(RunResult result) =>
        Assert.True(result.Verdict == Verdict.Pass, $"{string.Join('\n', result.Findings.Select(finding => $"{finding.Rule}: {finding.Message}"))}\n{result.All()}");

    [Theory]
    [InlineData("group", "kill")]
    [InlineData("group", "power_loss")]
    [InlineData("fsync", "power_loss")]
    [InlineData("os", "kill")]
    public void What_was_acknowledged_outlives_what_the_mode_says(string mode, string kind)
    {
        var result = Run(
            $$"""
            - { at: 1s, do: crash, node: b1, kind: {{kind}}, then: { restart: 500ms } }
            - { at: 5s, do: connect, client: sub, expect: { connack: { code: 0, session_present: true } } }
            """,
            $"persistence: {mode}",
            "expect: [ { delivered: { client: sub, topic: a/# }, exactly_once: true }, { recovered: b1, data_loss: none } ]");

        AssertPasses(result);
        Assert.Equal(["a/b=one", "a/b=two", "a/c=kept"], result.Delivered("sub").Order());
    }

    [Fact]
    public void A_stop_closes_the_store_and_the_next_life_has_everything()
    {
        var result = Run(
            """
            - { at: 1s, do: stop, node: b1, then: { restart: 500ms } }
            - { at: 5s, do: connect, client: sub, expect: { connack: { code: 0, session_present: true } } }
            """,
            more: "expect: [ { recovered: b1, data_loss: none } ]",
            options: new RunOptions { Detailed = true });

        AssertPasses(result);
        Assert.Equal(3, result.Delivered("sub").Count);
        Assert.Contains(result.Of(HistoryKind.DiskSubmitted, "b1"), happened => happened.Name == "close");
    }

    [Fact]
    public void A_wiped_disk_holds_nothing_and_nobody_is_blamed()
    {
        var result = Run("""
            - { at: 1s, do: crash, node: b1, kind: wiped_disk, then: { restart: 500ms } }
            - { at: 5s, do: connect, client: sub, expect: { connack: { code: 0, session_present: false } } }
            """);

        AssertPasses(result);
        Assert.Empty(result.Delivered("sub"));
    }

    [Fact]
    public void A_power_loss_under_os_loses_what_it_may_and_a_claim_that_nothing_is_lost_fails()
    {
        const string Steps = """
            - { at: 1s, do: crash, node: b1, kind: power_loss, then: { restart: 500ms } }
            - { at: 5s, do: connect, client: sub }
            """;
        const string Broker = "persistence: os, disk: { unsynced: none }";

        var result = Run(Steps, Broker);
        AssertPasses(result);
        Assert.Empty(result.Delivered("sub"));
        Assert.Contains(
            "which what it keeps is not promised to outlast",
            Assert.Single(Run(Steps, Broker, "expect: [ { recovered: b1, data_loss: none } ]").Findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broker_listens_once_it_has_what_it_kept_and_not_before()
    {
        var result = Run(
            """
            - { at: 1s, do: crash, node: b1, then: { restart: 500ms } }
            - { at: 1600ms, do: connect, client: sub }
            """,
            "persistence: group, disk: { read: 100ms }");

        var started = result.Of(HistoryKind.ProcessStarted).Last();
        var recovered = result.Of(HistoryKind.Decision, "b1").Last(happened => happened.Name == "StoreRecovered");
        Assert.True(recovered.Nanoseconds > started.Nanoseconds + 200_000_000, result.All());
        var refused = result.Of(HistoryKind.ConnectionEnded, "sub").First(happened => happened.Nanoseconds > started.Nanoseconds);
        Assert.True(refused.Nanoseconds < recovered.Nanoseconds, result.All());
        Assert.All(result.Of(HistoryKind.ConnectionAccepted, "b1").Where(happened => happened.Index > started.Index), happened => Assert.True(happened.Index > recovered.Index));
        AssertPasses(result);
    }

    [Fact]
    public void The_first_start_with_a_new_disk_takes_no_time()
    {
        var result = Run("- { at: 1s, do: wait }", "persistence: group, disk: { read: 1s, write: 10ms }");

        Assert.Equal(0, result.Of(HistoryKind.Decision, "b1").Single(happened => happened.Name == "StoreRecovered").Nanoseconds);
    }

    [Fact]
    public void A_pause_defers_the_answers_of_the_store()
    {
        var result = Run("""
            - { when: { disk: submit, tag: message }, do: pause, node: b1, for: 1s }
            - { at: 5s, do: connect, client: sub }
            """);

        AssertPasses(result);
        Assert.True(result.Of(HistoryKind.PacketSent, "b1").First(happened => happened.Packet!.Packet is Mqtt.Packets.PubAckPacket).Nanoseconds > 1_400_000_000);
    }

    [Theory]
    [InlineData("submit", false)]       // nothing is on the disk
    [InlineData("written", false)]      // it is in the system's cache, and the power goes
    [InlineData("synced", true)]
    public void A_trigger_of_the_disk_ends_the_power_at_that_very_point(string stage, bool isKept)
    {
        var result = Run(
            $$"""
            - { at: 430ms, do: crash, node: pub }
            - { at: 5s, do: connect, client: sub }
            """,
            "persistence: group, disk: { unsynced: none }",
            $$"""faults: [ { when: { disk: {{stage}}, tag: message, nth: 2 }, do: crash, node: b1, kind: power_loss, then: { restart: 500ms } } ]""");

        AssertPasses(result);
        Assert.Equal(isKept ? ["a/b=one", "a/b=two"] : ["a/b=one"], result.Delivered("sub"));
        Assert.DoesNotContain(result.Packets(), packet => packet.Contains("out PUBREC", StringComparison.Ordinal));
    }

    [Fact]
    public void A_store_that_can_not_be_opened_ends_the_process_and_a_claim_of_recovery_fails()
    {
        var result = Run(
            """
            - { at: 900ms, do: fault, kind: disk_error, node: b1, read: 100% }
            - { at: 1s, do: crash, node: b1, then: { restart: 500ms } }
            - { at: 3s, do: wait }
            """,
            more: "expect: [ { recovered: b1 } ]");

        Assert.Contains(result.Of(HistoryKind.ProcessEnded, "b1"), happened => happened.Name == "store_unavailable");
        Assert.Contains("did not start again", Assert.Single(result.Findings).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(int.MaxValue, 1)]
    public void A_store_with_a_bug_fails_the_run_and_a_broker_that_gives_up_is_down(int goodOpens, int failures)
    {
        var opens = 0;
        var result = Run("- { at: 5s, do: wait }", options: new RunOptions { WrapStore = store => new BuggyStore(store, () => ++opens <= goodOpens) });

        Assert.Contains("X-1", Rules(result));
        Assert.Equal(failures, result.Of(HistoryKind.Decision, "b1").Count(happened => happened.Name == "actor_failed"));
        Assert.Equal(failures == 4, result.Of(HistoryKind.ProcessEnded, "b1").Any(happened => happened.Name == "gave_up"));
    }

    [Theory]
    [InlineData("os", 2, 0)]
    [InlineData("group", 2, 2)]         // the first write, and while that is synced all others gather
    [InlineData("fsync", 5, 5)]
    public void Five_writers_at_once_cost_as_many_commits_and_syncs_as_the_mode_says(string mode, int commits, int syncs)
    {
        const string Writers = """
            sub: { clean_start: false, session_expiry: 1h, auto_subscribe: [ { filter: "a/#", qos: 1 } ] }
            pub: { count: 5 }
            """;
        const string Steps = """
            - { at: 0s, do: connect, client: sub }
            - { at: 1s, do: disconnect, client: sub }
            - { at: 1s, do: connect, client: pub }
            - { at: 2s, do: publish, client: pub, topic: "a/$client", qos: 1, payload: one }
            - { at: 3s, do: wait }
            """;

        var result = Runs.Run(Runs.Scenario(Writers, Steps, broker: $"persistence: {mode}, disk: {{ write: 1ms, sync: 20ms }}"), new RunOptions { Detailed = true });

        AssertPasses(result);
        var disk = result.History.Events.Where(happened => happened.Node == "b1" && happened.Nanoseconds > 2_000_000_000).ToArray();
        Assert.Equal(commits, disk.Count(happened => happened is { Kind: HistoryKind.DiskSubmitted, Name: "commit" }));
        var synced = disk.Where(happened => happened is { Kind: HistoryKind.DiskDone, Name: "commit synced" }).ToArray();
        Assert.Equal((syncs, syncs), (synced.Length, disk.Count(happened => happened is { Kind: HistoryKind.DiskSubmitted, Name: "sync" })));
        var acknowledged = disk.Where(happened => happened.Kind == HistoryKind.PacketSent && happened.Packet!.Packet is Mqtt.Packets.PubAckPacket).ToArray();
        Assert.Equal(5, acknowledged.Length);
        if (mode == "fsync") Assert.Equal(synced.Select(happened => happened.Nanoseconds), acknowledged.Select(happened => happened.Nanoseconds));
    }

    [Fact]
    public void D5_A_full_disk_refuses_until_there_is_room()
    {
        var result = Run("""
            - { at: 1s, do: fault, id: full, kind: disk_full, node: b1 }
            - { at: 1100ms, do: publish, client: pub, topic: a/b, qos: 1, payload: three, expect: { packet: PUBACK, dir: out, code: 0x97 } }
            - { at: 2s, do: publish, client: pub, topic: a/b, qos: 1, size: 300kB, expect: { packet: PUBACK, dir: out, code: 0x97 } }
            - { at: 3s, do: heal, id: full }
            - { at: 5s, do: publish, client: pub, topic: a/b, qos: 1, payload: four, expect: { packet: PUBACK, dir: out, code: 0 } }
            - { at: 8s, do: connect, client: sub }
            """);

        Assert.Contains(result.Of(HistoryKind.Decision), happened => happened.Name == "StoreFull");
        Assert.Contains(result.Of(HistoryKind.Decision), happened => happened.Name == "StoreHasRoom");
        Assert.Contains("a/b=four", result.Delivered("sub"));
    }

    /// <summary>A stop in order keeps everything, and where nothing can be kept it is no more than a crash.</summary>
    [Fact]
    public void D5_What_a_full_disk_did_not_take_before_a_stop_may_come_again()
    {
        var result = Run("""
            - { at: 1s, do: connect, client: sub }
            - { at: 1990ms, do: publish, client: pub, topic: a/b, qos: 1, payload: last }
            - { at: 2s, do: fault, id: full, kind: disk_full, node: b1 }
            - { at: 3s, do: stop, node: b1, then: { restart: 1s } }
            - { at: 3500ms, do: heal, id: full }
            - { at: 20s, do: wait }
            """);

        AssertPasses(result);
        Assert.Equal(2, result.Delivered("sub").Count(text => text == "a/b=last"));
    }

    [Fact]
    public void D5_After_a_failed_sync_nothing_is_acknowledged_until_the_broker_starts_again()
    {
        var result = Run("""
            - { at: 1s, do: fault, kind: disk_error, node: b1, sync: 100%, for: 1s }
            - { at: 1100ms, do: publish, client: pub, topic: a/b, qos: 1, payload: three }
            - { at: 3s, do: crash, node: b1, kind: power_loss, then: { restart: 500ms } }
            - { at: 8s, do: connect, client: sub }
            """);

        AssertPasses(result);
        Assert.Contains(result.Of(HistoryKind.Decision), happened => happened.Name == "StoreFailed");
        Assert.DoesNotContain(
            result.Of(HistoryKind.PacketSent, "b1"), sent => sent.Packet!.Packet is Mqtt.Packets.PubAckPacket && sent.Nanoseconds is > 1_000_000_000 and < 3_500_000_000);
        Assert.Contains("a/b=three", result.Delivered("sub"));      // its publisher sent it again
    }

    [Fact]
    public void D1_A_stalled_disk_answers_late()
    {
        var result = Run("""
            - { at: 390ms, do: fault, kind: disk_stall, node: b1, for: 2s }
            - { at: 5s, do: connect, client: sub }
            """);

        AssertPasses(result);
        Assert.True(result.Of(HistoryKind.PacketSent, "b1").First(sent => sent.Packet!.Packet is Mqtt.Packets.PubAckPacket).Nanoseconds > 2_390_000_000);
    }

    [Theory]
    [InlineData("disk_lies, node: b1")]
    [InlineData("bit_rot, node: b1")]
    [InlineData("bit_rot, node: b1, file: log")]
    public void D6_and_D7_are_judged_by_robustness_alone(string fault)
    {
        var result = Run(
            $$"""
            - { at: 1s, do: crash, node: b1, kind: power_loss, then: { restart: 500ms } }
            - { at: 5s, do: connect, client: sub }
            """,
            "persistence: group, disk: { unsynced: none }",
            $$"""faults: [ { at: 350ms, do: fault, kind: {{fault}} } ]""");

        AssertPasses(result);
        Assert.Contains(result.Of(HistoryKind.FaultStarted, "b1"), _ => true);
    }

    [Fact]
    public void An_acknowledgement_before_its_sync_is_noticed()
    {
        const string Steps = "- { at: 5s, do: connect, client: sub }\n- { at: 410ms, do: crash, node: pub }";
        const string Loss = "faults: [ { when: { packet: PUBACK, dir: out }, do: crash, node: b1, kind: power_loss, then: { restart: 500ms } } ]";
        const string Broker = "persistence: group, disk: { unsynced: none }";

        AssertPasses(Run(Steps, Broker, Loss));
        Assert.Contains("Q1-1", Rules(Run(Steps, Broker, Loss, new RunOptions { WrapStore = store => new HastyStore(store) })));
    }

    [Fact]
    public void A_QoS_2_identifier_that_is_not_kept_is_noticed()
    {
        const string Steps = "- { at: 5s, do: connect, client: sub }";
        const string Crash = "faults: [ { when: { packet: PUBREC, dir: out, stage: sent }, do: crash, node: b1, then: { restart: 500ms } } ]";

        AssertPasses(Run(Steps, more: Crash));
        var result = Run(Steps, more: Crash, options: new RunOptions { WrapStore = store => new ForgetfulStore(store, mutation => mutation is StoreMutation.AddInbound) });
        Assert.Contains("Q2-8", Rules(result));
    }

    [Theory]
    [InlineData("retained", "expect: [ { delivered: { client: sub, topic: a/c, retain: true }, times: 1 } ]")]
    [InlineData("subscription", "")]
    public void What_a_store_forgets_is_noticed(string what, string claim)
    {
        const string Steps = """
            - { at: 1s, do: crash, node: b1, then: { restart: 500ms } }
            - { at: 2500ms, do: publish, client: pub, topic: a/d, qos: 1, payload: after }
            - { at: 5s, do: connect, client: sub }
            - { at: 6s, do: subscribe, client: sub, filter: "a/c", qos: 1 }
            """;
        Func<StoreMutation, bool> isForgotten = what == "retained"
            ? mutation => mutation is StoreMutation.SetRetained
            : mutation => mutation is StoreMutation.PutSubscription;

        AssertPasses(Run(Steps, more: claim));
        Assert.Equal(Verdict.Fail, Run(Steps, more: claim, options: new RunOptions { WrapStore = store => new ForgetfulStore(store, isForgotten) }).Verdict);
    }

    [Fact]
    public void A_run_with_a_store_repeats_itself_watched_or_not()
    {
        const string Steps = "- { at: 1s, do: crash, node: b1, kind: power_loss, then: { restart: 500ms } }";

        var first = Run(Steps);
        Assert.Equal(first.TraceHash, Run(Steps).TraceHash);
        Assert.Equal(first.TraceHash, Run(Steps, options: new RunOptions { Detailed = true }).TraceHash);
        Assert.Equal(first.TraceHash, Run(Steps, options: new RunOptions { Judges = false }).TraceHash);
    }

    [Theory]
    [InlineData("persistence: memory, disk: {}", "", "'b1' keeps nothing, so it has no disk")]
    [InlineData("", "- { at: 1s, do: fault, kind: disk_full, node: b1 }", "'b1' keeps nothing, so it has no disk")]
    [InlineData("", "- { when: { disk: synced }, do: crash, node: b1 }", "no broker that this could wait for keeps anything")]
    [InlineData("persistence: os", "- { at: 1s, do: fault, kind: disk_stall, node: b1 }", "a disk that stalls goes on after a time: say 'for'")]
    [InlineData("persistence: os", "- { at: 1s, do: fault, kind: disk_error, node: b1 }", "say what fails")]
    [InlineData("persistence: os", "- { when: { disk: synced, tag: mesage }, do: crash, node: b1 }", "a store writes no 'mesage'; did you mean 'message'?")]
    [InlineData("persistence: none", "", "'none' is not known")]
    public void What_makes_no_sense_is_a_mistake_of_the_file(string broker, string steps, string expected)
    {
        var file = Documents.Read(Runs.Scenario(Clients, Story + "\n" + steps, broker: broker));

        Assert.Contains(file.Errors, error => error.ToString().Contains(expected, StringComparison.Ordinal));
    }
}
