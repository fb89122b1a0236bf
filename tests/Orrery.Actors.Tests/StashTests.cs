using Orrery.Actors.TestKit;

namespace Orrery.Actors.Tests;

public sealed class StashTests
{
    private readonly TestKitBase _kit = new();
    private readonly List<object> _got = [];

    [Fact]
    public void UnstashAll_puts_messages_back_in_order_before_those_that_came_later()
    {
        var actor = Gate();

        foreach (var message in new object[] { 1, 2, 3, "open", 4, 5 }) actor.Tell(message);
        _kit.Run();

        Assert.Equal([1, 2, 3, 4, 5], _got);
    }

    [Fact]
    public void Unstash_puts_back_the_oldest_alone()
    {
        var isOpen = false;
        var actor = _kit.ActorOf(Scripted.Props((self, message) =>
        {
            if (message is "one")
            {
                isOpen = true;
                self.Stash.Unstash();
            }
            else if (isOpen) _got.Add(message);
            else self.Stash.Stash();
        }));

        foreach (var message in new object[] { 1, 2, "one", 3 }) actor.Tell(message);
        _kit.Run();

        Assert.Equal([1, 3], _got);
    }

    [Fact]
    public void A_stashed_message_keeps_its_sender()
    {
        var actor = _kit.ActorOf(Scripted.Props((self, message) =>
        {
            if (message is "open") self.Stash.UnstashAll();
            else if (self.Stash.IsEmpty && _got.Count == 0)
            {
                _got.Add("stashed");
                self.Stash.Stash();
            }
            else self.From.Tell(message);
        }));

        _kit.TestActor.Send(actor, "question");
        actor.Tell("open");

        _kit.TestActor.ExpectMsg("question");
    }

    [Fact]
    public void The_same_message_cannot_be_stashed_twice()
    {
        Exception? thrown = null;
        var actor = _kit.ActorOf(Scripted.Props((self, _) =>
        {
            self.Stash.Stash();
            thrown = Record.Exception(() => self.Stash.Stash());
        }));

        actor.Tell("message");
        _kit.Run();

        Assert.IsType<IllegalActorStateException>(thrown);
    }

    [Fact]
    public void One_shared_message_told_twice_can_be_stashed_twice()
    {
        var actor = Gate();
        var shared = new object();

        foreach (var message in new[] { shared, shared, "open" }) actor.Tell(message);
        _kit.Run();

        Assert.Equal([shared, shared], _got);
    }

    [Fact]
    public void A_restart_puts_what_was_stashed_back_into_the_mailbox()
    {
        var isOpen = false;
        var actor = _kit.ActorOf(Scripted.Props((self, message) =>
        {
            if (message is Exception exception)
            {
                isOpen = true;
                throw exception;
            }

            if (isOpen) _got.Add(message);
            else self.Stash.Stash();
        }));

        foreach (var message in new object[] { 1, 2, new InvalidOperationException(), 3 }) actor.Tell(message);
        _kit.Run();

        Assert.Equal([1, 2, 3], _got);
    }

    [Fact]
    public void What_is_stashed_when_the_actor_stops_becomes_dead_letters_in_order()
    {
        var letters = _kit.Subscribe<DeadLetter>();
        var actor = Gate();

        foreach (var message in new object[] { 1, 2, PoisonPill.Instance, 3 }) actor.Tell(message);

        Assert.Equal([1, 2, 3], letters.ReceiveN(3).Cast<DeadLetter>().Select(letter => letter.Message));
        letters.ExpectNoMsg();
    }

    [Fact]
    public void UnstashAll_with_a_predicate_drops_the_rest_and_ClearStash_takes_all()
    {
        IEnumerable<Envelope> cleared = [];
        var actor = _kit.ActorOf(Scripted.Props((self, message) =>
        {
            if (message is "odd") self.Stash.UnstashAll(envelope => (int)envelope.Message % 2 == 1);
            else if (message is "clear") cleared = self.Stash.ClearStash();
            else if (message is int and < 10) self.Stash.Stash();
            else _got.Add(message);
        }));

        foreach (var message in new object[] { 1, 2, 3 }) actor.Tell(message);
        actor.Tell("clear");
        _kit.Run();

        Assert.Equal([1, 2, 3], cleared.Select(envelope => envelope.Message));
        Assert.Empty(_got);
    }

    [Fact]
    public void Prepend_puts_messages_before_those_stashed()
    {
        var actor = _kit.ActorOf(Scripted.Props((self, message) =>
        {
            if (message is "open")
            {
                self.Stash.Prepend([new Envelope(0, null)]);
                self.Stash.UnstashAll();
                _got.Add("opened");
            }
            else if (_got.Count == 0) self.Stash.Stash();
            else _got.Add(message);
        }));

        foreach (var message in new object[] { 1, 2, "open", 3 }) actor.Tell(message);
        _kit.Run();

        Assert.Equal(["opened", 0, 1, 2, 3], _got);
    }

    private IActorRef Gate() => _kit.ActorOf(Props.Create(() => new GateActor(_got)));

    private sealed class GateActor : ReceiveActor, IWithUnboundedStash
    {
        public GateActor(List<object> got)
        {
            Receive<string>(_ =>
            {
                Become(() => ReceiveAny(got.Add));
                Stash.UnstashAll();
            });
            ReceiveAny(_ => Stash.Stash());
        }

        public IStash Stash { get; set; } = null!;
    }
}
