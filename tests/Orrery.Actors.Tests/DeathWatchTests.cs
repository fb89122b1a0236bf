using Orrery.Actors.TestKit;

namespace Orrery.Actors.Tests;

public sealed class DeathWatchTests
{
    private readonly TestKitBase _kit = new();
    private readonly IActorRef _subject;

    public DeathWatchTests() => _subject = _kit.ActorOf(Scripted.Props((_, message) =>
    {
        if (message is Exception exception) throw exception;
    }));

    [Fact]
    public void Each_watcher_hears_of_the_end_once()
    {
        var probes = Enumerable.Range(0, 20).Select(_ => _kit.CreateTestProbe()).ToList();
        probes.ForEach(probe => probe.Watch(_subject));
        probes.ForEach(probe => probe.Watch(_subject));

        _kit.Sys.Stop(_subject);

        foreach (var probe in probes)
        {
            Assert.True(probe.ExpectTerminated(_subject).ExistenceConfirmed);
            Assert.Equal(_subject, probe.LastSender);
            probe.ExpectNoMsg();
        }
    }

    [Fact]
    public void Who_watches_an_actor_that_has_stopped_hears_of_it_at_once()
    {
        _kit.Sys.Stop(_subject);
        _kit.Run();

        _kit.TestActor.Watch(_subject);

        _kit.TestActor.ExpectTerminated(_subject);
    }

    [Fact]
    public void Watching_what_never_was_an_actor_is_answered_too()
    {
        _kit.TestActor.Watch(_kit.Sys.DeadLetters);

        Assert.False(_kit.TestActor.ExpectTerminated(_kit.Sys.DeadLetters).ExistenceConfirmed);
    }

    [Fact]
    public void Unwatch_takes_the_watch_back()
    {
        _kit.TestActor.Watch(_subject);
        _kit.TestActor.Unwatch(_subject);

        _kit.Sys.Stop(_subject);

        _kit.TestActor.ExpectNoMsg();
    }

    [Fact]
    public void Unwatch_also_drops_a_notice_that_is_in_the_mailbox_already()
    {
        var got = new List<object>();
        var watcher = _kit.ActorOf(Scripted.Props((self, message) =>
        {
            got.Add(message is Terminated ? "terminated" : message);
            switch (message)
            {
                case "watch":
                    self.Surroundings.Watch(_subject);
                    break;
                case "stop":
                    // Both are told before the watcher's next turn: first the end, then the request.
                    self.Surroundings.Stop(_subject);
                    break;
                case "unwatch":
                    self.Surroundings.Unwatch(_subject);
                    break;
            }
        }));
        watcher.Tell("watch");
        _kit.Run();
        watcher.Tell("stop");
        watcher.Tell("a");
        watcher.Tell("unwatch");
        _kit.Run();

        Assert.Equal(["watch", "stop", "a", "unwatch"], got);
    }

    [Fact]
    public void A_restart_is_not_an_end()
    {
        _kit.TestActor.Watch(_subject);

        _subject.Tell(new InvalidOperationException());

        _kit.TestActor.ExpectNoMsg();
    }

    [Fact]
    public void A_watch_outlives_a_restart_of_the_watcher()
    {
        var got = new List<object>();
        var watcher = _kit.ActorOf(Scripted.Props((self, message) =>
        {
            if (message is Exception exception) throw exception;
            if (message is "watch") self.Surroundings.Watch(_subject);
            got.Add(message);
        }));
        watcher.Tell("watch");
        watcher.Tell(new InvalidOperationException());
        _kit.Run();

        _kit.Sys.Stop(_subject);
        _kit.Run();

        Assert.IsType<Terminated>(got[^1]);
    }

    [Fact]
    public void A_parent_that_watches_its_child_hears_once()
    {
        var got = new List<object>();
        var parent = _kit.ActorOf(Scripted.Props((self, message) =>
        {
            got.Add(message);
            if (message is "go") self.Surroundings.Stop(self.Surroundings.Watch(self.Surroundings.ActorOf(Recorder.Props([]))));
        }));

        parent.Tell("go");
        _kit.Run();

        Assert.Equal(2, got.Count);
        Assert.IsType<Terminated>(got[1]);
    }

    [Fact]
    public void The_child_is_gone_from_its_parent_when_the_parent_hears_of_the_end()
    {
        var remaining = -1;
        var parent = _kit.ActorOf(Scripted.Props((self, message) =>
        {
            if (message is "go") self.Surroundings.Stop(self.Surroundings.Watch(self.Surroundings.ActorOf(Recorder.Props([]), "child")));
            if (message is Terminated) remaining = self.Surroundings.GetChildren().Count();
        }));

        parent.Tell("go");
        _kit.Run();

        Assert.Equal(0, remaining);
    }

    [Fact]
    public void Who_does_not_handle_the_notice_dies_too()
    {
        var watcher = _kit.ActorOf(Props.Create(() => new Heedless(_subject)));
        _kit.Run();
        _kit.TestActor.Watch(watcher);

        _kit.Sys.Stop(_subject);

        _kit.TestActor.ExpectTerminated(watcher);
        Assert.IsType<DeathPactException>(Assert.Single(_kit.Host.Failures).Cause);
    }

    [Fact]
    public void WatchWith_tells_a_message_of_ones_own()
    {
        var got = new List<object>();
        var watcher = _kit.ActorOf(Scripted.Props((self, message) =>
        {
            got.Add(message);
            if (message is "watch") self.Surroundings.WatchWith(_subject, "gone");
        }));
        watcher.Tell("watch");
        _kit.Run();

        _kit.Sys.Stop(_subject);
        _kit.Run();

        Assert.Equal(["watch", "gone"], got);
    }

    [Fact]
    public void Watching_anew_after_the_notice_gives_a_second_one()
    {
        _kit.TestActor.Watch(_subject);
        _kit.Sys.Stop(_subject);
        _kit.TestActor.ExpectTerminated(_subject);

        _kit.TestActor.Watch(_subject);

        _kit.TestActor.ExpectTerminated(_subject);
        _kit.TestActor.ExpectNoMsg();
    }

    private sealed class Heedless : ReceiveActor
    {
        public Heedless(IActorRef subject)
        {
            Receive<string>(_ => { });
            Context.Watch(subject);
        }
    }
}
