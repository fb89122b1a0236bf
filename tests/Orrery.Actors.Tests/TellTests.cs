using Orrery.Actors.TestKit;

namespace Orrery.Actors.Tests;

public sealed class TellTests
{
    private readonly TestKitBase _kit = new();

    [Fact]
    public void Messages_of_one_sender_arrive_in_order()
    {
        var got = new List<int>();
        var actor = _kit.ActorOf(Scripted.Props((_, message) => got.Add((int)message)));

        for (var i = 0; i < 1000; i++) actor.Tell(i);
        _kit.Run();

        Assert.Equal(Enumerable.Range(0, 1000), got);
    }

    [Fact]
    public void A_tell_without_sender_names_the_actor_whose_turn_it_is()
    {
        var probe = _kit.CreateTestProbe();
        var actor = _kit.ActorOf(Scripted.Props((_, message) => probe.Ref.Tell(message)));

        actor.Tell("hello");

        probe.ExpectMsg("hello");
        Assert.Equal(actor, probe.LastSender);
    }

    [Fact]
    public void Forward_keeps_the_original_sender()
    {
        var probe = _kit.CreateTestProbe();
        var actor = _kit.ActorOf(Scripted.Props((_, message) => probe.Ref.Forward(message)));

        _kit.TestActor.Send(actor, "hello");

        probe.ExpectMsg("hello");
        Assert.Equal(_kit.TestActor.Ref, probe.LastSender);
    }

    [Fact]
    public void The_sender_of_a_message_without_one_is_dead_letters()
    {
        IActorRef? seen = null;
        var actor = _kit.ActorOf(Scripted.Props((self, _) => seen = self.From));

        actor.Tell("hello", ActorRefs.NoSender);
        _kit.Run();

        Assert.Equal(_kit.Sys.DeadLetters, seen);
    }

    [Fact]
    public void An_actor_may_tell_itself()
    {
        var got = new List<object>();
        var actor = _kit.ActorOf(Scripted.Props((self, message) =>
        {
            got.Add(message);
            if (message is int and < 3) self.Me.Tell((int)message + 1);
        }));

        actor.Tell(0);
        _kit.Run();

        Assert.Equal([0, 1, 2, 3], got);
    }

    [Fact]
    public void Null_is_not_a_message()
    {
        var actor = _kit.ActorOf(Scripted.Props((_, _) => { }));

        Assert.Throws<ArgumentNullException>(() => actor.Tell(null!));
    }

    [Fact]
    public void Nobody_takes_everything_silently()
    {
        var letters = _kit.Subscribe<AllDeadLetters>();

        ActorRefs.Nobody.Tell("hello");

        letters.ExpectNoMsg();
    }
}
