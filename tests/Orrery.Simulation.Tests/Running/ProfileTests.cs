using System.Text.RegularExpressions;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;

namespace Orrery.Simulation.Tests.Running;

/// <summary>Random faults, phases and workloads.</summary>
public sealed class ProfileTests
{
    private const string Clients = """
        dev: { count: 4, keep_alive: 20s, clean_start: false, session_expiry: 1h, keep_state: true, reconnect: 1s }
        hub: { keep_alive: 20s, clean_start: false, session_expiry: 1h, keep_state: true, reconnect: 1s, auto_subscribe: [ { filter: "up/#", qos: 2 } ] }
        """;

    private static string Text(string profile, string qos = "1", string every = "1s", string more = "") => Runs.Scenario(
        Clients, "- { at: 0s, do: connect, client: hub }",
        $$"""
        profile: {{profile}}
        phases: { warmup: 10s, chaos: 60s, heal: { within: 60s } }
        workload: { dev: { publish: { topic: "up/$client", qos: {{qos}}, every: {{every}}, jitter: 20%, size: 20B..100B }, start: 2s } }
        {{more}}
        """);

    private static IReadOnlyList<HistoryEvent> Faults(RunResult result) => [.. result.Of(HistoryKind.FaultStarted)];

    [Theory]
    [InlineData("N1"), InlineData("N2"), InlineData("N3"), InlineData("N4"), InlineData("N5"), InlineData("N6"), InlineData("N7"), InlineData("N8"), InlineData("N9")]
    [InlineData("N10"), InlineData("N11"), InlineData("C1"), InlineData("C2"), InlineData("C5"), InlineData("C6"), InlineData("C7"), InlineData("B1"), InlineData("B2")]
    [InlineData("B5"), InlineData("B6"), InlineData("T1"), InlineData("T2"), InlineData("T3"), InlineData("T4"), InlineData("S1"), InlineData("S2")]
    public void Each_class_changes_the_run_alone_and_hurts_only_in_the_chaos(string one)
    {
        var text = Text($"{{ base: hostile, include: [ {one} ], omit_each: 0% }}");
        var plain = Runs.Run(Text("{ base: calm }"));
        RunResult[] runs = [Runs.Run(text), Runs.Run(text, new RunOptions { Seed = 2 }), Runs.Run(text, new RunOptions { Seed = 3 })];

        if (one != "T3") Assert.Contains(runs, run => run.TraceHash != plain.TraceHash);     // T3 says how the pauses of B2 are
        foreach (var fault in runs.SelectMany(Faults)) Assert.InRange(fault.Nanoseconds, 10_000_000_000, 70_000_000_000);
        foreach (var run in runs)
        {
            var ids = run.Of(HistoryKind.FaultEnded).Select(ended => ended.Cause).ToHashSet();
            Assert.All(Faults(run), fault => Assert.Contains(fault.Index, ids));
            Assert.DoesNotContain(run.Findings, finding => finding.Rule == "X-1");
        }
    }

    [Theory]
    [InlineData("D1", "wild"), InlineData("D2", "wild"), InlineData("D3", "wild"), InlineData("D4", "wild"), InlineData("D5", "wild"), InlineData("D6", "lying_disk"), InlineData("D7", "lying_disk")]
    public void Each_class_of_the_disk_changes_a_run_with_a_store_alone_and_nothing_is_broken(string one, string profile)
    {
        string With(string broker, string kind) => Runs.Scenario(
            Clients, "- { at: 0s, do: connect, client: hub }",
            $$"""
            profile: {{kind}}
            phases: { warmup: 10s, chaos: 60s, heal: { within: 60s } }
            workload: { dev: { publish: { topic: "up/$client", qos: 2, every: 1s, jitter: 20% }, start: 2s } }
            """,
            broker: broker);
        var text = With("persistence: group", $"{{ base: {profile}, include: [ {one}, B1 ], omit_each: 0% }}");
        var plain = Runs.Run(With("persistence: group", "{ include: [ B1 ], omit_each: 0% }"));
        RunResult[] runs = [Runs.Run(text), Runs.Run(text, new RunOptions { Seed = 2 }), Runs.Run(text, new RunOptions { Seed = 3 })];

        Assert.Contains(runs, run => run.TraceHash != plain.TraceHash);
        Assert.All(runs, run => Assert.True(run.Verdict == Verdict.Pass, string.Join('\n', run.Findings.Select(finding => $"{finding.Rule}: {finding.Message}"))));
        var memory = With("", $"{{ base: {profile}, include: [ {one}, B1 ], omit_each: 0% }}");
        Assert.Equal(Runs.Run(With("", "{ include: [ B1 ], omit_each: 0% }")).TraceHash, Runs.Run(memory).TraceHash);
    }

    [Fact]
    public void A_run_that_heals_goes_on_while_a_client_has_not_noticed_that_its_connection_is_dead()
    {
        var result = Runs.Run(Runs.Scenario(
            """
            pub: { keep_alive: 10s, clean_start: false, session_expiry: 1h, keep_state: true, reconnect: 1s }
            sub: { auto_subscribe: [ { filter: a/b, qos: 1 } ] }
            """,
            """
            - { at: 0s, do: connect, client: sub }
            - { at: 0s, do: connect, client: pub }
            - { at: 2s, do: fault, kind: rebind, link: pub->b1 }
            - { at: 3s, do: publish, client: pub, topic: a/b, qos: 1 }
            """,
            """
            phases: { warmup: 1s, chaos: 3s, heal: { within: 60s } }
            expect:
              - { delivered: { client: sub, topic: a/b }, exactly_once: true }
            """));

        Assert.True(result.Verdict == Verdict.Pass, string.Join('\n', result.Findings.Select(finding => $"{finding.Rule}: {finding.Message}")));
    }

    [Fact]
    public void What_is_included_disturbs_no_other_class()
    {
        static string[] Clogs(RunResult result) => [.. Faults(result).Where(fault => fault.Name == "clog").Take(3).Select(fault => $"{fault.Nanoseconds} {fault.Node}")];

        var alone = Runs.Run(Text("{ include: [ N4 ], omit_each: 0% }"));
        var among = Runs.Run(Text("{ include: [ N4, N1, T1, C2 ], omit_each: 0% }"));

        Assert.NotEmpty(Clogs(alone));
        Assert.Equal(Clogs(alone), Clogs(among));
    }

    [Fact]
    public void A_swarm_of_runs_has_many_subsets_of_the_classes()
    {
        var seen = Enumerable.Range(1, 12).Select(seed => Runs.Run(Text("{ base: wild }", every: "5s"), new RunOptions { Seed = (ulong)seed }))
            .Select(run => string.Join(' ', Faults(run).Select(fault => Regex.Match(fault.Detail ?? fault.Name!, "^[A-Z][0-9]+").Value).Distinct().Order(StringComparer.Ordinal)))
            .ToHashSet();

        Assert.True(seen.Count >= 10, string.Join('\n', seen));
    }

    [Fact]
    public void A_profile_runs_twice_with_one_hash_whether_it_is_recorded_or_not()
    {
        var text = Text("{ base: hostile, omit_each: 0% }", qos: "2");

        Assert.Equal(Runs.Run(text).TraceHash, Runs.Run(text).TraceHash);
        Assert.Equal(Runs.Run(text).TraceHash, Runs.Run(text, new RunOptions { Judges = false }).TraceHash);
        Assert.NotEqual(Runs.Run(text).TraceHash, Runs.Run(text, new RunOptions { Seed = 9 }).TraceHash);
    }

    [Fact]
    public void Phases_begin_when_they_should_and_the_world_gets_well()
    {
        var result = Runs.Run(Text("{ include: [ N5, N6, B1, C1 ], omit_each: 0% }"));

        Assert.Equal(
            ["0.000 s warmup", "10.000 s chaos", "70.000 s heal"],
            result.Of(HistoryKind.PhaseStarted).Take(3).Select(phase => $"{Readable.Time(phase.Nanoseconds)} {phase.Name}"));
        Assert.InRange(result.VirtualNanoseconds, 70_000_000_000, 130_000_000_000);
        var starts = result.Of(HistoryKind.ProcessStarted, "b1").Count();
        Assert.Equal(starts, result.Of(HistoryKind.ProcessEnded, "b1").Count() + 1);
    }

    [Fact]
    public void A_workload_says_what_it_should_as_often_as_it_should_and_stops_with_the_chaos()
    {
        var result = Runs.Run(Text("{ base: calm }"));

        var sent = result.Of(HistoryKind.PacketSent).Where(one => one.Packet is { IsToBroker: true, Packet: Mqtt.Packets.PublishPacket }).ToArray();
        Assert.InRange(sent.Length, 4 * 60, 4 * 85);
        Assert.True(sent[^1].Nanoseconds < 70_100_000_000);
        Assert.All(sent, one => Assert.InRange(((Mqtt.Packets.PublishPacket)one.Packet!.Packet).Message.Payload.Length, 20, 100));
        Assert.Equal(sent.Length, result.Delivered("hub").Count);
        Assert.Equal(sent.Length, result.Delivered("hub").Distinct().Count());
        Assert.Contains("up/dev[2]=dev[2]/1", result.Delivered("hub"));
    }

    [Fact]
    public void Generated_brokers_share_nothing_and_each_has_its_group()
    {
        var result = Runs.Run("""
            orrery: 1
            name: many
            seed: 1
            topology:
              generate: { shape: isolated, count: 3, broker: edge }
              brokers: { edge: {} }
              clients: { dev: { per: broker, count: 2, auto_subscribe: [ { filter: "up/#" } ] } }
            workload: { dev: { publish: { topic: "up/$broker", every: 1s, count: 2 } } }
            """);

        Assert.Equal(["edge[1]", "edge[2]", "edge[3]"], result.Of(HistoryKind.ProcessStarted).Select(started => started.Node));
        Assert.Equal(4, result.Delivered("dev[3]").Count);
        Assert.All(result.Delivered("dev[3]"), text => Assert.StartsWith("up/edge[2]=dev[", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("order: random"), InlineData("order: priority"), InlineData("buggify: true"), InlineData("timer_lateness: 500ms")]
    public void What_a_broker_may_do_changes_the_run_and_not_what_is_delivered(string key)
    {
        static string Traffic(string broker) => Runs.Scenario(Clients, """
            - { at: 0s, do: connect, client: hub }
            - { at: 0s, do: connect, client: dev }
            - { at: 1s, do: publish, client: dev, topic: "up/$client", qos: 2, every: 100ms, count: 30 }
            """, broker: broker);

        var plain = Runs.Run(Traffic(""));
        var other = Runs.Run(Traffic(key));

        Assert.NotEqual(plain.TraceHash, other.TraceHash);
        Assert.Equal(plain.Delivered("hub").Order(StringComparer.Ordinal), other.Delivered("hub").Order(StringComparer.Ordinal));
        Assert.Equal(120, other.Delivered("hub").Count);
    }
}
