using System.Globalization;
using Orrery.Actors.Extensions;

namespace Orrery.Actors.Tests.Extensions;

public sealed class DeterministicObserverTests
{
    [Fact]
    public void Each_message_is_observed_in_the_order_of_handling_with_who_and_from_whom()
    {
        var seen = new Notes();
        var host = DeterministicSystem.Create("test", new DeterministicOptions { Observer = seen });
        var echo = host.System.ActorOf(Scripted.Props((self, message) => self.From.Tell($"{message}!", self.Me)), "echo");
        var asker = host.System.ActorOf(
            Scripted.Props((self, message) =>
            {
                if (message is "go") echo.Tell("hello", self.Me);
            }),
            "asker");
        host.Run();
        asker.Tell("go", ActorRefs.NoSender);
        host.Run();

        Assert.Equal(["1 asker<- go", "2 echo<-asker hello", "3 asker<-echo hello!"], seen.Lines);
        Assert.Equal([(asker.Path.Uid, 0), (echo.Path.Uid, asker.Path.Uid), (asker.Path.Uid, echo.Path.Uid)], seen.Ids);
    }

    [Fact]
    public void Messages_of_the_runtime_are_observed_too()
    {
        var seen = new Notes();
        var host = DeterministicSystem.Create("test", new DeterministicOptions { Observer = seen });
        var watched = host.System.ActorOf(Scripted.Props((_, _) => { }), "watched");
        var watcher = host.System.ActorOf(
            Scripted.Props((self, message) =>
            {
                if (message is "watch") self.Surroundings.Watch(watched);
            }),
            "watcher");
        watcher.Tell("watch", ActorRefs.NoSender);
        host.Run();
        host.System.Stop(watched);
        host.Run();

        Assert.Equal(
            [
                "1 watcher<- watch", "2 watched<- Orrery.Actors.Cells.Watch", "3 watched<- Orrery.Actors.Cells.Terminate",
                "4 user<- Orrery.Actors.Cells.DeathWatchNotification", "5 watcher<- Orrery.Actors.Cells.DeathWatchNotification",
                "6 watcher<-watched Orrery.Actors.Terminated",
            ],
            seen.Lines);
    }

    [Theory]
    [InlineData(DispatchOrder.Fifo, false)]
    [InlineData(DispatchOrder.SeededRandom, true)]
    [InlineData(DispatchOrder.PriorityChanges, true)]
    public void Draws_are_observed_also_those_that_order_the_turns(DispatchOrder order, bool draws)
    {
        var seen = new Notes();
        var host = DeterministicSystem.Create("test", new DeterministicOptions { Observer = seen, Order = order });
        var drawn = new List<ulong>();
        var actor = host.System.ActorOf(Scripted.Props((self, _) => drawn.Add(self.Surroundings.System.GetRandomStream("dice").NextUInt64())));
        actor.Tell("draw");
        host.Run();

        Assert.Equal(drawn, seen.Draws.Where(draw => draw.Stream == "dice").Select(draw => draw.Value));
        Assert.Equal(draws, seen.Draws.Any(draw => draw.Stream == "dispatcher"));
    }

    [Theory, MemberData(nameof(DeterministicSystemTests.Orders), MemberType = typeof(DeterministicSystemTests))]
    public void Observing_changes_nothing(DispatchOrder order) =>
        Assert.Equal(DeterministicSystemTests.Trace(order, 3), DeterministicSystemTests.Trace(order, 3, new Notes()));

    private sealed class Notes : IDeterministicObserver
    {
        public List<string> Lines { get; } = [];

        public List<(long Receiver, long Sender)> Ids { get; } = [];

        public List<(string Stream, ulong Value)> Draws { get; } = [];

        public void OnMessage(in ObservedMessage message)
        {
            var text = message.Message is string said ? said : message.Message.GetType().FullName;
            Lines.Add(string.Create(CultureInfo.InvariantCulture, $"{message.Sequence} {message.Receiver.Path.Name}<-{message.Sender?.Path.Name} {text}"));
            Ids.Add((message.ReceiverId, message.SenderId));
        }

        public void OnDraw(string stream, ulong value) => Draws.Add((stream, value));
    }
}
