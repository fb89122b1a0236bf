using Orrery.Actors.Extensions;
using Orrery.Broker.Topics;

namespace Orrery.Broker.Tests.Topics;

public class TopicTreeLimitTests
{
    [Fact]
    public void A_retained_message_too_many_is_refused_and_leaves_no_node()
    {
        var world = new TopicWorld(new TopicTreeOptions { RetainedMessagesMax = 2 });
        var session = world.Session("p");

        world.Retain(session, "a", "1", token: 1);
        world.Retain(session, "b", "1", token: 2);
        world.Retain(session, "c/d", "1", token: 3);
        world.Retain(session, "a", "2", token: 4);          // a replacement is none too many
        world.Retain(session, "b", "", token: 5);
        world.Retain(session, "e", "1", token: 6);          // the place that b left
        world.Run();

        Assert.Equal(["a=2", "e=1"], world.Retained("#"));
        Assert.Equal(3, world.NodeCount);
        foreach (var token in new long[] { 1, 2, 3, 4, 5, 6 })
        {
            Assert.Contains(new TopicProtocol.Retained(token, Stored: token != 3), session.Received);
        }
    }

    [Fact]
    public void A_byte_too_many_is_refused_and_the_topic_keeps_what_it_has()
    {
        var world = new TopicWorld(new TopicTreeOptions { RetainedBytesMax = 12 });
        var session = world.Session("p");

        world.Retain(session, "a", "12345", token: 1);      // 6 bytes with the topic
        world.Retain(session, "b", "12345", token: 2);
        world.Retain(session, "a", "123456", token: 3);
        world.Retain(session, "b", "1234", token: 4);
        world.Retain(session, "a", "abcdef", token: 5);
        world.Run();

        Assert.Equal(["a=abcdef", "b=1234"], world.Retained("#"));
        Assert.Equal(new TopicTreeCounters(0, 2, 12), world.Tree.Counters);
        Assert.Equal([3L], session.Received.OfType<TopicProtocol.Retained>().Where(answer => !answer.Stored).Select(answer => answer.Token));
    }

    [Theory]
    [InlineData(DispatchOrder.Fifo)]
    [InlineData(DispatchOrder.SeededRandom)]
    [InlineData(DispatchOrder.PriorityChanges)]
    public void A_subscription_too_many_is_refused_but_one_that_exists_may_be_replaced(DispatchOrder order)
    {
        var world = new TopicWorld(new TopicTreeOptions { SubscriptionsMax = 2 }, order: order);
        var (session, other) = (world.Session("c"), world.Session("d"));
        world.Subscribe(session, "a/b");
        world.Subscribe(session, "a/b/#");
        world.Run();

        var refused = new[] { world.Subscribe(session, "a"), world.Subscribe(session, "x/y/#") };
        var refusedOther = world.Subscribe(other, "a/b");
        var replaced = new[] { world.Subscribe(session, "a/b"), world.Subscribe(session, "a/b/#") };
        world.Run();
        world.Unsubscribe(session, "a/b");
        world.Run();
        var next = world.Subscribe(session, "x");
        world.Run();

        foreach (var entry in refused)
        {
            Assert.Contains(new TopicProtocol.SubscribeRefused(entry.SubscriptionId), session.Received);
        }
        Assert.Equal([new TopicProtocol.SubscribeRefused(refusedOther.SubscriptionId)], other.Received);
        foreach (var entry in replaced)
        {
            Assert.Contains(new TopicProtocol.Subscribed(entry.SubscriptionId, Existed: true), session.Received);
        }
        Assert.Contains(new TopicProtocol.Subscribed(next.SubscriptionId, Existed: false), session.Received);
        Assert.Equal(4, world.NodeCount);
        Assert.Equal(2, world.Tree.Counters.Subscriptions);
    }

    [Fact]
    public void A_filter_of_more_levels_than_allowed_is_refused()
    {
        var world = new TopicWorld(new TopicTreeOptions { TopicLevelsMax = 3 });
        var session = world.Session("c");

        var allowed = world.Subscribe(session, "a/b/#");
        var refused = world.Subscribe(session, "a/b/c/#");
        world.Run();

        Assert.Contains(new TopicProtocol.Subscribed(allowed.SubscriptionId, Existed: false), session.Received);
        Assert.Contains(new TopicProtocol.SubscribeRefused(refused.SubscriptionId), session.Received);
        Assert.Equal(["c:a/b/#"], world.Match("a/b/c/d/e"));
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        var options = new TopicTreeOptions
        {
            RetainedMessagesMax = -1,
            RetainedBytesMax = -1,
            SubscriptionsMax = -1,
            TopicLevelsMax = 0,
        };

        Assert.Empty(new TopicTreeOptions().Validate());
        Assert.Equal(4, options.Validate().Count);
        Assert.Throws<ArgumentException>(() => new TopicWorld(options));
    }
}
