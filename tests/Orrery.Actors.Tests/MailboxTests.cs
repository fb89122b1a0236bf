using Orrery.Actors.Extensions;
using Orrery.Actors.TestKit;

namespace Orrery.Actors.Tests;

public sealed class MailboxTests
{
    private readonly TestKitBase _kit = new();
    private readonly List<object> _got = [];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    public void What_a_full_mailbox_cannot_hold_becomes_dead_letters(int capacity)
    {
        var letters = _kit.Subscribe<DeadLetter>();
        var actor = _kit.ActorOf(Scripted.Props((_, message) => _got.Add(message)).WithBoundedMailbox(capacity));
        _kit.Run();

        for (var i = 0; i < capacity + 3; i++) actor.Tell(i);
        _kit.Run();

        Assert.Equal(Enumerable.Range(0, capacity).Cast<object>(), _got);
        Assert.Equal(Enumerable.Range(capacity, 3), letters.ReceiveN(3).Select(letter => (int)((DeadLetter)letter).Message));
    }

    [Fact]
    public void A_bounded_mailbox_takes_messages_again_once_there_is_room()
    {
        var actor = _kit.ActorOf(Scripted.Props((_, message) => _got.Add(message)).WithBoundedMailbox(2));
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 3; i++) actor.Tell((round * 10) + i);
            Assert.True(_kit.Host.RunOne());
            actor.Tell((round * 10) + 9);
            _kit.Run();
        }

        Assert.Equal([0, 1, 9, 10, 11, 19, 20, 21, 29], _got);
    }

    [Fact]
    public void Messages_of_the_runtime_are_never_refused()
    {
        var actor = _kit.ActorOf(Scripted.Props((_, message) => _got.Add(message)).WithBoundedMailbox(1));
        actor.Tell("fills it");

        _kit.TestActor.Watch(actor);
        _kit.Sys.Stop(actor);

        _kit.TestActor.ExpectTerminated(actor);
    }

    [Theory]
    [InlineData("bounded-0")]
    [InlineData("bounded-")]
    [InlineData("bounded--1")]
    [InlineData("unknown")]
    public void An_unknown_mailbox_is_refused(string id) =>
        Assert.Throws<ArgumentException>(() => Scripted.Props((_, _) => { }).WithMailbox(id));

    [Fact]
    public void An_unknown_dispatcher_is_refused() =>
        Assert.Throws<ArgumentException>(() => _kit.ActorOf(Scripted.Props((_, _) => { }).WithDispatcher("unknown")));

    [Fact]
    public void Order_holds_while_the_mailbox_fills_and_empties_by_chance()
    {
        var random = _kit.Sys.GetRandomStream("mailbox");
        var actor = _kit.ActorOf(Scripted.Props((_, message) => _got.Add(message)));
        var told = 0;
        for (var step = 0; step < 5_000; step++)
        {
            for (var i = random.NextInt32(6); i > 0; i--) actor.Tell(told++);
            for (var i = random.NextInt32(6); i > 0; i--) _kit.Host.RunOne();
        }

        _kit.Run();
        Assert.Equal(Enumerable.Range(0, told).Cast<object>(), _got);
    }
}
