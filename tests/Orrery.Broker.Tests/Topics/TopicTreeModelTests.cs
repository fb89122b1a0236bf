using Orrery.Actors.Extensions;

namespace Orrery.Broker.Tests.Topics;

/// <summary>Random histories against the naive tree. Each history follows from its seed.</summary>
public class TopicTreeModelTests
{
    private static readonly string[] Levels = ["a", "b", "", "$s", "ä"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 300)];

    [Theory]
    [MemberData(nameof(Seeds))]
    [Trait("Statement", "MQTT-4.7.1-1")]
    [Trait("Statement", "MQTT-4.7.1-2")]
    [Trait("Statement", "MQTT-4.7.2-1")]
    [Trait("Statement", "MQTT-4.7.3-4")]
    [Trait("Statement", "MQTT-3.3.1-5")]
    [Trait("Statement", "MQTT-3.3.1-6")]
    public void A_random_history_matches_as_a_list_of_filters_does(int seed)
    {
        var random = new Random(seed);
        var world = new TopicWorld(seed: (ulong)seed, order: (DispatchOrder)(seed % 3));
        var model = new TopicTreeModel();
        var sessions = Enumerable.Range(0, 3).Select(index => world.Session($"{index}")).ToArray();

        for (var step = 0; step < 120; step++)
        {
            var session = sessions[random.Next(sessions.Length)];
            var filter = Filter(random);
            var topic = Topic(random);

            // More goes than comes in the second half, so that nodes are removed in the middle of things.
            var goes = random.Next(100) < (step < 60 ? 25 : 60);
            switch (random.Next(3), goes)
            {
                case (0, false):
                    var payload = $"{step}";
                    world.Retain(session, topic, payload);
                    model.Retain(topic, payload);
                    break;
                case (0, true):
                    world.Retain(session, topic, "");
                    model.Retain(topic, "");
                    break;
                case (_, false):
                    world.Subscribe(session, filter);
                    model.Subscribe(session.ClientId, filter);
                    break;
                case (_, true):
                    world.Unsubscribe(session, filter);
                    model.Unsubscribe(session.ClientId, filter);
                    break;
            }

            // Not after each step: changes of one topic shall also meet on their way.
            if (random.Next(3) > 0) continue;
            world.Run();
            for (var probe = 0; probe < 5; probe++)
            {
                (topic, filter) = (Topic(random), Filter(random));
                Assert.Equal(model.Match(topic), world.Match(topic).Order(StringComparer.Ordinal));
                Assert.Equal(model.Retained(filter), world.Retained(filter).Order(StringComparer.Ordinal));
            }
        }

        world.Run();
        Assert.Equal(model.NodeCount, world.NodeCount);
        Assert.Equal(model.SubscriptionCount, world.Tree.Counters.Subscriptions);
        Assert.Equal(model.RetainedCount, world.Tree.Counters.RetainedMessages);
    }

    private static string Topic(Random random)
    {
        var levels = new string[1 + random.Next(3)];
        for (var index = 0; index < levels.Length; index++)
        {
            levels[index] = Levels[random.Next(Levels.Length)];
        }

        var topic = string.Join('/', levels);
        return topic.Length == 0 ? "/" : topic;
    }

    private static string Filter(Random random)
    {
        var levels = Topic(random).Split('/');
        for (var index = 0; index < levels.Length; index++)
        {
            if (random.Next(4) == 0) levels[index] = "+";
        }

        var filter = string.Join('/', levels);
        if (random.Next(4) == 0) filter = random.Next(4) == 0 ? "#" : filter + "/#";
        return filter;
    }
}
