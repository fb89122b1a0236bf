using Orrery.Actors.Extensions;
using Orrery.Broker.Statistics;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Sharing;

/// <summary>What a member is given while it comes, goes and falls behind.</summary>
public class SharedMemberTests
{
    private const string Filter = "$share/g/t";

    private static IEnumerable<string> Texts(TestClient client) =>
        client.TakeAll().OfType<PublishPacket>().Select(p => TestClient.Text(p).TrimEnd());

    [Fact]
    public void H1_A_group_is_a_name_and_a_filter()
    {
        var world = new BrokerWorld();
        var filters = new[] { "$share/g/a/+", "$share/h/a/+", "$share/g/a/b", "$share/g/#", "a/b" };
        var clients = filters.Select((filter, i) => world.Connect($"{i}")).ToList();
        foreach (var (client, filter) in clients.Zip(filters))
        {
            client.Subscribe(filter, QoS.AtLeastOnce);
        }

        world.Connect("p").Publish("a/b", "x", QoS.AtLeastOnce, 1);

        Assert.All(clients, client => client.ExpectPublish("a/b", "x"));
        clients[0].Subscribe("$share/h/a/+", QoS.AtLeastOnce);
        world.Connect("q").Publish("a/b", "y", QoS.AtLeastOnce, 1);
        Assert.Equal(5, clients.Sum(client => client.InboxCount));
    }

    [Fact]
    public void An_acknowledgement_from_an_earlier_membership_counts_for_nothing()
    {
        var world = new BrokerWorld();
        var steady = world.Connect("steady", with: c => c with { ReceiveMaximum = 1 });
        var member = world.Connect("member");
        member.Subscribe(Filter, QoS.AtLeastOnce);
        var publisher = world.Connect("p");
        publisher.Publish("t", "1", QoS.AtLeastOnce, 1);
        var publish = member.ExpectPublish("t", "1");
        steady.Subscribe(Filter, QoS.AtLeastOnce);

        member.Send(Unsubscribe(2, Filter));
        member.Expect<UnsubAckPacket>();
        member.Subscribe(Filter, QoS.AtLeastOnce);
        member.Send(PubAck(publish));

        for (ushort i = 2; i <= 9; i++)
        {
            publisher.Publish("t", $"{i}", QoS.AtLeastOnce, i);
        }

        Assert.Equal(["2", "3", "4", "5", "6", "7", "8", "9"], Texts(steady).Concat(Texts(member)).Order());
    }

    [Fact]
    public void QoS_0_that_a_stuck_member_never_began_goes_to_another_and_takes_none_of_its_room()
    {
        var world = new BrokerWorld(new BrokerOptions { InTransitBytesMax = 4_096, SharedInFlightMax = 8 });
        var steady = world.Connect("steady");
        var publisher = world.Connect("p");
        TestClient member = null!;
        for (var round = 0; round < 3; round++)
        {
            member = world.Connect("member", cleanStart: false, sessionExpiry: 100);
            if (round == 0)
            {
                member.Subscribe(Filter, QoS.AtMostOnce);
            }

            member.IsSlow = true;
            for (var i = 0; i < 12; i++)
            {
                publisher.Publish("t", $"{round}".PadRight(1_000));
            }

            member.Drop();
        }

        member = world.Connect("member", cleanStart: false, sessionExpiry: 100);
        publisher.Publish("t", "still there");
        Assert.Contains("still there", Texts(member));
        Assert.Equal([], Texts(steady));
    }

    [Fact]
    public void H4_What_a_half_open_member_has_not_begun_goes_to_another_within_a_second()
    {
        var world = new BrokerWorld(new BrokerOptions { InTransitBytesMax = 4_096 });
        var stuck = world.Connect("stuck");
        stuck.Subscribe(Filter, QoS.AtLeastOnce);
        stuck.IsSlow = true;
        var good = world.Connect("good");
        good.Subscribe(Filter, QoS.AtLeastOnce);
        var publisher = world.Connect("p");
        for (ushort i = 1; i <= 40; i++)
        {
            publisher.Publish("t", $"{i:00}".PadRight(1_000), QoS.AtLeastOnce, i);
        }

        world.Advance(1);
        var early = good.TakeAll().Count;

        // What has left the session belongs to the stuck one for as long as its session lives: 4 KiB and a message.
        Assert.InRange(early, 34, 39);
        for (ushort i = 41; i <= 50; i++)
        {
            publisher.Publish("t", $"{i}", QoS.AtLeastOnce, i);
        }

        Assert.Equal(Enumerable.Range(41, 10).Select(i => $"{i}"), Texts(good));
        stuck.Drop();
        Assert.Equal(40, early + good.TakeAll().Count);
    }

    [Fact]
    public void A_member_that_has_caught_up_is_given_messages_again()
    {
        var world = new BrokerWorld();
        var member = world.Connect("member", with: c => c with { ReceiveMaximum = 1 });
        member.Subscribe(Filter, QoS.AtLeastOnce);
        member.Subscribe("own", QoS.AtLeastOnce);
        var publisher = world.Connect("p");
        publisher.Publish("own", "in flight", QoS.AtLeastOnce, 1);
        var first = member.ExpectPublish("own", "in flight");
        publisher.Publish("t", "1", QoS.AtLeastOnce, 2);
        publisher.Publish("t", "at QoS 0");
        world.Advance(10);
        member.ExpectNothing();

        member.Send(PubAck(first));

        member.Send(PubAck(member.ExpectPublish("t", "1")));
        member.ExpectPublish("t", "at QoS 0");
        Assert.Equal(0, world.Statistics()[Counter.QoS0Offline]);
    }

    [Fact]
    public void H6_What_two_members_give_back_goes_on_in_the_order_of_the_publisher()
    {
        var world = new BrokerWorld(new BrokerOptions { InTransitBytesMax = 4_096 });
        var stuck = Enumerable.Range(0, 2).Select(i => world.Connect($"stuck{i}")).ToList();
        foreach (var client in stuck)
        {
            client.Subscribe(Filter, QoS.AtLeastOnce);
            client.IsSlow = true;
        }

        var publisher = world.Connect("p");
        for (ushort i = 1; i <= 40; i++)
        {
            publisher.Publish("t", $"{i:00}".PadRight(1_000), QoS.AtLeastOnce, i);
        }

        world.Advance(1);
        var good = world.Connect("good");
        good.Subscribe(Filter, QoS.AtLeastOnce);

        var texts = Texts(good).ToList();
        Assert.InRange(texts.Count, 28, 39);
        Assert.Equal(texts.Order(), texts);
    }

    [Fact]
    public void A_message_that_does_not_fit_a_members_own_queue_goes_back_and_is_not_lost()
    {
        var world = new BrokerWorld(new BrokerOptions { QueuedMessagesMax = 2 });
        var full = world.Connect("full", with: c => c with { ReceiveMaximum = 1 });
        full.Subscribe("own", QoS.AtLeastOnce);
        full.Subscribe(Filter, QoS.AtLeastOnce);
        var good = world.Connect("good");
        good.Subscribe(Filter, QoS.AtLeastOnce);
        var publisher = world.Connect("p");
        for (ushort i = 1; i <= 3; i++)
        {
            publisher.Publish("own", $"{i}", QoS.AtLeastOnce, i);
        }

        for (ushort i = 4; i <= 9; i++)
        {
            publisher.Publish("t", $"{i}", QoS.AtLeastOnce, i);
        }

        Assert.Equal(["4", "5", "6", "7", "8", "9"], Texts(good).Order());
        Assert.Equal(["1"], Texts(full));
    }

    [Fact]
    public void SUBACK_comes_before_the_first_message_in_any_order_of_turns()
    {
        for (var seed = 1UL; seed <= 100; seed++)
        {
            var world = new BrokerWorld(host: new DeterministicOptions { Seed = seed, Order = DispatchOrder.SeededRandom });
            var member = world.Connect("member");
            var publisher = world.Connect("p");
            member.SendLater(Subscribe(
                1, null, new Subscription(Packets.Filter("a/b/c/d"), QoS.AtLeastOnce), new Subscription(Packets.Filter(Filter), QoS.AtLeastOnce),
                new Subscription(Packets.Filter("x/y/z"), QoS.AtLeastOnce)));
            for (ushort i = 1; i <= 30; i++)
            {
                publisher.SendLater(Publish("t", $"{i}", QoS.AtLeastOnce, i));
                world.Host.RunOne();
                world.Host.RunOne();
            }

            world.Run();
            publisher.Publish("t", "last", QoS.AtLeastOnce, 31);

            member.Expect<SubAckPacket>();
            Assert.Equal("last", Texts(member).Last());
        }
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    public void S8_A_member_that_comes_a_thousand_times_in_a_hurry_is_one_member_in_the_end(ulong seed)
    {
        var world = new BrokerWorld(host: new DeterministicOptions { Seed = seed, Order = DispatchOrder.SeededRandom });
        var random = new Random((int)seed);
        var member = world.OpenLater();
        for (var i = 0; i < 1_000; i++)
        {
            if (i % 3 == 0) member.DropLater();
            member = world.OpenLater();
            member.SendLater(new ConnectPacket { Version = MqttVersion.V5, ClientId = "member", CleanStart = i % 2 == 1 });
            member.SendLater(Subscribe(1, null, new Subscription(Packets.Filter(Filter), QoS.AtLeastOnce)));
            if (i % 5 == 0) member.SendLater(new DisconnectPacket());
            for (var turns = random.Next(30); turns > 0; turns--) world.Host.RunOne();
        }

        world.Run();
        member.Expect<ConnAckPacket>();
        member.Expect<SubAckPacket>();
        world.Connect("p").Publish("t", "to one", QoS.AtLeastOnce, 1);

        Assert.Equal(["to one"], Texts(member));
        member.Drop();
        world.Advance(1);
        Assert.Equal(0, world.Statistics()[Counter.SharedSubscriptions]);
    }

    [Fact]
    public void Nothing_is_left_of_a_group_whose_last_member_dropped_while_it_left()
    {
        for (var seed = 1UL; seed <= 200; seed++)
        {
            var world = new BrokerWorld(host: new DeterministicOptions { Seed = seed, Order = DispatchOrder.SeededRandom });
            world.Connect("earlier").Drop();
            var baseline = world.Host.ActorCount;       // with the topics of the statistics
            var member = world.Connect("member");
            member.Subscribe(Filter);
            member.SendLater(Unsubscribe(2, Filter, "unknown"));
            for (var turns = seed % 15; turns > 0; turns--)
            {
                world.Host.RunOne();
            }

            member.DropLater();
            world.Run();

            Assert.Equal(baseline, world.Host.ActorCount);
        }
    }
}
