using Orrery.Actors.TestKit;

namespace Orrery.Actors.Tests;

public sealed class EventStreamTests
{
    private readonly TestKitBase _kit = new();

    [Fact]
    public void An_event_goes_to_subscribers_of_its_class_its_bases_and_its_interfaces()
    {
        var exact = _kit.Subscribe<InvalidOperationException>();
        var general = _kit.Subscribe<Exception>();
        var other = _kit.Subscribe<ArgumentException>();
        var published = new InvalidOperationException();

        _kit.Sys.EventStream.Publish(published);

        exact.ExpectMsg<object>(published);
        general.ExpectMsg<object>(published);
        other.ExpectNoMsg();
    }

    [Fact]
    public void An_actor_with_two_fitting_subscriptions_gets_an_event_once()
    {
        var probe = _kit.Subscribe<string>();
        Assert.True(_kit.Sys.EventStream.Subscribe(probe.Ref, typeof(object)));
        Assert.False(_kit.Sys.EventStream.Subscribe(probe.Ref, typeof(object)));

        _kit.Sys.EventStream.Publish("event");

        probe.ExpectMsg("event");
        probe.ExpectNoMsg();
    }

    [Fact]
    public void Unsubscribe_ends_one_subscription_or_all()
    {
        var probe = _kit.Subscribe<string>();
        _kit.Sys.EventStream.Subscribe(probe.Ref, typeof(int));
        Assert.True(_kit.Sys.EventStream.Unsubscribe(probe.Ref, typeof(string)));
        _kit.Sys.EventStream.Publish("event");
        _kit.Sys.EventStream.Publish(1);
        probe.ExpectMsg(1);

        Assert.True(_kit.Sys.EventStream.Unsubscribe(probe.Ref));
        Assert.False(_kit.Sys.EventStream.Unsubscribe(probe.Ref));
        _kit.Sys.EventStream.Publish(1);

        probe.ExpectNoMsg();
    }

    [Fact]
    public void Subscriptions_end_with_the_subscriber()
    {
        var probe = _kit.Subscribe<DeadLetter>();
        _kit.Sys.Stop(probe.Ref);
        _kit.Run();

        // A dead letter to a dead subscriber would be a dead letter, and so on for ever.
        _kit.Sys.DeadLetters.Tell("lost");

        Assert.Equal(0, _kit.Run());
        Assert.False(_kit.Sys.EventStream.Unsubscribe(probe.Ref));
    }

    [Fact]
    public void A_suppressed_dead_letter_is_only_seen_by_who_asks_for_it()
    {
        var ordinary = _kit.Subscribe<DeadLetter>();
        var suppressed = _kit.Subscribe<SuppressedDeadLetter>();

        _kit.Sys.DeadLetters.Tell(new Quiet());

        suppressed.ExpectMsg<SuppressedDeadLetter>();
        ordinary.ExpectNoMsg();
    }

    private sealed class Quiet : IDeadLetterSuppression;
}
