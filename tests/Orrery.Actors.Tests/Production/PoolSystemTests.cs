using Orrery.Actors.Extensions;

namespace Orrery.Actors.Tests.Production;

/// <summary>The promises of the runtime under real threads. Bounded by numbers of messages, not by time.</summary>
public sealed class PoolSystemTests : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("pool", new ActorSystemOptions { Seed = 1 });

    public void Dispose() => _system.Dispose();

    [Fact]
    public async Task Order_holds_per_pair_and_nothing_is_lost()
    {
        const int Senders = 8;
        const int Messages = 50_000;
        var done = new TaskCompletionSource<string>();
        var next = new int[Senders];
        var left = Senders * Messages;
        var sink = _system.ActorOf(Scripted.Props((_, message) =>
        {
            var (sender, number) = ((int, int))message;
            if (next[sender]++ != number) done.TrySetResult($"{number} of sender {sender} came out of order");
            if (--left == 0) done.TrySetResult("all");
        }));

        // Half of the senders are actors, half are threads of other owners.
        for (var i = 0; i < Senders; i++)
        {
            var sender = i;
            if (i % 2 == 0)
            {
                _system.ActorOf(Scripted.Props((self, message) =>
                {
                    var from = (int)message;
                    for (var number = from; number < from + 100; number++) sink.Tell((sender, number));
                    if (from + 100 < Messages) self.Me.Tell(from + 100);
                })).Tell(0);
            }
            else
            {
                _ = Task.Run(() =>
                {
                    for (var number = 0; number < Messages; number++) sink.Tell((sender, number));
                });
            }
        }

        Assert.Equal("all", await done.Task);
    }

    [Fact]
    public async Task One_message_at_a_time()
    {
        const int Messages = 100_000;
        var done = new TaskCompletionSource<bool>();
        var inside = 0;
        var overlapped = false;
        var count = 0;
        var actor = _system.ActorOf(Scripted.Props((_, _) =>
        {
            overlapped |= Interlocked.Increment(ref inside) != 1;
            count++;
            Interlocked.Decrement(ref inside);
            if (count == Messages) done.TrySetResult(overlapped);
        }));

        Parallel.For(0, 4, _ =>
        {
            for (var i = 0; i < Messages / 4; i++) actor.Tell("message");
        });

        Assert.False(await done.Task);
    }

    [Fact]
    public async Task Actors_that_rest_between_messages_are_always_woken_again()
    {
        const int Pairs = 50;
        const int Throws = 2_000;
        var games = Enumerable.Range(0, Pairs).Select(_ =>
        {
            var done = new TaskCompletionSource();
            var left = Throws;
            var wall = _system.ActorOf(Scripted.Props((self, message) => self.From.Tell(message)));
            var player = _system.ActorOf(Scripted.Props((_, message) =>
            {
                if (--left == 0) done.TrySetResult();
                else wall.Tell(message);
            }));
            player.Tell("ball");
            return done.Task;
        });

        await Task.WhenAll(games);
    }

    [Fact]
    public void An_actor_that_is_told_something_just_as_it_comes_to_rest_is_woken_again()
    {
        const int Rounds = 100_000;
        var handled = 0;
        var actor = _system.ActorOf(Scripted.Props((_, _) => Volatile.Write(ref handled, handled + 1)));
        for (var round = 1; round <= Rounds; round++)
        {
            actor.Tell("message");
            // Without a limit: a machine may take any time, and a wake-up that got lost hangs here, which the run of the tests
            // reports by name. MailboxInterleavingTests find it without waiting.
            for (var spinner = default(SpinWait); Volatile.Read(ref handled) != round;) spinner.SpinOnce(sleep1Threshold: -1);
        }
    }

    [Fact]
    public async Task Terminated_comes_once_to_a_parent_that_watches_children_which_are_ending()
    {
        const int Children = 2_000;
        var notices = new Dictionary<IActorRef, int>();
        var done = new TaskCompletionSource();
        var parent = _system.ActorOf(Scripted.Props((self, message) =>
        {
            if (message is Terminated terminated)
            {
                notices[terminated.ActorRef] = notices.GetValueOrDefault(terminated.ActorRef) + 1;
                if (notices.Count == Children) done.TrySetResult();
            }
            else if (message is "go")
            {
                var children = Enumerable.Range(0, Children).Select(_ => self.Surroundings.ActorOf(Recorder.Props([]))).ToList();
                children.ForEach(child => child.Tell(PoisonPill.Instance));
                children.ForEach(child => self.Surroundings.Watch(child));
            }
        }));
        parent.Tell("go");

        await done.Task;
        await parent.Ask<ActorIdentity>(new Identify(0));
        Assert.All(notices.Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task Terminated_comes_once_to_each_watcher_however_watching_and_stopping_meet()
    {
        const int Subjects = 2_000;
        var notices = new int[Subjects];
        var done = new TaskCompletionSource();
        var left = Subjects;
        var watcher = _system.ActorOf(Scripted.Props((self, message) =>
        {
            switch (message)
            {
                case IActorRef subject:
                    self.Surroundings.Watch(subject);
                    break;
                case Terminated terminated:
                    notices[int.Parse(terminated.ActorRef.Path.Name[1..])]++;
                    if (--left == 0) done.TrySetResult();
                    break;
            }
        }));

        for (var i = 0; i < Subjects; i++)
        {
            var subject = _system.ActorOf(Scripted.Props((_, _) => { }), $"s{i}");
            if (i % 2 == 0) watcher.Tell(subject);
            subject.Tell(PoisonPill.Instance);
            if (i % 2 == 1) watcher.Tell(subject);
        }

        await done.Task;
        await watcher.Ask<ActorIdentity>(new Identify(0));
        Assert.All(notices, count => Assert.Equal(1, count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Actors_that_are_always_ready_do_not_starve_others(bool inPairs)
    {
        const int Busy = 20;

        // As many messages as one actor handles in about a third of a second. Without fairness the others wait until the
        // pool adds threads, two a second.
        const int Patience = 5_000_000;
        var started = 0;
        var done = new TaskCompletionSource<string>();
        for (var i = 0; i < Busy; i++)
        {
            var count = 0;
            var partner = inPairs ? _system.ActorOf(Scripted.Props((self, message) => self.From.Tell(message))) : null;
            var busy = _system.ActorOf(Scripted.Props((self, message) =>
            {
                (partner ?? self.Me).Tell(message);
                if (++count == 1_000 && Interlocked.Increment(ref started) == Busy) done.TrySetResult("all under way");
                if (count == Patience) done.TrySetResult("one had too many turns");
            }));
            busy.Tell("again");
        }

        Assert.Equal("all under way", await done.Task);
    }

    [Fact]
    public async Task An_actor_told_by_one_that_keeps_its_thread_is_run_by_another()
    {
        // The first never rests until the second has answered; the second must not wait for the first's thread.
        var answered = new TaskCompletionSource<int>();
        var hasAnswered = false;
        var second = _system.ActorOf(Scripted.Props((_, _) => Volatile.Write(ref hasAnswered, true)));
        var first = _system.ActorOf(Scripted.Props((self, message) =>
        {
            var round = (int)message;
            if (round == 0) second.Tell("hello");
            if (Volatile.Read(ref hasAnswered)) answered.TrySetResult(round);
            else self.Me.Tell(round + 1);
        }));
        first.Tell(0);

        await answered.Task;
    }

    [Fact]
    public async Task Failures_under_load_lose_only_the_failing_messages()
    {
        const int Messages = 20_000;
        var done = new TaskCompletionSource();
        var handled = 0;
        var instances = 0;
        var actor = _system.ActorOf(Props.Create(() =>
        {
            instances++;
            return new Scripted((_, message) =>
            {
                if ((int)message % 100 == 99) throw new InvalidOperationException();
                if (++handled == Messages - (Messages / 100)) done.TrySetResult();
            });
        }));

        for (var i = 0; i < Messages; i++) actor.Tell(i);

        await done.Task;
        Assert.InRange(instances, 1, 1 + (Messages / 100));
    }

    [Fact]
    public async Task Timers_fire_and_are_cancelled_under_real_time()
    {
        const int Timers = 1_000;
        var fired = 0;
        var done = new TaskCompletionSource();
        var actor = _system.ActorOf(Scripted.Props((self, message) =>
        {
            switch (message)
            {
                case "start":
                    for (var i = 0; i < Timers; i++)
                    {
                        self.Timers.StartSingleTimer(i, "due", TimeSpan.FromMilliseconds(i % 20));
                        self.Timers.StartSingleTimer(-1 - i, "never", TimeSpan.FromMilliseconds(i % 20));
                        self.Timers.Cancel(-1 - i);
                    }

                    break;
                case "due" when ++fired == Timers:
                    done.TrySetResult();
                    break;
                case "never":
                    done.TrySetException(new InvalidOperationException("A cancelled timer arrived."));
                    break;
            }
        }));
        actor.Tell("start");

        await done.Task;
    }

    [Fact]
    public async Task A_timer_is_never_early()
    {
        var scheduler = _system.Scheduler;
        for (var i = 0; i < 20; i++)
        {
            var done = new TaskCompletionSource<TimeSpan>();
            var delay = TimeSpan.FromMilliseconds(0.3 * i);
            var before = scheduler.MonotonicClock;
            scheduler.Advanced.ScheduleOnce(delay, () => done.TrySetResult(scheduler.MonotonicClock));
            Assert.True(await done.Task >= before + delay);
        }
    }

    [Fact]
    public async Task A_pinned_actor_has_a_thread_of_its_own()
    {
        var pinned = _system.ActorOf(
            Scripted.Props((self, _) => self.From.Tell((Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread)))
                .WithDispatcher(Dispatchers.PinnedDispatcherId));

        var first = await pinned.Ask<(int Thread, bool IsPool)>("where");
        var second = await pinned.Ask<(int Thread, bool IsPool)>("where");

        Assert.Equal(first, second);
        Assert.False(first.IsPool);
        Assert.True(await pinned.GracefulStop(Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public void A_lent_thread_runs_the_chain_that_it_starts_before_it_is_given_back()
    {
        // All actors of the chain are made on the lent thread, so that no other thread has anything to do with them.
        var threads = new List<int>();
        using (_system.BeginHostTurn())
        {
            _system.ActorOf(Scripted.Props((self, message) =>
            {
                threads.Add(Environment.CurrentManagedThreadId);
                var next = self.Surroundings.ActorOf(Scripted.Props((_, _) => threads.Add(Environment.CurrentManagedThreadId)));
                next.Tell(message);
            })).Tell("go");
            Assert.Empty(threads);
        }

        Assert.Equal([Environment.CurrentManagedThreadId, Environment.CurrentManagedThreadId], threads);
    }

    [Fact]
    public async Task Terminate_ends_a_system_in_full_flow()
    {
        var parents = Enumerable.Range(0, 50).Select(_ => _system.ActorOf(Scripted.Props((self, message) =>
        {
            if (message is int depth and > 0) self.Surroundings.ActorOf(Recorder.Props([])).Tell(depth);
            self.Me.Tell(message);
        }))).ToList();
        parents.ForEach(parent => parent.Tell(0));

        await _system.Terminate();

        Assert.True(_system.WhenTerminated.IsCompletedSuccessfully);
    }
}
