using Orrery.Actors.Extensions;

namespace Orrery.Actors.Tests.Extensions;

public sealed class StarvationTests
{
    public static TheoryData<DispatchOrder> Orders => [DispatchOrder.Fifo, DispatchOrder.SeededRandom, DispatchOrder.PriorityChanges];

    private readonly List<string> _log = [];

    [Fact]
    public void A_starving_actor_lets_so_many_turns_of_others_go_first()
    {
        var (host, tell) = Make("abc");
        host.Starve(Is("a"), 4);

        tell(3);
        host.Run();

        // Behind the fourth it takes its place in the row.
        Assert.Equal(["b0", "c0", "b1", "c1", "b2", "a0", "c2", "a1", "a2"], _log);
    }

    [Fact]
    public void It_goes_sooner_when_nobody_else_wants_a_turn_and_waits_again_the_next_time()
    {
        var (host, tell) = Make("ab");
        var starvation = host.Starve(Is("a"), 3);

        tell(2);
        host.Run();
        Assert.Equal(["b0", "b1", "a0", "a1"], _log);
        Assert.Equal((1L, false), (starvation.TurnsLeft, starvation.IsOver));

        _log.Clear();
        tell(2);
        host.Run();
        Assert.Equal(["b0", "a0", "b1", "a1"], _log);
        Assert.True(starvation.IsOver);
    }

    [Fact]
    public void Only_the_first_actor_that_fits_starves_and_it_is_named()
    {
        var (host, tell) = Make("abc");
        var starvation = host.Starve(actor => actor.Path.Name is "b" or "c", 100);
        Assert.Null(starvation.Actor);

        tell(1);
        host.Run();

        Assert.Equal(["a0", "c0", "b0"], _log);
        Assert.Equal("b", starvation.Actor!.Path.Name);
    }

    [Fact]
    public void Who_asked_is_told_once_when_the_turns_are_used_up_and_never_when_it_is_ended_before()
    {
        var told = 0;
        var (host, tell) = Make("ab");
        host.Starve(Is("a"), 1, _ => told++);
        var ended = host.Starve(Is("b"), 1, _ => told++);
        host.End(ended);

        tell(5);
        host.Run();

        Assert.Equal(1, told);
        Assert.True(ended.IsOver);
    }

    [Fact]
    public void Two_that_starve_do_not_hold_up_each_other()
    {
        var (host, tell) = Make("abc");
        host.Starve(Is("a"), 1_000);
        host.Starve(Is("b"), 1_000);

        tell(2);
        host.Run();

        Assert.Equal(["c0", "c1", "a0", "b0", "a1", "b1"], _log);
        Assert.True(host.IsQuiet);
    }

    [Fact]
    public void One_that_starves_alone_waits_though_the_system_is_quiet_and_has_its_messages_until_it_is_ended()
    {
        var (host, tell) = Make("ab");
        var starvation = host.Starve(Is("a"), 1_000, evenAlone: true);

        tell(2);
        host.Run();
        Assert.Equal(["b0", "b1"], _log);
        Assert.True(host.IsQuiet);
        Assert.False(host.RunOne());
        Assert.Equal("a", Assert.Single(host.ActorsWithMessages()).Path.Name);

        host.End(starvation);
        host.Run();
        Assert.Equal(["b0", "b1", "a0", "a1"], _log);
        Assert.Empty(host.ActorsWithMessages());
    }

    [Theory, MemberData(nameof(Orders))]
    public void In_every_order_all_is_handled_and_equal_seeds_give_equal_runs(DispatchOrder order)
    {
        List<string> Once(ulong seed)
        {
            _log.Clear();
            var (host, tell) = Make("abcd", order, seed);
            host.Starve(Is("b"), 5);
            tell(4);
            host.Run();
            Assert.True(host.IsQuiet);
            return [.. _log];
        }

        for (var seed = 1UL; seed <= 20; seed++)
        {
            var first = Once(seed);
            Assert.Equal(first, Once(seed));
            Assert.Equal(16, first.Count);
            Assert.True(first.FindIndex(entry => entry[0] == 'b') >= 5);
            foreach (var actor in "abcd") Assert.Equal(Enumerable.Range(0, 4).Select(i => $"{actor}{i}"), first.Where(entry => entry[0] == actor));
        }
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        var (host, _) = Make("a");

        Assert.Throws<ArgumentOutOfRangeException>(() => host.Starve(Is("a"), 0));
        Assert.Throws<ArgumentNullException>(() => host.Starve(null!, 1));
        Assert.Throws<ArgumentNullException>(() => host.End(null!));
    }

    private static Func<IActorRef, bool> Is(string name) => actor => actor.Path.Name == name;

    private (DeterministicSystem Host, Action<int> Tell) Make(string names, DispatchOrder order = DispatchOrder.Fifo, ulong seed = 1)
    {
        var host = DeterministicSystem.Create("test", new DeterministicOptions { Order = order, Seed = seed });
        var actors = names.Select(name => host.System.ActorOf(Scripted.Props((_, message) => _log.Add($"{name}{message}")), $"{name}")).ToList();
        host.Run();
        return (host, Tell);

        void Tell(int count)
        {
            for (var i = 0; i < count; i++)
            {
                foreach (var actor in actors) actor.Tell(i);
            }
        }
    }
}
