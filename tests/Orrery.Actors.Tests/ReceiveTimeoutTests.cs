using Orrery.Actors.TestKit;

namespace Orrery.Actors.Tests;

public sealed class ReceiveTimeoutTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Tick = new(1);
    private readonly TestKitBase _kit = new();
    private readonly List<TimeSpan> _timeouts = [];
    private readonly IActorRef _actor;

    public ReceiveTimeoutTests()
    {
        _actor = _kit.ActorOf(Scripted.Props((self, message) =>
        {
            if (message is ReceiveTimeout) _timeouts.Add(_kit.Scheduler.Elapsed);
            if (message is Exception exception) throw exception;
            if (message is TimeSpan timeout) self.Surroundings.SetReceiveTimeout(timeout == TimeSpan.Zero ? null : timeout);
        }));
        _actor.Tell(Second);
        _kit.Run();
    }

    [Fact]
    public void It_comes_after_the_time_without_a_message_and_again_after_as_long()
    {
        _kit.Advance(Second - Tick);
        Assert.Empty(_timeouts);
        _kit.Advance(Tick + Second);

        Assert.Equal([Second, 2 * Second], _timeouts);
    }

    [Fact]
    public void Each_message_starts_the_time_anew()
    {
        _kit.Advance(0.6 * Second);
        _actor.Tell("activity");
        _kit.Advance(0.6 * Second);
        _actor.Tell("activity");
        _kit.Advance(Second - Tick);
        Assert.Empty(_timeouts);
        _kit.Advance(Tick);

        Assert.Equal([2.2 * Second], _timeouts);
    }

    [Fact]
    public void A_message_that_does_not_count_as_activity_changes_nothing()
    {
        _kit.Advance(0.6 * Second);
        _actor.Tell(new Uncounted());
        _kit.Advance(0.4 * Second);

        Assert.Equal([Second], _timeouts);
    }

    [Fact]
    public void Null_switches_it_off()
    {
        _actor.Tell(TimeSpan.Zero);
        _kit.Advance(10 * Second);

        Assert.Empty(_timeouts);
        Assert.Equal(0, _kit.Scheduler.Count);
    }

    [Fact]
    public void A_restart_switches_it_off()
    {
        _actor.Tell(new InvalidOperationException());
        _kit.Advance(10 * Second);

        Assert.Empty(_timeouts);
    }

    [Fact]
    public void A_stopped_actor_gets_none()
    {
        var letters = _kit.Subscribe<AllDeadLetters>();
        _actor.Tell(PoisonPill.Instance);
        _kit.Advance(10 * Second);

        Assert.Empty(_timeouts);
        letters.ExpectNoMsg();
    }

    private sealed class Uncounted : INotInfluenceReceiveTimeout;
}
