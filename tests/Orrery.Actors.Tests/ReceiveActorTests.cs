using Orrery.Actors.TestKit;

namespace Orrery.Actors.Tests;

public sealed class ReceiveActorTests
{
    private readonly TestKitBase _kit = new();
    private readonly List<string> _log = [];

    [Fact]
    public void The_first_handler_that_fits_takes_the_message()
    {
        var actor = Handlers(self =>
        {
            self.On<string>(text => _log.Add("guarded " + text), text => text.Length > 3);
            self.On<string>(text => _log.Add("plain " + text));
            self.Maybe<int>(number =>
            {
                if (number < 0) return false;
                _log.Add("positive");
                return true;
            });
            self.On<int>(_ => _log.Add("negative"));
            self.On<IComparable>(_ => _log.Add("comparable"));
        });

        foreach (var message in new object[] { "abc", "abcd", 1, -1, 2.5, new object() }) actor.Tell(message);
        _kit.Run();

        Assert.Equal(["plain abc", "guarded abcd", "positive", "negative", "comparable"], _log);
    }

    [Fact]
    public void A_message_without_a_handler_is_published_as_unhandled()
    {
        var unhandled = _kit.Subscribe<UnhandledMessage>();
        var actor = Handlers(self => self.On<string>(_ => { }));

        _kit.TestActor.Send(actor, 42);

        var message = unhandled.ExpectMsg<UnhandledMessage>();
        Assert.Equal((42, _kit.TestActor.Ref, actor), (message.Message, message.Sender, message.Recipient));
    }

    [Fact]
    public void Become_replaces_all_handlers_and_an_unbecome_goes_back()
    {
        var actor = Handlers(self =>
        {
            self.On<int>(_ => _log.Add("first"));
            self.On<string>(_ => self.Stacked(() =>
            {
                self.On<int>(_ => _log.Add("second"));
                self.On<char>(_ => self.Replaced(() =>
                {
                    self.On<int>(_ => _log.Add("third"));
                    self.On<bool>(_ => self.Back());
                }));
            }));
        });

        foreach (var message in new object[] { 1, "", 1, 'c', 1, true, 1, true }) actor.Tell(message);
        _kit.Run();

        Assert.Equal(["first", "second", "third", "first"], _log);
    }

    [Fact]
    public void A_restart_goes_back_to_the_constructors_behaviour()
    {
        var actor = Handlers(self =>
        {
            self.On<int>(_ => _log.Add("first"));
            self.On<string>(_ => self.Stacked(() =>
            {
                self.On<int>(_ => _log.Add("second"));
                self.On<Exception>(exception => throw exception);
            }));
        });

        foreach (var message in new object[] { "", 1, new InvalidOperationException(), 1 }) actor.Tell(message);
        _kit.Run();

        Assert.Equal(["second", "first"], _log);
    }

    [Fact]
    public void Nothing_can_follow_ReceiveAny()
    {
        Exception? thrown = null;
        Handlers(self =>
        {
            self.Any(_ => { });
            thrown = Record.Exception(() => self.On<string>(_ => { }));
        });
        _kit.Run();

        Assert.IsType<InvalidOperationException>(thrown);
    }

    [Fact]
    public void Handlers_can_be_named_only_in_the_constructor_and_inside_Become()
    {
        Exception? thrown = null;
        var actor = Handlers(self => self.On<string>(_ => thrown = Record.Exception(() => self.On<int>(_ => { }))));

        actor.Tell("now");
        _kit.Run();

        Assert.IsType<InvalidOperationException>(thrown);
    }

    [Fact]
    public void A_behaviour_of_the_context_hides_the_handlers_until_unbecome()
    {
        var actor = _kit.ActorOf(Scripted.Props((self, message) =>
        {
            _log.Add("own " + message);
            if (message is not "become") return;
            self.Surroundings.BecomeStacked(hidden =>
            {
                _log.Add("other " + hidden);
                if (hidden is "unbecome") self.Surroundings.UnbecomeStacked();
                return hidden is not "unknown";
            });
        }));
        var unhandled = _kit.Subscribe<UnhandledMessage>();

        foreach (var message in new[] { "become", "a", "unknown", "unbecome", "b" }) actor.Tell(message);
        _kit.Run();

        Assert.Equal(["own become", "other a", "other unknown", "other unbecome", "own b"], _log);
        Assert.Equal("unknown", unhandled.ExpectMsg<UnhandledMessage>().Message);
    }

    private IActorRef Handlers(Action<Configurable> configure) => _kit.ActorOf(Props.Create(() => new Configurable(configure)));

    private sealed class Configurable : ReceiveActor
    {
        public Configurable(Action<Configurable> configure) => configure(this);

        public void On<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => Receive(handler, shouldHandle);

        public void Maybe<T>(Func<T, bool> handler) => Receive(handler);

        public void Any(Action<object> handler) => ReceiveAny(handler);

        public void Replaced(Action configure) => Become(configure);

        public void Stacked(Action configure) => BecomeStacked(configure);

        public void Back() => UnbecomeStacked();
    }
}
