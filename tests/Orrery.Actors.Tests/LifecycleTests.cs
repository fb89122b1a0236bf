using Orrery.Actors.TestKit;

namespace Orrery.Actors.Tests;

public sealed class LifecycleTests
{
    private readonly TestKitBase _kit = new();
    private readonly List<string> _log = [];

    [Fact]
    public void An_actor_is_constructed_then_started_then_handles_messages_then_stops()
    {
        var actor = _kit.ActorOf(Recorder.Props(_log));
        actor.Tell("one");
        actor.Tell(PoisonPill.Instance);
        _kit.Run();

        Assert.Equal(["constructor", "PreStart", "one", "PostStop"], _log);
    }

    [Fact]
    public void Stop_lets_the_message_in_hand_finish_and_makes_dead_letters_of_the_rest()
    {
        var letters = _kit.Subscribe<DeadLetter>();
        var actor = _kit.ActorOf(Scripted.Props((self, message) =>
        {
            if (message is "stop") self.Surroundings.Stop(self.Me);
            _log.Add((string)message);
        }));

        _kit.TestActor.Send(actor, "stop");
        _kit.TestActor.Send(actor, "left behind");
        _kit.Run();
        _kit.TestActor.Send(actor, "too late");

        Assert.Equal(["stop"], _log);
        var left = letters.ExpectMsg<DeadLetter>();
        Assert.Equal(("left behind", _kit.TestActor.Ref, actor), (left.Message, left.Sender, left.Recipient));
        Assert.Equal("too late", letters.ExpectMsg<DeadLetter>().Message);
    }

    [Fact]
    public void A_poison_pill_waits_for_its_turn_in_the_mailbox()
    {
        var actor = _kit.ActorOf(Recorder.Props(_log));
        actor.Tell("before");
        actor.Tell(PoisonPill.Instance);
        actor.Tell("after");
        _kit.Run();

        Assert.Equal(["constructor", "PreStart", "before", "PostStop"], _log);
    }

    [Fact]
    public void Children_stop_before_their_parent()
    {
        var parent = _kit.ActorOf(Recorder.Props(_log, "parent."));
        parent.Tell((Recorder.Props(_log, "first."), "first"));
        parent.Tell((Recorder.Props(_log, "second."), "second"));
        _kit.Run();
        _log.Clear();

        _kit.Sys.Stop(parent);
        _kit.Run();

        Assert.Equal(["first.PostStop", "second.PostStop", "parent.PostStop"], _log);
    }

    [Fact]
    public void Messages_wait_while_children_stop_and_then_become_dead_letters()
    {
        var letters = _kit.Subscribe<DeadLetter>();
        var parent = _kit.ActorOf(Recorder.Props(_log));
        parent.Tell((Recorder.Props([]), "child"));
        _kit.Run();

        _kit.Sys.Stop(parent);
        parent.Tell("never handled");
        _kit.Run();

        Assert.DoesNotContain("never handled", _log);
        Assert.Equal("never handled", letters.ExpectMsg<DeadLetter>().Message);
    }

    [Fact]
    public void A_constructor_that_throws_ends_the_actor_without_PostStop()
    {
        var props = Props.Create<Scripted>(() => throw new InvalidOperationException("no"));
        var actor = _kit.ActorOf(props);
        _kit.TestActor.Watch(actor);
        _kit.Run();

        _kit.TestActor.ExpectTerminated(actor);
        var failure = Assert.IsType<ActorInitializationException>(Assert.Single(_kit.Host.Failures).Cause);
        Assert.Equal("no", failure.InnerException!.Message);
    }

    [Fact]
    public void An_exception_in_PostStop_does_not_keep_the_actor_alive()
    {
        var actor = _kit.ActorOf(Props.Create(() => new FailsToStop()));
        _kit.TestActor.Watch(actor);

        actor.Tell(PoisonPill.Instance);

        _kit.TestActor.ExpectTerminated(actor);
        Assert.Single(_kit.Host.Failures);
    }

    [Fact]
    public void A_name_is_free_again_once_its_actor_has_stopped()
    {
        var first = _kit.ActorOf(Recorder.Props(_log), "name");
        Assert.Throws<InvalidActorNameException>(() => _kit.ActorOf(Recorder.Props(_log), "name"));
        _kit.Sys.Stop(first);
        _kit.Run();

        var second = _kit.ActorOf(Recorder.Props(_log), "name");

        Assert.NotEqual(first, second);
        Assert.Equal(first.Path, second.Path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("$name")]
    [InlineData("a/b")]
    [InlineData("ä")]
    public void A_malformed_name_is_refused(string name) =>
        Assert.Throws<InvalidActorNameException>(() => _kit.ActorOf(Recorder.Props(_log), name));

    [Fact]
    public void An_actor_cannot_be_made_by_new() =>
        Assert.Throws<ActorInitializationException>(() => new Recorder(_log));

    [Fact]
    public void A_factory_that_returns_the_same_actor_twice_fails()
    {
        Scripted? kept = null;
        var props = Props.Create(() => kept ??= new Scripted((_, _) => throw new InvalidOperationException("restart me")));
        var actor = _kit.ActorOf(props);
        _kit.TestActor.Watch(actor);

        actor.Tell("fail");

        _kit.TestActor.ExpectTerminated(actor);
        Assert.IsType<PostRestartException>(_kit.Host.Failures[^1].Cause);
    }

    [Fact]
    public void Children_are_found_by_name_and_listed_oldest_first()
    {
        IEnumerable<IActorRef> children = [];
        IActorRef? found = null;
        IActorRef? missing = null;
        var parent = _kit.ActorOf(Scripted.Props((self, _) =>
        {
            foreach (var name in new[] { "c", "a", "b" }) self.Surroundings.ActorOf(Recorder.Props([]), name);
            self.Surroundings.ActorOf(Recorder.Props([]));
            children = self.Surroundings.GetChildren();
            found = self.Surroundings.Child("a");
            missing = self.Surroundings.Child("z");
        }));
        parent.Tell("go");
        _kit.Run();

        Assert.Equal(["c", "a", "b", "$0"], children.Select(child => child.Path.Name));
        Assert.Equal("a", found!.Path.Name);
        Assert.Equal(ActorRefs.Nobody, missing);
    }

    [Fact]
    public void A_stopping_actor_makes_no_children()
    {
        Exception? thrown = null;
        var parent = _kit.ActorOf(Props.Create(() => new SpawnsInPostStop(exception => thrown = exception)));
        parent.Tell(PoisonPill.Instance);
        _kit.Run();

        Assert.IsType<InvalidOperationException>(thrown);
    }

    [Fact]
    public void Terminate_stops_all_actors_and_completes()
    {
        var parent = _kit.ActorOf(Recorder.Props(_log, "parent."), "parent");
        parent.Tell((Recorder.Props(_log, "child."), "child"));
        _kit.Run();

        var terminated = _kit.Sys.Terminate();
        Assert.False(terminated.IsCompleted);
        _kit.Run();

        Assert.True(terminated.IsCompletedSuccessfully);
        Assert.True(_kit.Sys.WhenTerminated.IsCompletedSuccessfully);
        Assert.Equal(["child.PostStop", "parent.PostStop"], _log.TakeLast(2));
        Assert.Throws<InvalidOperationException>(() => _kit.ActorOf(Recorder.Props(_log)));
    }

    private sealed class FailsToStop : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }

        protected override void PostStop() => throw new InvalidOperationException("no");
    }

    private sealed class SpawnsInPostStop(Action<Exception?> report) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }

        protected override void PostStop() => report(Record.Exception(() => Context.ActorOf(Recorder.Props([]))));
    }
}
