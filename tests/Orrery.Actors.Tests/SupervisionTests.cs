using Orrery.Actors.TestKit;

namespace Orrery.Actors.Tests;

public sealed class SupervisionTests
{
    private readonly TestKitBase _kit = new();
    private readonly List<string> _log = [];

    [Fact]
    public void A_restart_runs_the_hooks_in_order_and_drops_only_the_failing_message()
    {
        var actor = _kit.ActorOf(Recorder.Props(_log));

        actor.Tell("one");
        actor.Tell(new InvalidOperationException("bang"));
        actor.Tell("two");
        actor.Tell("three");
        _kit.Run();

        Assert.Equal(
            [
                "constructor", "PreStart", "one",
                "PreRestart(bang, bang)", "PostStop", "constructor", "PostRestart(bang)", "PreStart",
                "two", "three",
            ],
            _log);
    }

    [Fact]
    public void A_restart_keeps_the_reference_and_the_path()
    {
        var actor = _kit.ActorOf(Scripted.Props((self, message) =>
        {
            if (message is Exception exception) throw exception;
            self.From.Tell(self.Me);
        }));

        actor.Tell(new InvalidOperationException());
        _kit.TestActor.Send(actor, "who");

        _kit.TestActor.ExpectMsg(actor);
    }

    [Fact]
    public void Resume_keeps_the_instance_and_its_children()
    {
        var parent = Supervisor(new OneForOneStrategy(_ => Directive.Resume));
        var child = Child(parent, "child");
        child.Tell((Recorder.Props(_log, "grandchild."), "grandchild"));
        _kit.Run();
        _log.Clear();

        child.Tell(new InvalidOperationException("bang"));
        child.Tell("next");
        _kit.Run();

        Assert.Equal(["child.next"], _log);
    }

    [Fact]
    public void A_decider_finds_who_failed_as_the_sender()
    {
        var failed = new List<string>();
        var parent = _kit.ActorOf(Props.Create(() => new AsksWho(failed)), "parent");
        parent.Tell((Recorder.Props(_log), "one"));
        parent.Tell((Recorder.Props(_log), "two"));
        _kit.Run();

        Find("/user/parent/two").Tell(new InvalidOperationException("bang"));
        Find("/user/parent/one").Tell(new InvalidOperationException("bang"));
        _kit.Run();

        Assert.Equal(["two", "one"], failed);
    }

    [Fact]
    public void Stop_ends_the_child_alone()
    {
        var parent = Supervisor(new OneForOneStrategy(_ => Directive.Stop));
        var child = Child(parent, "child");
        var sibling = Child(parent, "sibling");
        _log.Clear();

        child.Tell(new InvalidOperationException("bang"));
        sibling.Tell("alive");
        _kit.Run();

        Assert.Equal(["child.PostStop", "sibling.alive"], _log.Order());
    }

    [Fact]
    public void Escalate_makes_the_supervisor_fail_with_the_same_exception()
    {
        var top = Supervisor(new OneForOneStrategy(_ => Directive.Restart));
        top.Tell((Recorder.Props(_log, "middle.", new OneForOneStrategy(_ => Directive.Escalate)), "middle"));
        _kit.Run();
        var middle = Find("/user/top/middle");
        var child = Child(middle, "child");
        _log.Clear();

        child.Tell(new InvalidOperationException("bang"));
        _kit.Run();

        // By default a restart stops the children; the failing message was not the supervisor's own.
        Assert.Equal(
            ["middle.PreRestart(bang, )", "middle.PostStop", "child.PostStop", "middle.constructor", "middle.PostRestart(bang)", "middle.PreStart"],
            _log);
    }

    [Fact]
    public void Resuming_an_escalated_failure_resumes_the_child_that_caused_it()
    {
        var top = Supervisor(new OneForOneStrategy(_ => Directive.Resume));
        top.Tell((Recorder.Props(_log, "middle.", new OneForOneStrategy(_ => Directive.Escalate)), "middle"));
        _kit.Run();
        var child = Child(Find("/user/top/middle"), "child");
        var sibling = Child(Find("/user/top/middle"), "sibling");
        _log.Clear();

        child.Tell(new InvalidOperationException("bang"));
        child.Tell("next");
        sibling.Tell("next");
        _kit.Run();

        Assert.Equal(["child.next", "sibling.next"], _log.Order());
    }

    [Fact]
    public void The_guardian_restarts_a_top_level_actor_to_which_a_failure_escalated()
    {
        var top = Supervisor(new OneForOneStrategy(_ => Directive.Escalate));
        var child = Child(top, "child");
        child.Tell(new InvalidOperationException("bang"));
        _kit.Run();

        Assert.False(_kit.Sys.WhenTerminated.IsCompleted);
        Assert.Contains("top.PostRestart(bang)", _log);
    }

    [Fact]
    public void The_child_is_stopped_at_the_failure_after_the_last_allowed_restart()
    {
        var parent = Supervisor(new OneForOneStrategy(2, -1, _ => Directive.Restart));
        var child = Child(parent, "child");
        _kit.TestActor.Watch(child);

        child.Tell(new InvalidOperationException("1"));
        child.Tell(new InvalidOperationException("2"));
        _kit.TestActor.ExpectNoMsg();
        child.Tell(new InvalidOperationException("3"));

        _kit.TestActor.ExpectTerminated(child);
    }

    [Fact]
    public void Restarts_are_counted_within_the_window_that_the_first_one_opens()
    {
        var parent = Supervisor(new OneForOneStrategy(1, TimeSpan.FromSeconds(10), _ => Directive.Restart));
        var child = Child(parent, "child");
        _kit.TestActor.Watch(child);

        child.Tell(new InvalidOperationException("first window"));
        _kit.Advance(TimeSpan.FromMilliseconds(10_001));
        child.Tell(new InvalidOperationException("second window"));
        _kit.TestActor.ExpectNoMsg();
        _kit.Advance(TimeSpan.FromSeconds(10));
        child.Tell(new InvalidOperationException("still the second window"));

        _kit.TestActor.ExpectTerminated(child);
    }

    [Fact]
    public void No_retries_means_no_restart()
    {
        var parent = Supervisor(new OneForOneStrategy(0, -1, _ => Directive.Restart));
        var child = Child(parent, "child");
        _kit.TestActor.Watch(child);

        child.Tell(new InvalidOperationException("1"));

        _kit.TestActor.ExpectTerminated(child);
    }

    [Fact]
    public void All_for_one_restarts_the_siblings_too_and_keeps_their_mailboxes()
    {
        var parent = Supervisor(new AllForOneStrategy(_ => Directive.Restart));
        var child = Child(parent, "child");
        var sibling = Child(parent, "sibling");
        _log.Clear();

        child.Tell(new InvalidOperationException("bang"));
        _kit.Run();
        sibling.Tell("alive");
        _kit.Run();

        Assert.Contains("child.PostRestart(bang)", _log);
        Assert.Contains("sibling.PreRestart(bang, )", _log);
        Assert.Equal("sibling.alive", _log[^1]);
    }

    [Fact]
    public void All_for_one_stops_all_when_told_to()
    {
        var parent = Supervisor(new AllForOneStrategy(_ => Directive.Stop));
        var child = Child(parent, "child");
        Child(parent, "sibling");
        _log.Clear();

        child.Tell(new InvalidOperationException("bang"));
        _kit.Run();

        Assert.Equal(["child.PostStop", "sibling.PostStop"], _log.Order());
    }

    [Fact]
    public void The_default_decider_stops_what_was_killed_or_never_came_to_be_and_restarts_the_rest()
    {
        var decide = SupervisorStrategy.DefaultDecider.Decide;

        Assert.Equal(Directive.Stop, decide(new ActorInitializationException("")));
        Assert.Equal(Directive.Stop, decide(new ActorKilledException("")));
        Assert.Equal(Directive.Stop, decide(new DeathPactException(ActorRefs.Nobody)));
        Assert.Equal(Directive.Restart, decide(new InvalidOperationException()));
    }

    [Fact]
    public void Kill_fails_the_actor_at_its_turn_in_the_mailbox()
    {
        var actor = _kit.ActorOf(Recorder.Props(_log));
        _kit.TestActor.Watch(actor);

        actor.Tell("before");
        actor.Tell(Kill.Instance);

        _kit.TestActor.ExpectTerminated(actor);
        Assert.Contains("before", _log);
        Assert.IsType<ActorKilledException>(Assert.Single(_kit.Host.Failures).Cause);
    }

    [Fact]
    public void The_strategy_of_the_props_takes_precedence()
    {
        var parent = _kit.ActorOf(
            Recorder.Props(_log, "top.", new OneForOneStrategy(_ => Directive.Restart))
                .WithSupervisorStrategy(SupervisorStrategy.StoppingStrategy),
            "top");
        var child = Child(parent, "child");
        _log.Clear();

        child.Tell(new InvalidOperationException("bang"));
        _kit.Run();

        Assert.Equal(["child.PostStop"], _log);
    }

    [Fact]
    public void Children_that_PreRestart_spares_are_restarted_with_their_parent()
    {
        var parent = _kit.ActorOf(Props.Create(() => new KeepsChildren(_log)), "parent");
        parent.Tell((Recorder.Props(_log, "child."), "child"));
        _kit.Run();
        _log.Clear();

        parent.Tell(new InvalidOperationException("bang"));
        _kit.Run();

        Assert.Equal(["child.PreRestart(bang, )", "child.PostStop", "child.constructor", "child.PostRestart(bang)", "child.PreStart"], _log);
    }

    [Fact]
    public void A_restart_waits_for_the_children_that_it_stops()
    {
        var parent = _kit.ActorOf(Recorder.Props(_log, "parent."), "parent");
        Child(parent, "child");
        _log.Clear();

        parent.Tell(new InvalidOperationException("bang"));
        parent.Tell("next");
        _kit.Run();

        Assert.Equal(
            ["parent.PreRestart(bang, bang)", "parent.PostStop", "child.PostStop", "parent.constructor", "parent.PostRestart(bang)", "parent.PreStart", "parent.next"],
            _log);
    }

    [Fact]
    public void A_failure_while_starting_can_be_tried_again()
    {
        var attempts = 0;
        var parent = Supervisor(new OneForOneStrategy(3, -1, _ => Directive.Restart));
        parent.Tell((Props.Create(() => ++attempts < 3 ? throw new InvalidOperationException("not yet") : new Recorder(_log, "child.")), "child"));
        _kit.Run();

        Find("/user/top/child").Tell("alive");
        _kit.Run();

        Assert.Equal(3, attempts);
        Assert.Equal("child.alive", _log[^1]);
    }

    [Fact]
    public void A_decider_that_throws_is_a_failure_of_the_supervisor()
    {
        var parent = Supervisor(new OneForOneStrategy(_ => throw new InvalidOperationException("decider")));
        var child = Child(parent, "child");

        child.Tell(new InvalidOperationException("bang"));
        _kit.Run();

        Assert.Contains("top.PostRestart(decider)", _log);
    }

    [Fact]
    public void A_failure_is_published_with_the_path_of_the_actor()
    {
        var errors = _kit.Subscribe<Error>();
        var actor = _kit.ActorOf(Recorder.Props(_log), "fragile");

        actor.Tell(new InvalidOperationException("bang"));

        var error = errors.ExpectMsg<Error>();
        Assert.Equal("actors://test/user/fragile", error.LogSource);
        Assert.Equal(("bang", typeof(Recorder)), (error.Cause.Message, error.LogClass));
        errors.ExpectNoMsg();
    }

    [Fact]
    public void A_suspended_actor_handles_nothing_until_the_directive_comes()
    {
        var parent = Supervisor(new OneForOneStrategy(_ => Directive.Resume));
        var child = Child(parent, "child");
        _log.Clear();

        // The failure, and a thousand messages behind it; the supervisor, with one of its own in hand, decides later.
        child.Tell(new InvalidOperationException("bang"));
        for (var i = 0; i < 1000; i++) child.Tell(i);
        _kit.Run();

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"child.{i}"), _log);
    }

    private IActorRef Supervisor(SupervisorStrategy strategy) => _kit.ActorOf(Recorder.Props(_log, "top.", strategy), "top");

    private IActorRef Child(IActorRef parent, string name)
    {
        parent.Tell((Recorder.Props(_log, name + "."), name));
        _kit.Run();
        return Find($"{parent.Path.ToStringWithoutAddress()}/{name}");
    }

    private IActorRef Find(string path)
    {
        _kit.Sys.ActorSelection(path).Tell(new Identify(path), _kit.TestActor.Ref);
        return _kit.TestActor.ExpectMsg<ActorIdentity>().Subject!;
    }

    private sealed class AsksWho(List<string> failed) : UntypedActor
    {
        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ =>
        {
            failed.Add(Sender.Path.Name);
            return Directive.Stop;
        });

        protected override void OnReceive(object message)
        {
            var (props, name) = ((Props, string))message;
            Context.ActorOf(props, name);
        }
    }

    private sealed class KeepsChildren(List<string> log) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Exception exception) throw exception;
            var (props, name) = ((Props, string))message;
            Context.ActorOf(props, name);
            log.Add("made");
        }

        protected override void PreRestart(Exception reason, object? message)
        {
        }
    }
}
