using Orrery.Actors.TestKit;

namespace Orrery.Actors.Tests;

public sealed class TimerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Tick = new(1);
    private readonly TestKitBase _kit = new();
    private readonly List<object> _got = [];
    private readonly IActorRef _actor;

    public TimerTests() => _actor = _kit.ActorOf(Scripted.Props((self, message) =>
    {
        switch (message)
        {
            case Action<Scripted> action: action(self); break;
            case Exception exception: throw exception;
            default: _got.Add(message); break;
        }
    }));

    [Fact]
    public void A_single_timer_arrives_once_and_not_a_tick_early()
    {
        Do(self => self.Timers.StartSingleTimer("key", "due", Second));

        _kit.Advance(Second - Tick);
        Assert.Empty(_got);
        _kit.Advance(Tick);
        Assert.Equal(["due"], _got);
        _kit.Advance(10 * Second);
        Assert.Equal(["due"], _got);
    }

    [Fact]
    public void A_periodic_timer_arrives_after_each_interval()
    {
        Do(self => self.Timers.StartPeriodicTimer("key", "due", Second));
        _kit.Advance((3 * Second) - Tick);
        Assert.Equal(2, _got.Count);
        _kit.Advance(Tick);
        Assert.Equal(3, _got.Count);
    }

    [Fact]
    public void A_periodic_timer_may_have_a_first_delay_of_its_own()
    {
        Do(self => self.Timers.StartPeriodicTimer("key", "due", TimeSpan.Zero, Second));
        _kit.Advance(TimeSpan.Zero);
        Assert.Single(_got);
        _kit.Advance(Second);
        Assert.Equal(2, _got.Count);
    }

    [Fact]
    public void A_timer_with_the_same_key_replaces_the_earlier_one()
    {
        Do(self =>
        {
            self.Timers.StartSingleTimer("key", "old", Second);
            self.Timers.StartSingleTimer("key", "new", 2 * Second);
        });
        _kit.Advance(5 * Second);

        Assert.Equal(["new"], _got);
    }

    [Fact]
    public void A_cancelled_timer_never_arrives()
    {
        Do(self => self.Timers.StartSingleTimer("key", "due", Second));
        Do(self => self.Timers.Cancel("key"));
        _kit.Advance(5 * Second);

        Assert.Empty(_got);
        Assert.Equal(0, _kit.Scheduler.Count);
    }

    [Fact]
    public void A_timer_cancelled_while_its_message_is_in_the_mailbox_never_arrives()
    {
        Do(self =>
        {
            self.Timers.StartSingleTimer("key", "due", TimeSpan.Zero);
            self.Timers.StartPeriodicTimer("other", "due", TimeSpan.Zero, Second);
        });
        // Both fire, and the request to cancel is handled before their messages.
        _actor.Tell(new Action<Scripted>(self => self.Timers.CancelAll()));
        FireAllWithoutRunning(2);
        _kit.Run();

        Assert.Empty(_got);
    }

    [Fact]
    public void A_timer_replaced_while_its_message_is_in_the_mailbox_never_arrives()
    {
        Do(self => self.Timers.StartSingleTimer("key", "old", TimeSpan.Zero));
        _actor.Tell(new Action<Scripted>(self => self.Timers.StartSingleTimer("key", "new", Second)));
        FireAllWithoutRunning(1);
        _kit.Advance(Second);

        Assert.Equal(["new"], _got);
    }

    [Fact]
    public void Timers_of_a_restarted_actor_never_arrive_not_even_those_in_the_mailbox()
    {
        Do(self =>
        {
            self.Timers.StartSingleTimer("pending", "pending", Second);
            self.Timers.StartSingleTimer("queued", "queued", TimeSpan.Zero);
        });
        _actor.Tell(new InvalidOperationException());
        FireAllWithoutRunning(1);
        _kit.Advance(5 * Second);

        Assert.Empty(_got);
        Assert.Equal(0, _kit.Scheduler.Count);
    }

    [Fact]
    public void Timers_of_a_stopped_actor_never_arrive_and_are_no_dead_letters()
    {
        var letters = _kit.Subscribe<AllDeadLetters>();
        Do(self =>
        {
            self.Timers.StartSingleTimer("pending", "pending", Second);
            self.Timers.StartSingleTimer("queued", "queued", TimeSpan.Zero);
        });
        _actor.Tell(PoisonPill.Instance);
        FireAllWithoutRunning(1);
        _kit.Advance(5 * Second);

        Assert.Empty(_got);
        Assert.Equal(0, _kit.Scheduler.Count);
        letters.ExpectNoMsg();
    }

    [Fact]
    public void A_timer_that_is_started_anew_each_time_it_arrives_comes_each_time_until_it_is_cancelled()
    {
        var arrived = new List<TimeSpan>();
        Action<Scripted>? again = null;
        again = self =>
        {
            arrived.Add(_kit.Scheduler.Elapsed);
            self.Timers.StartSingleTimer("key", again!, Second);
        };
        Do(self => self.Timers.StartSingleTimer("key", again, Second));
        _kit.Advance(3 * Second);
        Assert.Equal([Second, 2 * Second, 3 * Second], arrived);

        Do(self => self.Timers.Cancel("key"));
        _kit.Advance(3 * Second);
        Assert.Equal(3, arrived.Count);
    }

    [Fact]
    public void Cancelling_most_of_many_timers_leaves_the_others_in_their_order()
    {
        const int Count = 500;
        var left = Enumerable.Range(0, Count).Where(i => i % 7 == 0).ToArray();
        Do(self =>
        {
            for (var i = 0; i < Count; i++) self.Timers.StartSingleTimer($"{i}", $"{i}", DueOf(i));
            for (var i = 0; i < Count; i++)
            {
                if (i % 7 != 0) self.Timers.Cancel($"{i}");
            }
        });
        Assert.Equal(left.Length, _kit.Scheduler.Count);

        _kit.Advance(Count * Second);

        Assert.Equal(left.OrderBy(DueOf).Select(i => (object)$"{i}"), _got);

        static TimeSpan DueOf(int i) => ((i * 37 % 101) + 1) * Second;
    }

    [Fact]
    public void IsTimerActive_ends_when_a_single_timer_arrives()
    {
        var active = new List<bool>();
        void Ask(Scripted self) => active.Add(self.Timers.IsTimerActive("key"));

        Do(Ask);
        Do(self => self.Timers.StartSingleTimer("key", new Action<Scripted>(Ask), Second));
        Do(Ask);
        _kit.Advance(Second);

        Assert.Equal([false, true, false], active);
    }

    [Fact]
    public void Timers_of_different_actors_fire_each_at_its_own_time_in_order_of_due_and_start()
    {
        var at = new List<(string, TimeSpan)>();
        var others = Enumerable.Range(0, 3).Select(i => _kit.ActorOf(Scripted.Props((self, message) =>
        {
            if (message is TimeSpan due) self.Timers.StartSingleTimer("key", $"{i}", due);
            else at.Add(((string)message, _kit.Scheduler.Elapsed));
        }))).ToList();
        foreach (var (actor, due) in others.Zip([3 * Second, Second, Second])) actor.Tell(due);

        _kit.Advance(10 * Second);

        Assert.Equal([("1", Second), ("2", Second), ("0", 3 * Second)], at);
        Assert.Equal(10 * Second, _kit.Scheduler.Elapsed);
    }

    [Fact]
    public void A_timer_started_by_a_timer_fires_within_the_same_advance()
    {
        Do(self => self.Timers.StartSingleTimer(
            "first", new Action<Scripted>(me => me.Timers.StartSingleTimer("second", "due", Second)), Second));
        _kit.Advance(2 * Second);

        Assert.Equal(["due"], _got);
    }

    [Fact]
    public void The_scheduler_tells_until_cancelled()
    {
        var handle = _kit.Sys.Scheduler.ScheduleTellRepeatedlyCancelable(Second, Second, _actor, "tick", ActorRefs.NoSender);
        _kit.Sys.Scheduler.ScheduleTellOnce(Second, _actor, "once", ActorRefs.NoSender);
        _kit.Advance(2 * Second);
        handle.Cancel();
        _kit.Advance(2 * Second);

        Assert.Equal(["tick", "once", "tick"], _got);
        Assert.True(handle.IsCancellationRequested);
    }

    [Fact]
    public void An_interval_must_be_more_than_nothing_and_a_delay_not_less()
    {
        var scheduler = _kit.Sys.Scheduler;
        Assert.Throws<ArgumentOutOfRangeException>(() => scheduler.ScheduleTellRepeatedly(Second, TimeSpan.Zero, _actor, "x", null));
        Assert.Throws<ArgumentOutOfRangeException>(() => scheduler.ScheduleTellOnce(-Second, _actor, "x", null));
    }

    private void Do(Action<Scripted> action)
    {
        _actor.Tell(action);
        _kit.Run();
    }

    /// <summary>Fires timers that are due now, while what was told before is still in the mailboxes.</summary>
    private void FireAllWithoutRunning(int count)
    {
        var timers = (Orrery.Actors.Deterministic.VirtualTimers)_kit.Sys.Timers;
        for (var i = 0; i < count; i++)
        {
            timers.FireNext();
        }
    }
}
