using Orrery.Broker.Topics;
using Orrery.Mqtt;

namespace Orrery.Broker.Tests.Topics;

public class TopicTreeMatchTests
{
    [Theory]                                                // MQTT 5 §4.7: the examples of the specification, and its rules
    [Trait("Statement", "MQTT-4.7.1-1")]
    [Trait("Statement", "MQTT-4.7.1-2")]
    [Trait("Statement", "MQTT-4.7.3-4")]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1", true)]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1/ranking", true)]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true)]
    [InlineData("sport/#", "sport", true)]
    [InlineData("#", "sport", true)]
    [InlineData("#", "/", true)]
    [InlineData("sport/tennis/+", "sport/tennis/player1", true)]
    [InlineData("sport/tennis/+", "sport/tennis/player1/ranking", false)]
    [InlineData("sport/+", "sport", false)]
    [InlineData("sport/+", "sport/", true)]
    [InlineData("+/+", "/finance", true)]
    [InlineData("/+", "/finance", true)]
    [InlineData("+", "/finance", false)]
    [InlineData("+/tennis/#", "sport/tennis", true)]
    [InlineData("sport", "Sport", false)]
    [InlineData("/a", "a", false)]
    [InlineData("a/", "a", false)]
    [InlineData("a//b", "a//b", true)]
    [InlineData("a//b", "a/b", false)]
    [InlineData("a/+/b", "a//b", true)]
    [InlineData("/", "/", true)]
    [InlineData("//", "/", false)]
    [InlineData("+", "a", true)]
    [InlineData(" ", " ", true)]
    [InlineData("\u00e9", "e\u0301", false)]
    [InlineData("käse/日本/🎈", "käse/日本/🎈", true)]
    [InlineData("a~0/%41/$x", "a~0/%41/$x", true)]
    [InlineData("a/%42", "a/B", false)]
    public void A_filter_gets_what_it_matches_and_nothing_else(string filter, string topic, bool matches)
    {
        var world = new TopicWorld();

        world.Subscribe(world.Session("c"), filter);
        world.Run();

        Assert.Equal(matches ? [$"c:{filter}"] : [], world.Match(topic));
    }

    [Theory]
    [Trait("Statement", "MQTT-4.7.2-1")]
    [InlineData("#", "$SYS/broker", false)]
    [InlineData("#", "$", false)]
    [InlineData("+/broker", "$SYS/broker", false)]
    [InlineData("+", "$SYS", false)]
    [InlineData("$SYS/#", "$SYS/broker/load", true)]
    [InlineData("$SYS/#", "$SYS", true)]
    [InlineData("$SYS/+/load", "$SYS/broker/load", true)]
    [InlineData("$SYS/broker", "$SYS/broker", true)]
    [InlineData("a/#", "a/$b", true)]
    [InlineData("a/+", "a/$b", true)]
    [InlineData("#", "a/$b", true)]
    public void A_wildcard_at_the_start_leaves_out_topics_that_start_with_a_dollar_sign(string filter, string topic, bool matches)
    {
        var world = new TopicWorld();

        world.Subscribe(world.Session("c"), filter);
        world.Run();

        Assert.Equal(matches ? [$"c:{filter}"] : [], world.Match(topic));
    }

    [Fact]
    public void The_order_is_from_the_root_down_and_that_of_subscribing_within_a_filter()
    {
        var world = new TopicWorld();
        var (first, second) = (world.Session("1"), world.Session("2"));

        foreach (var filter in new[] { "+/b", "a/b", "+/+", "#", "a/#", "a/+", "a/b/#", "+/#" })
        {
            world.Subscribe(second, filter);
            world.Subscribe(first, filter);
        }
        world.Run();

        string[] filters = ["#", "a/#", "a/b/#", "a/b", "a/+", "+/#", "+/b", "+/+"];
        Assert.Equal(filters.SelectMany(filter => new[] { $"2:{filter}", $"1:{filter}" }), world.Match("a/b"));
    }

    [Fact]
    [Trait("Statement", "MQTT-3.8.4-3")]
    public void The_same_filter_again_replaces_the_entry_in_its_place()
    {
        var world = new TopicWorld();
        var (first, second) = (world.Session("1"), world.Session("2"));
        var old = world.Subscribe(first, "a", QoS.AtMostOnce);
        world.Subscribe(second, "a");
        var other = world.Subscribe(first, "a/#");
        var entry = world.Subscribe(first, "a", QoS.ExactlyOnce);
        world.Run();

        var entries = new List<SubscriberEntry>();
        world.Tree.Match(Mqtt.Topics.TopicName.Parse("a"), entries);

        Assert.Equal(["1:a/#", "1:a", "2:a"], world.Match("a"));
        Assert.Same(entry, entries[1]);
        Assert.Equal(
            [
                new TopicProtocol.Subscribed(old.SubscriptionId, Existed: false),
                new TopicProtocol.Subscribed(other.SubscriptionId, Existed: false),
                new TopicProtocol.Subscribed(entry.SubscriptionId, Existed: true),
            ],
            first.Received);
        Assert.Equal(3, world.Tree.Counters.Subscriptions);
    }

    [Fact]
    public void A_shared_filter_is_no_business_of_the_tree()
    {
        var world = new TopicWorld();
        var session = world.Session("c");

        Assert.Throws<ArgumentException>(() => world.Subscribe(session, "$share/g/a"));
        Assert.Throws<ArgumentException>(() => world.Unsubscribe(session, "$share/g/a"));
    }

    [Fact]
    [Trait("Statement", "MQTT-3.10.4-1")]
    public void Only_the_very_filter_is_unsubscribed()
    {
        var world = new TopicWorld();
        var session = world.Session("c");
        foreach (var filter in new[] { "a/b", "a/+", "a/#", "+/+" })
        {
            world.Subscribe(session, filter);
        }
        world.Run();
        session.Received.Clear();

        world.Unsubscribe(session, "a/+", 2);
        world.Unsubscribe(session, "+/b", 8);
        world.Unsubscribe(session, "a", 9);
        world.Run();

        Assert.Equal(["c:a/#", "c:a/b", "c:+/+"], world.Match("a/b"));
        Assert.Equal(
            new HashSet<object>
            {
                new TopicProtocol.Unsubscribed(2, Existed: true),
                new TopicProtocol.Unsubscribed(8, Existed: false),
                new TopicProtocol.Unsubscribed(9, Existed: false),
            },
            session.Received.ToHashSet());
        Assert.Equal(3, world.Tree.Counters.Subscriptions);
    }

    [Fact]
    public void The_version_changes_with_what_routing_sees_and_not_otherwise()
    {
        var world = new TopicWorld();
        var session = world.Session("c");
        var versions = new List<long> { world.Tree.Version };
        void Step(Action action)
        {
            action();
            world.Run();
            versions.Add(world.Tree.Version);
        }

        Step(() => world.Subscribe(session, "a/b"));
        Step(() => world.Subscribe(session, "a/b", QoS.AtLeastOnce));
        Step(() => world.Subscribe(session, "a/b/#"));
        Step(() => world.Unsubscribe(session, "a/b/#"));
        Step(() => world.Unsubscribe(session, "a/b"));
        var changes = versions.Zip(versions.Skip(1), (before, after) => after > before).ToArray();
        var settled = world.Tree.Version;
        Step(() => world.Unsubscribe(session, "a/b"));
        Step(() => world.Retain(session, "a/b", "x"));
        Step(() => world.Retain(session, "a/b", ""));

        Assert.All(changes, Assert.True);
        Assert.Equal(settled, world.Tree.Version);
    }

    [Fact]
    public void A_filter_may_have_128_levels_and_a_topic_more()
    {
        var world = new TopicWorld();
        var session = world.Session("c");
        var literal = string.Join('/', Enumerable.Range(0, 128));
        var wild = string.Join('/', Enumerable.Repeat("+", 128));
        var empty = new string('/', 127);

        world.Subscribe(session, literal);
        world.Subscribe(session, wild);
        world.Subscribe(session, empty);
        world.Subscribe(session, literal[..^3] + "#");
        world.Subscribe(session, "0/#");
        world.Run();

        Assert.Equal(["c:0/#", $"c:{literal[..^3]}#", $"c:{literal}", $"c:{wild}"], world.Match(literal));
        Assert.Equal([$"c:{empty}", $"c:{wild}"], world.Match(empty));
        Assert.Equal(["c:0/#", $"c:{literal[..^3]}#"], world.Match(literal + "/128"));
        Assert.Equal(["c:0/#"], world.Match("0" + new string('/', 65_534)));
        Assert.Equal([], world.Match(new string('/', 65_535)));
    }
}
