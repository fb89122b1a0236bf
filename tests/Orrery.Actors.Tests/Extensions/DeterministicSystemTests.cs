using Orrery.Actors.Extensions;

namespace Orrery.Actors.Tests.Extensions;

public sealed class DeterministicSystemTests
{
    public static TheoryData<DispatchOrder> Orders => [DispatchOrder.Fifo, DispatchOrder.SeededRandom, DispatchOrder.PriorityChanges];

    [Theory, MemberData(nameof(Orders))]
    public void Equal_seeds_give_equal_runs(DispatchOrder order)
    {
        Assert.Equal(Trace(order, 1), Trace(order, 1));
    }

    [Theory]
    [InlineData(DispatchOrder.SeededRandom)]
    [InlineData(DispatchOrder.PriorityChanges)]
    public void Different_seeds_give_different_orders(DispatchOrder order)
    {
        var traces = Enumerable.Range(1, 20).Select(seed => string.Join(' ', Trace(order, (ulong)seed))).Distinct();

        Assert.True(traces.Count() > 10);
    }

    [Fact]
    public void Fifo_gives_each_ready_actor_one_message_in_turn() =>
        Assert.Equal(["a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2"], Trace(DispatchOrder.Fifo, 1));

    [Theory, MemberData(nameof(Orders))]
    public void Order_between_two_actors_holds_in_every_order(DispatchOrder order)
    {
        for (var seed = 1UL; seed <= 50; seed++)
        {
            foreach (var actor in "abc")
            {
                Assert.Equal([$"{actor}0", $"{actor}1", $"{actor}2"], Trace(order, seed).Where(entry => entry[0] == actor));
            }
        }
    }

    [Theory]
    [InlineData(DispatchOrder.SeededRandom, 0)]
    [InlineData(DispatchOrder.PriorityChanges, 2)]
    public void A_bug_that_needs_a_rare_interleaving_is_found_by_some_seed(DispatchOrder order, int changes)
    {
        // The bug: a slow chain of five overtakes a single message that was told first, and then a second one.
        Assert.Contains(Enumerable.Range(1, 500), seed => Overtakes(order, (ulong)seed, changes));
        Assert.DoesNotContain(Enumerable.Range(1, 3), seed => Overtakes(DispatchOrder.Fifo, (ulong)seed, changes));
    }

    [Fact]
    public void RunOne_handles_at_most_one_message()
    {
        var host = DeterministicSystem.Create("test", new DeterministicOptions());
        var count = 0;
        var actor = host.System.ActorOf(Scripted.Props((_, _) => count++));
        host.Run();
        actor.Tell(1);
        actor.Tell(2);

        Assert.True(host.RunOne());
        Assert.Equal(1, count);
        Assert.True(host.RunOne());
        Assert.False(host.RunOne());
        Assert.True(host.IsQuiet);
    }

    [Fact]
    public void Run_returns_the_number_of_messages_handled()
    {
        var host = DeterministicSystem.Create("test", new DeterministicOptions());
        var actor = host.System.ActorOf(Scripted.Props((self, message) =>
        {
            if ((int)message > 0) self.Me.Tell((int)message - 1);
        }));
        actor.Tell(9);

        Assert.Equal(10, host.Run());
        Assert.Equal(0, host.Run());
    }

    [Fact]
    public void A_run_without_end_is_cut_off()
    {
        var host = DeterministicSystem.Create("test", new DeterministicOptions { StepsMax = 1000 });
        var actor = host.System.ActorOf(Scripted.Props((self, message) => self.Me.Tell(message)));
        actor.Tell("for ever");

        Assert.Throws<InvalidOperationException>(() => host.Run());
    }

    [Fact]
    public void An_actor_cannot_run_the_system()
    {
        var host = DeterministicSystem.Create("test", new DeterministicOptions());
        var actor = host.System.ActorOf(Scripted.Props((_, _) => host.Run()));
        actor.Tell("run");
        host.Run();

        Assert.IsType<InvalidOperationException>(Assert.Single(host.Failures).Cause);
    }

    [Fact]
    public void An_actor_of_one_system_can_run_another_and_is_still_itself_afterwards()
    {
        var inner = DeterministicSystem.Create("inner", new DeterministicOptions());
        var leaf = inner.System.ActorOf(Scripted.Props((_, _) => { }));
        var outer = DeterministicSystem.Create("outer", new DeterministicOptions());
        IActorRef? seen = null;
        var sink = outer.System.ActorOf(Scripted.Props((self, _) => seen = self.From));
        var world = outer.System.ActorOf(Scripted.Props((_, _) =>
        {
            leaf.Tell("go");
            inner.Run();
            sink.Tell("from whom?");
        }));
        world.Tell("go");
        outer.Run();

        Assert.Equal(world, seen);
    }

    [Fact]
    public async Task Another_thread_is_refused()
    {
        var host = DeterministicSystem.Create("test", new DeterministicOptions());
        var actor = host.System.ActorOf(Scripted.Props((_, _) => { }));
        host.Run();

        await Task.Factory.StartNew(
            () =>
            {
                Assert.Throws<InvalidOperationException>(() => actor.Tell("hello"));
                Assert.Throws<InvalidOperationException>(() => host.Run());
                Assert.Throws<InvalidOperationException>(() => host.System.Scheduler.ScheduleTellOnce(TimeSpan.Zero, actor, 1, null));
            },
            TaskCreationOptions.LongRunning);
    }

    [Fact]
    public void Time_stands_still_until_advanced_and_the_wall_clock_may_jump()
    {
        var host = DeterministicSystem.Create("test", new DeterministicOptions());
        var start = host.System.Scheduler.Now;
        host.Run();
        Assert.Equal(TimeSpan.Zero, host.System.Uptime);

        host.Scheduler.Advance(TimeSpan.FromSeconds(5));
        host.Scheduler.JumpWallClock(TimeSpan.FromHours(-1));

        Assert.Equal(TimeSpan.FromSeconds(5), host.System.Scheduler.MonotonicClock);
        Assert.Equal(start.AddSeconds(5).AddHours(-1), host.System.Scheduler.Now);
    }

    [Fact]
    public void AdvanceToNext_moves_to_the_next_timer_alone()
    {
        var host = DeterministicSystem.Create("test", new DeterministicOptions());
        var fired = new List<TimeSpan>();
        foreach (var seconds in new[] { 3, 1, 2 })
        {
            host.System.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromSeconds(seconds), () => fired.Add(host.Scheduler.Elapsed));
        }

        Assert.Equal(TimeSpan.FromSeconds(1), host.Scheduler.NextDue);
        Assert.True(host.Scheduler.AdvanceToNext());
        Assert.Equal([TimeSpan.FromSeconds(1)], fired);
        Assert.True(host.Scheduler.AdvanceToNext());
        Assert.True(host.Scheduler.AdvanceToNext());
        Assert.False(host.Scheduler.AdvanceToNext());
        Assert.Null(host.Scheduler.NextDue);
    }

    internal static List<string> Trace(DispatchOrder order, ulong seed, IDeterministicObserver? observer = null)
    {
        var options = new DeterministicOptions { Order = order, Seed = seed, PriorityHorizonSteps = 20, Observer = observer };
        var host = DeterministicSystem.Create("test", options);
        var trace = new List<string>();
        var actors = "abc".Select(name => host.System.ActorOf(Scripted.Props((_, message) => trace.Add($"{name}{message}")))).ToList();
        host.Run();
        for (var i = 0; i < 3; i++)
        {
            foreach (var actor in actors) actor.Tell(i);
        }

        host.Run();
        return trace;
    }

    private static bool Overtakes(DispatchOrder order, ulong seed, int changes)
    {
        var options = new DeterministicOptions { Order = order, Seed = seed, PriorityChanges = changes, PriorityHorizonSteps = 20 };
        var host = DeterministicSystem.Create("test", options);
        var got = new List<string>();
        var sink = host.System.ActorOf(Scripted.Props((_, message) => got.Add((string)message)));
        var direct = host.System.ActorOf(Scripted.Props((_, message) => sink.Tell(message)));
        IActorRef chain = sink;
        for (var i = 0; i < 5; i++)
        {
            var next = chain;
            chain = host.System.ActorOf(Scripted.Props((_, message) => next.Tell(message)));
        }

        host.Run();
        direct.Tell("first");
        direct.Tell("second");
        chain.Tell("slow");
        host.Run();
        return got is ["first", "slow", "second"] or ["slow", ..];
    }
}
