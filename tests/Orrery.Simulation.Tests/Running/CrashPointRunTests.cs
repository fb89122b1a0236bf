using Orrery.Broker.Persistence;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Tests.Running;

/// <summary>A run is crashed at each operation of its disk.</summary>
public sealed class CrashPointRunTests
{
    private const string Clients = """
        pub: { clean_start: false, session_expiry: 1h, keep_state: true, keep_alive: 2s, reconnect: 200ms }
        sub: { clean_start: false, session_expiry: 1h, keep_state: true, keep_alive: 2s, reconnect: 200ms, auto_subscribe: [ { filter: "a/#", qos: 2 } ] }
        """;

    private const string Steps = """
        - { at: 0s, do: connect, client: sub }
        - { at: 500ms, do: connect, client: pub }
        - { at: 600ms, do: publish, client: pub, topic: a/b, qos: 2, count: 2, every: 10ms }
        - { at: 700ms, do: publish, client: pub, topic: a/r, qos: 1, retain: true }
        """;

    private static readonly ScenarioRun Run = Runs.Read(Runs.Scenario(Clients, Steps, broker: "persistence: group"));

    public static TheoryData<CrashWay> Ways => [.. Enum.GetValues<CrashWay>()];

    [Theory, MemberData(nameof(Ways))]
    public void Wherever_it_is_crashed_nothing_is_broken(CrashWay way)
    {
        var operations = CrashPlan.OperationsOf(Run, 1);

        Assert.InRange(operations.Count, 30, 300);
        foreach (var (broker, operation) in operations)
        {
            var result = Crash(new CrashPoint(broker, operation, way));

            Assert.True(result.Verdict == Verdict.Pass, $"{operation}: {string.Join('\n', result.Findings.Select(finding => finding.Message))}\n{result.All()}");
            var ended = Assert.Single(result.Of(HistoryKind.ProcessEnded, "b1"));
            Assert.Equal(way == CrashWay.Kill ? "kill" : "power_loss", ended.Name);
            Assert.Equal(ended.Nanoseconds + 1_000_000_000, result.Of(HistoryKind.ProcessStarted, "b1").Last().Nanoseconds);
        }
    }

    [Fact]
    public void A_clean_start_of_which_nobody_was_told_may_have_ended_the_session_or_not()
    {
        const string Away = "away: { clean_start: false, session_expiry: 1h, keep_state: true }";
        var run = Runs.Read(Runs.Scenario($"{Clients}\n{Away}", """
            - { at: 0s, do: connect, client: pub }
            - { at: 0s, do: connect, client: away }
            - { at: 500ms, do: subscribe, client: away, filter: "a/#", qos: 1 }
            - { at: 1s, do: disconnect, client: away }
            - { at: 2s, do: publish, client: pub, topic: a/b, qos: 1, count: 2 }
            - { at: 3s, do: connect, client: away, clean_start: true }
            - { at: 8s, do: connect, client: away }
            - { at: 9s, do: publish, client: pub, topic: a/b, qos: 1, count: 2 }
            """, broker: "persistence: group"));

        Assert.All(CrashPlan.OperationsOf(run, 1), operation =>
        {
            var result = ScenarioRunner.Run(run, new RunOptions { Crash = new CrashPoint(operation.Broker, operation.Operation, CrashWay.Kill) });
            Assert.True(result.Verdict == Verdict.Pass, string.Join('\n', result.Findings.Select(finding => finding.Message)));
        });
    }

    [Theory]
    [InlineData("- { at: 1s, do: fault, kind: disk_lies, node: b2 }")]
    [InlineData("- { at: 1s, do: fault, kind: bit_rot, node: b2 }")]
    [InlineData("- { at: 1s, do: crash, node: b2, kind: wiped_disk }")]
    [InlineData("- { at: 1s, do: crash, node: b2, kind: power_loss }")]
    public void What_one_disk_loses_excuses_no_other(string step)
    {
        var run = Runs.Read(Runs.Scenario("c: { broker: b1 }", $"- {{ at: 0s, do: connect, client: c }}\n{step}", broker: "persistence: os }, b2: { persistence: os"));

        DataLoss LossOf(string broker)
        {
            var point = new CrashPoint(broker, 10, CrashWay.Kill);
            var world = new RunWorld(run.Scenario, 1, new RunOptions { Crash = point }, new History());
            foreach (var started in world.Brokers) started.Process.Start();
            return CrashPlan.Judged(run.Scenario, point, world.Crash!).Expect.OfType<RecoveredExpectation>().Single().DataLoss;
        }

        Assert.Equal((DataLoss.None, DataLoss.Unsynced), (LossOf("b1"), LossOf("b2")));
    }

    [Fact]
    public void The_start_after_a_crash_is_crashed_at_each_of_its_operations()
    {
        var (broker, operation) = CrashPlan.OperationsOf(Run, 1)[^3];
        var point = new CrashPoint(broker, operation, CrashWay.Torn);
        var recovery = Crash(point).RecoveryOperations;

        Assert.NotEmpty(recovery);
        foreach (var again in recovery)
        {
            var result = Crash(point with { Again = again });

            Assert.True(result.Verdict == Verdict.Pass, $"{again}: {string.Join('\n', result.Findings.Select(finding => finding.Message))}");
            Assert.Equal(2, result.Of(HistoryKind.ProcessEnded, "b1").Count());
        }
    }

    [Fact]
    public void The_operation_of_the_point_never_happens_and_all_before_it_do()
    {
        var (broker, operation) = CrashPlan.OperationsOf(Run, 1)[10];
        var result = Crash(new CrashPoint(broker, operation, CrashWay.Kill), new RunOptions { Detailed = true });

        var ended = result.Of(HistoryKind.ProcessEnded, "b1").Single();
        var before = result.Of(HistoryKind.DiskSubmitted, "b1").Where(happened => happened.Index < ended.Index).Select(happened => happened.Detail ?? "").ToArray();
        Assert.Contains(before, detail => detail.StartsWith($"operation {operation}:", StringComparison.Ordinal) && detail.EndsWith(", stopped", StringComparison.Ordinal));
        Assert.DoesNotContain(before, detail => detail.StartsWith($"operation {operation + 1}:", StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_says_how_much_of_its_point_it_came_to()
    {
        var (broker, operation) = CrashPlan.OperationsOf(Run, 1)[^1];
        var point = new CrashPoint(broker, operation, CrashWay.Kill);

        Assert.Equal(CrashReach.Whole, Crash(point).CrashReach);
        Assert.Equal(CrashReach.Whole, Crash(point with { Again = Crash(point).RecoveryOperations[^1] }).CrashReach);
        Assert.Equal(CrashReach.NotCrashedAgain, Crash(point with { Again = 9_999 }).CrashReach);
        Assert.Equal(CrashReach.NotCrashed, Crash(point with { Operation = operation + 1 }).CrashReach);
        Assert.Equal(CrashReach.NotCrashed, Crash(point with { Broker = "nobody" }).CrashReach);
        Assert.Equal(CrashReach.Whole, ScenarioRunner.Run(Run, new RunOptions()).CrashReach);
    }

    [Fact]
    public void A_point_repeats_itself_watched_or_not_and_ways_differ()
    {
        var (broker, operation) = CrashPlan.OperationsOf(Run, 1)[20];
        var hash = Crash(new CrashPoint(broker, operation, CrashWay.Torn)).TraceHash;

        Assert.Equal(hash, Crash(new CrashPoint(broker, operation, CrashWay.Torn)).TraceHash);
        Assert.Equal(hash, Crash(new CrashPoint("", operation, CrashWay.Torn), new RunOptions { Detailed = true }).TraceHash);
        Assert.NotEqual(hash, Crash(new CrashPoint(broker, operation, CrashWay.Kill)).TraceHash);
    }

    [Fact]
    public void Claims_of_the_uncrashed_story_do_not_count_and_those_of_a_crashed_one_do()
    {
        const string Impossible = "{ delivered: { client: sub, topic: nobody/says }, times: 1 }";
        var plain = Runs.Read(Runs.Scenario(Clients, Steps, $"expect: [ {Impossible} ]", broker: "persistence: group"));
        var crashed = Runs.Read(Runs.Scenario(Clients, Steps, $"crashed: [ {Impossible} ]", broker: "persistence: group"));
        var (broker, operation) = CrashPlan.OperationsOf(plain, 1)[20];
        var options = new RunOptions { Crash = new CrashPoint(broker, operation, CrashWay.Kill) };

        Assert.Equal(Verdict.Pass, ScenarioRunner.Run(plain, options).Verdict);
        Assert.Equal(Verdict.Fail, ScenarioRunner.Run(crashed, options).Verdict);
        Assert.Equal(Verdict.Pass, ScenarioRunner.Run(crashed, new RunOptions()).Verdict);
        Assert.Equal(Run.Hash, crashed.Hash);
    }

    [Theory]
    [InlineData(typeof(StoreMutation.AddInbound))]
    [InlineData(typeof(StoreMutation.AddMessage))]
    [InlineData(typeof(StoreMutation.PutSubscription))]
    [InlineData(typeof(StoreMutation.StartExchange))]
    [InlineData(typeof(StoreMutation.AdvanceExchange))]
    [InlineData(typeof(StoreMutation.RemoveInbound))]
    public void What_a_store_forgets_is_noticed_at_some_point(Type forgotten)
    {
        Func<IMessageStore, IMessageStore> wrap = store => new ForgetfulStore(store, forgotten.IsInstanceOfType);

        Assert.Contains(CrashPlan.OperationsOf(Run, 1), operation =>
            Crash(new CrashPoint(operation.Broker, operation.Operation, CrashWay.Kill), new RunOptions { WrapStore = wrap }).Verdict == Verdict.Fail);
    }

    [Fact]
    public void An_acknowledgement_before_its_sync_is_noticed_at_some_point() =>
        Assert.Contains(CrashPlan.OperationsOf(Run, 1), operation => Crash(
            new CrashPoint(operation.Broker, operation.Operation, CrashWay.PowerLoss), new RunOptions { WrapStore = store => new HastyStore(store) }).Verdict == Verdict.Fail);

    [Theory]
    [InlineData("57:torn", "", 57, CrashWay.Torn, null)]
    [InlineData("b1/57:power-loss", "b1", 57, CrashWay.PowerLoss, null)]
    [InlineData("edge[3]/0:kill+12", "edge[3]", 0, CrashWay.Kill, 12L)]
    public void A_point_is_read_as_it_is_written(string text, string broker, long operation, CrashWay way, long? again)
    {
        var point = CrashPoint.TryParse(text);

        Assert.Equal(new CrashPoint(broker, operation, way) { Again = again }, point);
        Assert.Equal(text, point!.ToString());
    }

    [Theory]
    [InlineData("57")]
    [InlineData("57:melt")]
    [InlineData("x:kill")]
    [InlineData(":kill")]
    [InlineData("57:kill+")]
    [InlineData("-1:kill")]
    public void What_is_no_point_is_not_read(string text) => Assert.Null(CrashPoint.TryParse(text));

    [Fact]
    public void A_run_without_a_store_has_no_points() => Assert.Empty(CrashPlan.OperationsOf(Runs.Read(Runs.Scenario(Clients, Steps)), 1));

    private static RunResult Crash(CrashPoint point, RunOptions? options = null) => ScenarioRunner.Run(Run, (options ?? new RunOptions()) with { Crash = point });
}
