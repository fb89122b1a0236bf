using Orrery.Broker.Topics;

namespace Orrery.Broker.Tests.Topics;

public class TopicTreeSharedTests
{
    [Fact]
    [Trait("Statement", "MQTT-4.8.2-1")]
    [Trait("Statement", "MQTT-4.8.2-2")]
    public void A_group_is_a_name_and_a_filter()
    {
        var world = new TopicWorld();
        var (one, two, three) = (world.Session("1"), world.Session("2"), world.Session("3"));

        world.Subscribe(two, "$share/g/a/+");
        world.Subscribe(one, "$share/g/a/+");
        world.Subscribe(one, "$share/h/a/+");
        world.Subscribe(three, "$share/g/a/b");
        world.Subscribe(three, "$share/g/#");
        world.Subscribe(one, "a/b");
        world.Run();

        Assert.Equal(
            ["1:a/b", "[3]:$share/g/#", "[3]:$share/g/a/b", "[2,1]:$share/g/a/+", "[1]:$share/h/a/+"],
            world.Match("a/b"));
        Assert.Equal(6, world.Tree.Counters.Subscriptions);
    }

    [Fact]
    public void Members_come_and_go_and_an_empty_group_is_gone()
    {
        var world = new TopicWorld();
        var sessions = Enumerable.Range(0, 4).Select(index => world.Session($"{index}")).ToArray();
        foreach (var session in sessions)
        {
            world.Subscribe(session, "$share/g/t");
        }
        world.Subscribe(sessions[0], "$share/h/t");
        world.Run();
        Assert.Equal(["[0,1,2,3]:$share/g/t", "[0]:$share/h/t"], world.Match("t"));

        world.Unsubscribe(sessions[1], "$share/g/t");
        world.Subscribe(sessions[2], "$share/g/t");         // again: keeps its place
        world.Run();
        Assert.Equal(["[0,2,3]:$share/g/t", "[0]:$share/h/t"], world.Match("t"));

        foreach (var session in sessions)
        {
            world.Unsubscribe(session, "$share/g/t");
        }
        world.Run();
        Assert.Equal(["[0]:$share/h/t"], world.Match("t"));

        // Emptied and joined again before the node publishes: still one group.
        world.Unsubscribe(sessions[0], "$share/h/t");
        world.Subscribe(sessions[3], "$share/h/t");
        world.Subscribe(sessions[3], "$share/g/t");
        world.Run();
        Assert.Equal(["[3]:$share/h/t", "[3]:$share/g/t"], world.Match("t"));
    }

    [Fact]
    public void A_group_that_someone_keeps_does_not_change()
    {
        var world = new TopicWorld();
        var (one, two) = (world.Session("1"), world.Session("2"));
        world.Subscribe(one, "$share/g/t");
        world.Run();
        var groups = new List<SharedGroup>();
        world.Tree.Match(Mqtt.Topics.TopicName.Parse("t"), [], groups);

        world.Subscribe(two, "$share/g/t");
        world.Run();

        Assert.Equal(1, groups[0].Members.Length);
        Assert.Equal("g", groups[0].ShareName);
        Assert.Equal("g", groups[0].Members[0].ShareName);
    }
}
