using Orrery.Actors;
using Orrery.Actors.Extensions;
using Orrery.Broker.Topics;

namespace Orrery.Broker.Tests.Topics;

public class TopicNodeRemovalTests
{
    private static readonly string[] Filters =
        ["a", "a/b", "a/b/c", "a/+", "+/b", "a/#", "#", "+", "/", "//", "$SYS/x", "a/b/#", "+/b/#", "ä/日本/x y"];

    [Theory]
    [InlineData(DispatchOrder.Fifo)]
    [InlineData(DispatchOrder.SeededRandom)]
    [InlineData(DispatchOrder.PriorityChanges)]
    public void What_was_subscribed_and_retained_leaves_no_node_and_no_actor(DispatchOrder order)
    {
        var world = new TopicWorld(order: order);
        var (one, two) = (world.Session("1"), world.Session("2"));
        foreach (var filter in Filters)
        {
            world.Subscribe(one, filter);
            world.Subscribe(two, filter);
        }
        world.Retain(one, "a/b/c/d", "x");
        world.Retain(one, "r/s", "x");
        world.Run();
        var ended = new List<IActorRef>();
        var watched = world.Nodes().Skip(1).Select(node => node.Actor).ToList();
        var watcher = world.ActorOf(Props.Create(() => new Watcher(watched, ended)));
        world.Run();
        Assert.Equal(17, watched.Count);

        foreach (var filter in Filters)
        {
            world.Unsubscribe(two, filter);
            world.Unsubscribe(one, filter);
        }
        world.Retain(one, "r/s", "");
        world.Retain(one, "a/b/c/d", "");
        world.Run();

        Assert.Equal(1, world.NodeCount);
        Assert.Equal(new TopicTreeCounters(0, 0, 0), world.Tree.Counters);
        Assert.Equal(watched.Count, ended.Count);
        Assert.Equal(watched.ToHashSet(), ended.ToHashSet());
        Assert.NotEqual(ActorRefs.Nobody, watcher);
    }

    [Fact]
    public void A_node_stays_for_as_long_as_anything_needs_it()
    {
        var world = new TopicWorld();
        var (session, other) = (world.Session("c"), world.Session("d"));
        world.Subscribe(session, "a/b");
        world.Subscribe(session, "a/b/#");
        world.Subscribe(other, "a/b");
        world.Retain(session, "a/b", "x");
        world.Subscribe(session, "a/b/+");
        world.Subscribe(session, "a/b/c");
        world.Run();

        int After(Action action)
        {
            action();
            world.Run();
            return world.NodeCount;
        }

        Assert.Equal(5, world.NodeCount);
        Assert.Equal(5, After(() => world.Unsubscribe(session, "a/b")));
        Assert.Equal(5, After(() => world.Unsubscribe(session, "a/b/#")));
        Assert.Equal(5, After(() => world.Retain(session, "a/b", "")));
        Assert.Equal(5, After(() => world.Unsubscribe(other, "a/b")));
        Assert.Equal(4, After(() => world.Unsubscribe(session, "a/b/+")));
        Assert.Equal(1, After(() => world.Unsubscribe(session, "a/b/c")));
    }

    [Fact]
    public void A_level_may_go_and_come_at_once()
    {
        var world = new TopicWorld();
        var session = world.Session("c");

        for (var round = 0; round < 100; round++)
        {
            world.Subscribe(session, "a/b");
            world.Unsubscribe(session, "a/b");
            if (round % 3 == 0) world.Run();
        }
        world.Subscribe(session, "a/b");
        world.Run();

        Assert.Equal(["c:a/b"], world.Match("a/b"));
        Assert.Equal(201, session.Received.Count);
        Assert.Equal(3, world.NodeCount);
    }

    [Fact]
    public void Matching_and_unsubscribing_unknown_topics_makes_no_node()
    {
        var world = new TopicWorld();
        var session = world.Session("c");

        for (var index = 0; index < 1_000; index++)
        {
            Assert.Empty(world.Match($"unknown/{index}"));
            Assert.Empty(world.Retained($"unknown/{index}/#"));
            world.Unsubscribe(session, $"unknown/{index}");
            world.Retain(session, $"unknown/{index}", "");
        }
        world.Run();

        Assert.Equal(2_000, session.Received.Count);
        Assert.Equal(1, world.NodeCount);
    }

    private sealed class Watcher : UntypedActor
    {
        private readonly List<IActorRef> _ended;

        public Watcher(List<IActorRef> subjects, List<IActorRef> ended)
        {
            _ended = ended;
            foreach (var subject in subjects)
            {
                Context.Watch(subject);
            }
        }

        protected override void OnReceive(object message) => _ended.Add(((Terminated)message).ActorRef);
    }
}
