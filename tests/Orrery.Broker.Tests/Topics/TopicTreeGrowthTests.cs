namespace Orrery.Broker.Tests.Topics;

/// <summary>Growth is counted in publications and in copied items, since time is no property of the code.</summary>
public class TopicTreeGrowthTests
{
    private const int Count = 100_000;

    [Fact]
    public void A_hundred_thousand_subscribers_of_one_filter_cost_a_publication_a_mailbox_run()
    {
        var world = new TopicWorld();
        var sessions = Enumerable.Range(0, Count).Select(index => world.Session($"{index}")).ToArray();
        var before = world.Tree.Version;

        foreach (var session in sessions)
        {
            world.Subscribe(session, "a/b");
        }
        world.Run();

        Assert.Equal(sessions.Select(session => $"{session.ClientId}:a/b"), world.Match("a/b"));
        Assert.All(sessions, session => Assert.Single(session.Received));
        Assert.InRange(world.Tree.Version - before, 1, Count / 20);
        Assert.Equal(3, world.NodeCount);

        foreach (var session in sessions)
        {
            world.Unsubscribe(session, "a/b");
        }
        world.Run();

        Assert.InRange(world.Tree.Version - before, 1, 2 * Count / 20);
        Assert.Equal(1, world.NodeCount);
    }

    [Fact]
    public void A_hundred_thousand_topics_cost_a_publication_each_and_none_remains()
    {
        var world = new TopicWorld();
        var session = world.Session("c");
        var before = world.Tree.Version;

        for (var index = 0; index < Count; index++)
        {
            world.Subscribe(session, $"a/{index}");
        }
        world.Run();

        Assert.Equal(Count, world.Tree.Version - before);
        Assert.Equal(Count + 2, world.NodeCount);
        Assert.Equal(["c:a/77777"], world.Match("a/77777"));
        Assert.Equal(Count, session.Received.Count);

        for (var index = 0; index < Count; index++)
        {
            world.Unsubscribe(session, $"a/{index}");
        }
        world.Run();

        Assert.Equal(2 * Count, world.Tree.Version - before);
        Assert.Equal(1, world.NodeCount);
    }
}
