using Orrery.Actors.TestKit;

namespace Orrery.Actors.Tests;

public sealed class AskTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly TestKitBase _kit = new();
    private readonly IActorRef _actor;

    public AskTests() => _actor = _kit.ActorOf(Scripted.Props((self, message) =>
    {
        if (message is not "silence") self.From.Tell(message);
    }));

    [Fact]
    public void The_answer_completes_the_task()
    {
        var answer = _actor.Ask<string>("hello", Second);
        Assert.False(answer.IsCompleted);
        _kit.Run();

        Assert.True(answer.IsCompletedSuccessfully);
        Assert.Equal(0, _kit.Scheduler.Count);
    }

    [Fact]
    public void No_answer_in_time_fails_it()
    {
        var answer = _actor.Ask<string>("silence", Second);
        _kit.Advance(Second);

        Assert.IsType<AskTimeoutException>(answer.Exception!.InnerException);
    }

    [Fact]
    public void A_failure_as_an_answer_fails_it_with_its_cause()
    {
        var answer = _actor.Ask<string>(new Status.Failure(new InvalidOperationException("no")), Second);
        _kit.Run();

        Assert.Equal("no", answer.Exception!.InnerException!.Message);
    }

    [Fact]
    public void An_answer_of_another_type_fails_it()
    {
        var answer = _actor.Ask<int>("text", Second);
        _kit.Run();

        Assert.IsType<ArgumentException>(answer.Exception!.InnerException);
    }

    [Fact]
    public void A_second_answer_is_a_dead_letter()
    {
        var letters = _kit.Subscribe<DeadLetter>();
        var twice = _kit.ActorOf(Scripted.Props((self, message) =>
        {
            self.From.Tell(message);
            self.From.Tell("again");
        }));
        var answer = twice.Ask<object>("once", Second);

        Assert.Equal("again", letters.ExpectMsg<DeadLetter>().Message);
        Assert.True(answer.IsCompletedSuccessfully);
    }

    [Fact]
    public void GracefulStop_completes_when_the_actor_has_handled_its_mailbox_and_stopped()
    {
        var got = new List<object>();
        var actor = _kit.ActorOf(Scripted.Props((_, message) => got.Add(message)));
        actor.Tell("first");

        var stopped = actor.GracefulStop(Second);
        Assert.False(stopped.IsCompleted);
        _kit.Run();

        Assert.True(stopped.IsCompletedSuccessfully);
        Assert.Equal(["first"], got);
    }

    [Fact]
    public void GracefulStop_of_an_actor_that_has_stopped_completes_at_once()
    {
        _kit.Sys.Stop(_actor);
        _kit.Run();

        Assert.True(_actor.GracefulStop(Second).IsCompletedSuccessfully);
    }

    [Fact]
    public void GracefulStop_fails_when_the_actor_does_not_stop_in_time()
    {
        var stopped = _actor.GracefulStop(Second, "silence");
        _kit.Advance(Second);

        Assert.IsType<AskTimeoutException>(stopped.Exception!.InnerException);
    }

    [Fact]
    public void A_selection_finds_the_actor_that_has_the_name_now()
    {
        var selection = _kit.Sys.ActorSelection("/user/named");
        selection.Tell(new Identify(1), _kit.TestActor.Ref);
        Assert.Null(_kit.TestActor.ExpectMsg<ActorIdentity>().Subject);

        var named = _kit.ActorOf(Recorder.Props([]), "named");
        selection.Tell(new Identify(2), _kit.TestActor.Ref);

        var identity = _kit.TestActor.ExpectMsg<ActorIdentity>();
        Assert.Equal((2, named), (identity.MessageId, identity.Subject));
    }
}
