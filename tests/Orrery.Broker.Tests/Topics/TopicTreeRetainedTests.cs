using Orrery.Broker.Topics;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Tests.Topics;

public class TopicTreeRetainedTests
{
    [Fact]
    [Trait("Statement", "MQTT-3.3.1-5")]
    public void The_last_retained_message_of_a_topic_is_the_one_that_is_kept()
    {
        var world = new TopicWorld();
        var session = world.Session("p");

        world.Retain(session, "a/b", "1", token: 11);
        world.Retain(session, "a/b", "2", token: 12);
        world.Retain(session, "a", "3", token: 13);
        world.Run();

        Assert.Equal(["a=3", "a/b=2"], world.Retained("#"));
        Assert.Equal(3, session.Received.OfType<TopicProtocol.Retained>().Count(answer => answer.Stored));
        Assert.Equal([11L, 12, 13], session.Received.OfType<TopicProtocol.Retained>().Select(answer => answer.Token).Order());
        Assert.Equal(new TopicTreeCounters(0, 2, 4 + 2), world.Tree.Counters);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.1-6")]
    [Trait("Statement", "MQTT-3.3.1-7")]
    public void An_empty_payload_removes_the_message_and_is_not_kept_itself()
    {
        var world = new TopicWorld();
        var session = world.Session("p");
        world.Retain(session, "a/b", "1");
        world.Retain(session, "a/c", "2");
        world.Run();
        session.Received.Clear();

        world.Retain(session, "a/b", "", token: 1);
        world.Retain(session, "x/y", "", token: 2);         // had none, and no node is made for it
        world.Run();

        Assert.Equal(["a/c=2"], world.Retained("#"));
        Assert.Equal(
            new HashSet<object> { new TopicProtocol.Retained(1, Stored: true), new TopicProtocol.Retained(2, Stored: true) },
            session.Received.ToHashSet());
        Assert.Equal(3, world.NodeCount);
        Assert.Equal(new TopicTreeCounters(0, 1, 4), world.Tree.Counters);
    }

    [Theory]
    [Trait("Statement", "MQTT-3.3.1-9")]
    [Trait("Statement", "MQTT-4.7.1-1")]
    [Trait("Statement", "MQTT-4.7.1-2")]
    [Trait("Statement", "MQTT-4.7.2-1")]
    [InlineData("#", "z/1 z b /c /d//")]
    [InlineData("+", "z b")]
    [InlineData("+/#", "z/1 z b /c /d//")]
    [InlineData("z/#", "z z/1")]
    [InlineData("z/+", "z/1")]
    [InlineData("z", "z")]
    [InlineData("z/1", "z/1")]
    [InlineData("/+", "/c")]
    [InlineData("/#", "/c /d//")]
    [InlineData("/d/+/+", "/d//")]
    [InlineData("+/+", "z/1 /c")]
    [InlineData("$SYS/#", "$SYS/x")]
    [InlineData("$SYS/+", "$SYS/x")]
    [InlineData("+/x", "")]
    [InlineData("nothing/#", "")]
    [InlineData("b/#", "b")]
    [InlineData("b/1", "")]
    [InlineData("$share/g/#", "")]
    public void A_filter_finds_what_it_matches(string filter, string topics)
    {
        var world = new TopicWorld();
        var session = world.Session("p");
        foreach (var topic in new[] { "z/1", "z", "b", "$SYS/x", "/c", "/d//" })
        {
            world.Retain(session, topic, "v");
            world.Run();
        }

        // A topic before those below it; beside each other as the tree first met them.
        string[] order = ["z", "z/1", "b", "$SYS/x", "/c", "/d//"];
        var expected = topics.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(Comparer<string>.Create((one, other) =>
            Array.IndexOf(order, one).CompareTo(Array.IndexOf(order, other))));
        Assert.Equal(expected.Select(topic => $"{topic}=v"), world.Retained(filter));
    }

    [Fact]
    public void One_topic_is_found_without_a_filter()
    {
        var world = new TopicWorld();
        world.Retain(world.Session("p"), "$SYS//x", "v");
        world.Run();

        Assert.True(world.Tree.TryGetRetained(TopicName.Parse("$SYS//x"), out var message));
        Assert.Same(world.RetainedMessages("$SYS/#")[0], message);
        Assert.False(world.Tree.TryGetRetained(TopicName.Parse("$SYS/"), out _));
        Assert.False(world.Tree.TryGetRetained(TopicName.Parse("$SYS//x/"), out _));
        Assert.False(world.Tree.TryGetRetained(TopicName.Parse("x"), out _));
    }

    [Fact]
    public void Dropping_removes_the_very_message_and_no_later_one()
    {
        var world = new TopicWorld();
        var session = world.Session("p");
        world.Retain(session, "a", "old");
        world.Retain(session, "b", "old");
        world.Retain(session, "c", "same");
        world.Run();
        var found = world.RetainedMessages("#");

        world.Retain(session, "a", "new");                  // on its way when the drop arrives
        foreach (var message in found)
        {
            world.Tree.Root.Tell(new TopicProtocol.DropRetained(message with { }), session.Ref);
        }
        world.Tree.Root.Tell(new TopicProtocol.DropRetained(found[0]), session.Ref);
        world.Tree.Root.Tell(new TopicProtocol.DropRetained(found[1]), session.Ref);
        world.Tree.Root.Tell(new TopicProtocol.DropRetained(found[1]), session.Ref);
        world.Tree.Root.Tell(new TopicProtocol.DropRetained(TopicWorld.Message("never/was", "x")), session.Ref);
        world.Run();

        Assert.Equal(["a=new", "c=same"], world.Retained("#"));
        Assert.Equal(3, world.NodeCount);
        Assert.Equal(new TopicTreeCounters(0, 2, 4 + 5), world.Tree.Counters);
    }

    [Fact]
    public void Walks_leave_out_what_has_only_subscribers_below()
    {
        var world = new TopicWorld();
        var session = world.Session("c");
        world.Subscribe(session, "a/b/c");
        world.Retain(session, "a/x/y", "1");
        world.Run();
        bool HasBelow(params string[] path)
        {
            var node = world.Tree.RootNode;
            foreach (var level in path)
            {
                var bytes = System.Text.Encoding.UTF8.GetBytes(level);
                Assert.True(node.View.Value.Children!.TryGet(Mqtt.Hashing.Hash(bytes), bytes, out node!));
            }

            return node.View.Value.HasRetainedBelow;
        }

        Assert.True(HasBelow() && HasBelow("a") && HasBelow("a", "x"));
        Assert.False(HasBelow("a", "b") || HasBelow("a", "x", "y"));

        world.Retain(session, "a/x/y", "");
        world.Run();

        Assert.False(HasBelow() || HasBelow("a"));
    }

    [Fact]
    public void A_topic_may_have_128_levels_and_no_more_to_be_retained()
    {
        var world = new TopicWorld();
        var session = world.Session("p");
        var deepest = new string('/', 127);

        world.Retain(session, deepest, "x", token: 1);
        world.Retain(session, deepest + "/", "x", token: 2);
        world.Run();

        Assert.Equal([$"{deepest}=x"], world.Retained("#"));
        Assert.Equal([$"{deepest}=x"], world.Retained(string.Join('/', Enumerable.Repeat("+", 128))));
        Assert.Contains(new TopicProtocol.Retained(1, Stored: true), session.Received);
        Assert.Contains(new TopicProtocol.Retained(2, Stored: false), session.Received);
        Assert.Equal(129, world.NodeCount);
    }
}
