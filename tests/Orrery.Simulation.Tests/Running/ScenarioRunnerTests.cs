using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios;
using Orrery.Simulation.Tests.Scenarios;

namespace Orrery.Simulation.Tests.Running;

public sealed class ScenarioRunnerTests
{
    private const string Pair = """
        pub: { keep_alive: 0s }
        sub: { keep_alive: 0s, auto_subscribe: [ { filter: "a/#", qos: 2 } ] }
        """;

    private const string Hello = """
        - { at: 0s, do: connect, client: sub }
        - { at: 100ms, do: connect, client: pub }
        - { at: 200ms, do: publish, client: pub, topic: a/b, qos: 1, payload: hello }
        """;

    private const string Noisy = "default: { latency: { exp_mean: 5ms, min: 1ms } }";

    [Fact]
    public void A_message_is_seen_at_each_of_the_four_places_it_passes()
    {
        var result = Runs.Run(Runs.Scenario(Pair, Hello));

        Assert.Contains("0.200 s pub#1 in PUBLISH a/b=hello q1 m1", result.Packets());
        Assert.Contains("0.205 s pub#1 in PUBLISH a/b=hello q1 m1", result.Packets(HistoryKind.PacketReceived));
        Assert.Contains("0.205 s sub#1 out PUBLISH a/b=hello q1 m1", result.Packets());
        Assert.Contains("0.210 s sub#1 out PUBLISH a/b=hello q1 m1", result.Packets(HistoryKind.PacketReceived));
        Assert.Equal(["a/b=hello"], result.Delivered("sub"));
        Assert.Empty(result.Delivered("pub"));
    }

    [Fact]
    public void Every_event_but_the_first_of_a_row_names_the_one_that_led_to_it()
    {
        var result = Runs.Run(Runs.Scenario(Pair, Hello));

        var delivered = Assert.Single(result.Of(HistoryKind.Delivered));
        var row = new List<string>();
        for (var at = delivered.Index; at >= 0; at = result.History.Events[at].Cause) row.Add($"{result.History.Events[at].Kind} {result.History.Events[at].Node}");
        Assert.Equal(["Delivered sub", "PacketReceived sub", "PacketSent b1", "PacketReceived b1", "PacketSent pub", "Step pub"], row);
    }

    [Fact]
    public void Steps_are_recorded_with_their_number_and_the_connection_they_made()
    {
        var result = Runs.Run(Runs.Scenario(Pair, Hello));

        Assert.Equal(
            ["0 sub connect sub#1", "1 pub connect pub#1", "2 pub publish pub#1"],
            result.Of(HistoryKind.Step).Select(step => $"{step.Step} {step.Node} {step.Name} {step.Connection}"));
    }

    [Fact]
    public void A_run_ends_when_all_that_the_file_speaks_of_is_over_and_the_links_are_quiet()
    {
        var quiet = Runs.Run(Runs.Scenario(Pair, Hello));
        var waiting = Runs.Run(Runs.Scenario(Pair, Hello, "expect: [ { delivered: { client: sub }, times: 1, until: 90s } ]"));

        Assert.Equal(5_215_000_000, quiet.VirtualNanoseconds);              // PUBACK is read at 215 ms, then 5 s of silence
        Assert.Equal(90_000_000_000, waiting.VirtualNanoseconds);
    }

    [Fact]
    public void Links_that_are_never_quiet_end_a_run_a_minute_after_its_last_step()
    {
        var result = Runs.Run(Runs.Scenario("c: { keep_alive: 1s }", "- { at: 0s, do: connect, client: c }"));

        Assert.Equal(60_000_000_000, result.VirtualNanoseconds);
    }

    [Fact]
    public void One_seed_is_one_history_and_one_hash_and_another_seed_is_another()
    {
        var text = Runs.Scenario(Pair, Hello, links: Noisy);
        var first = Runs.Run(text);
        var second = Runs.Run(text);
        var other = Runs.Run(text, new RunOptions { Seed = 2 });

        Assert.Equal(first.TraceHash, second.TraceHash);
        Assert.Equal(first.All(), second.All());
        Assert.NotEqual(first.TraceHash, other.TraceHash);
        Assert.NotEqual(first.All(), other.All());
    }

    [Fact]
    public void Mm7_What_is_recorded_changes_no_hash()
    {
        var text = Runs.Scenario(Pair, Hello, links: Noisy);

        var hashes = new[] { new RunOptions(), new RunOptions { Judges = false }, new RunOptions { Detailed = true }, new RunOptions { HistoryEventsMax = 1 } }
            .Select(options => Runs.Run(text, options).TraceHash).Distinct();

        Assert.Single(hashes);
    }

    [Fact]
    public void A_history_that_is_full_says_how_much_it_left_out()
    {
        var whole = Runs.Run(Runs.Scenario(Pair, Hello));
        var cut = Runs.Run(Runs.Scenario(Pair, Hello), new RunOptions { HistoryEventsMax = 10 });

        Assert.Equal(10, cut.History.Events.Count);
        Assert.Equal(whole.History.Events.Count - 10, cut.History.Omitted);
    }

    [Fact]
    public void A_step_whose_trigger_never_fires_leaves_the_run_undecided()
    {
        var steps = Hello + "\n- { when: { packet: PUBREC, dir: out }, do: crash, node: b1 }";

        var result = Runs.Run(Runs.Scenario(Pair, steps));

        Assert.Equal(Verdict.Unknown, result.Verdict);
        Assert.Contains(result.Findings, finding => finding.Message.Contains("steps[3] (crash) never fired", StringComparison.Ordinal));
    }

    [Fact]
    public void What_the_simulation_lacks_skips_the_run_and_is_named()
    {
        var result = Runs.Run(Runs.Scenario(Pair, Hello, "requires: { bridges: true }"));

        Assert.Equal(Verdict.Skipped, result.Verdict);
        Assert.Contains("brokers can't be bridged yet", result.SkipReason, StringComparison.Ordinal);
        Assert.Empty(result.History.Events);
        Assert.Equal("", result.TraceHash);
    }

    [Fact]
    public void A_run_without_a_seed_must_be_brought_one()
    {
        var run = Runs.Read(Runs.Scenario(Pair, Hello)) with { Seed = null };

        Assert.Throws<ArgumentException>(() => ScenarioRunner.Run(run, new RunOptions()));
        Assert.Equal(5UL, ScenarioRunner.Run(run, new RunOptions { Seed = 5 }).Seed);
    }

    [Fact]
    public void The_examples_of_the_format_pass_or_say_what_they_lack()
    {
        foreach (var name in new[] { "keep-alive/half-open-keepalive-will-delay", "qos2/qos2-publisher-power-loss-matrix", "bridges/bridge-tree-flaky-uplinks" })
        {
            var path = Path.Combine(Documents.Root, $"scenarios/{name}.yaml");
            foreach (var run in ScenarioFile.Read(path, File.ReadAllText(path)).Runs.Take(3))
            {
                var result = ScenarioRunner.Run(run, new RunOptions());

                Assert.True(result.Verdict is Verdict.Pass or Verdict.Skipped, $"{run.Name}: {string.Join('\n', result.Findings)}");
                Assert.Equal(result.Verdict == Verdict.Skipped, result.SkipReason is not null);
            }
        }
    }

    [Fact]
    public void The_half_open_sensor_is_closed_at_one_and_a_half_keep_alives_and_its_will_follows()
    {
        var path = Path.Combine(Documents.Root, "scenarios/keep-alive/half-open-keepalive-will-delay.yaml");
        var runs = ScenarioFile.Read(path, File.ReadAllText(path)).Runs;

        var away = ScenarioRunner.Run(runs[0], new RunOptions());
        var back = ScenarioRunner.Run(runs[1], new RunOptions());

        Assert.Contains("15.115 s b1 sensor#1 closed", away.Ends());
        Assert.Equal(["status/sensor=dead"], away.Delivered("watcher"));
        Assert.Equal(35_120_000_000, away.Of(HistoryKind.Delivered).Single().Nanoseconds);
        Assert.Empty(back.Delivered("watcher"));
        Assert.Contains("30.010 s sensor#2 in CONNECT", back.Packets());
    }
}
