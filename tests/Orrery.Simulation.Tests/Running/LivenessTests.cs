using Orrery.Actors;
using Orrery.Simulation.Expectations;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;

namespace Orrery.Simulation.Tests.Running;

/// <summary>Whether actors go on for nothing, or are forgotten, is measured in runs of the real broker.</summary>
public sealed class LivenessTests
{
    private const string Story = """
        - { at: 0s, do: connect, client: sub }
        - { at: 1s, do: connect, client: pub }
        - { at: 2s, do: publish, client: pub, topic: a/b, qos: 1, every: 100ms, count: 100 }
        """;

    private static readonly string Text = Runs.Scenario("""
        pub: {}
        sub: { auto_subscribe: [ { filter: "a/#", qos: 1 } ] }
        """, Story);

    [Fact]
    public void A_sound_run_is_measured_and_breaks_no_rule()
    {
        var (findings, facts) = Run(_ => { });

        Assert.Empty(findings);
        Assert.InRange(facts.TurnsWithoutEffectMax, 2, 1_000);
        Assert.Equal(0, facts.LongestWithoutTurnNanoseconds);
    }

    [Fact]
    public void An_actor_that_keeps_itself_busy_for_ever_is_L_2()
    {
        var (findings, facts) = Run(world => world.Script.Later(3_000_000_000, () => world.Brokers[0].Process.Add(Props.Create(() => new Busy(long.MaxValue)))));

        Assert.Equal(["L-2"], findings.Select(finding => finding.Rule));
        Assert.True(facts.TurnsWithoutEffectMax > 1_000_000);
    }

    [Theory]
    [InlineData(20_000, "L-2")]
    [InlineData(5_000, "")]
    public void An_actor_that_keeps_itself_busy_for_long_is_L_2(int turns, string rule)
    {
        var (findings, _) = Run(world => world.Script.Later(3_000_000_000, () => world.Brokers[0].Process.Add(Props.Create(() => new Busy(turns)))));

        Assert.Equal(rule, string.Join(" ", findings.Select(finding => finding.Rule)));
    }

    [Fact]
    public void An_actor_that_gets_no_turn_is_L_3_and_is_named()
    {
        var (findings, facts) = Run(world => Starve(world, nanoseconds: 4_000_000_000));

        var finding = Assert.Single(findings, finding => finding.Rule == "L-3");
        Assert.Contains("/user/broker/sessions/s1", finding.Message, StringComparison.Ordinal);
        Assert.True(facts.LongestWithoutTurnNanoseconds > 1_000_000_000);
    }

    [Fact]
    public void One_that_waits_for_less_than_a_second_is_not_L_3()
    {
        var (findings, facts) = Run(world => Starve(world, nanoseconds: 900_000_000));

        Assert.DoesNotContain(findings, finding => finding.Rule == "L-3");
        Assert.InRange(facts.LongestWithoutTurnNanoseconds, 1, 1_000_000_000);
    }

    [Fact]
    public void Looking_for_forgotten_actors_changes_no_hash()
    {
        Assert.Equal(Runs.Run(Text).TraceHash, Runs.Run(Text, new RunOptions { Judges = false }).TraceHash);
    }

    /// <summary>The subscriber's session gets no turn for a while, though nobody else wants one: no fair order of turns.</summary>
    private static void Starve(RunWorld world, long nanoseconds) => world.Script.Later(3_000_000_000, () =>
    {
        var process = world.Brokers[0].Process;
        var starvation = process.Starve(actor => actor.Path.ToStringWithoutAddress() == "/user/broker/sessions/s1", long.MaxValue, evenAlone: true);
        world.Script.Later(nanoseconds, () => process.End(starvation));
    });

    private static (IReadOnlyList<Finding> Findings, BrokerFacts Facts) Run(Action<RunWorld> prepare)
    {
        var run = Runs.Read(Text);
        var options = new RunOptions();
        var history = new History(options.HistoryEventsMax);
        var world = new RunWorld(run.Scenario, run.Seed!.Value, options, history);
        prepare(world);
        ScenarioRunner.Play(world);
        var facts = world.Facts.Build();
        return (RunJudge.Judge(run, history, facts), facts.Brokers["b1"]);
    }

    /// <summary>Sends itself the same message again and again.</summary>
    private sealed class Busy(long turns) : UntypedActor
    {
        private long _left = turns;

        protected override void PreStart() => Self.Tell("on");

        protected override void OnReceive(object message)
        {
            if (--_left > 0) Self.Tell("on");
        }
    }
}
