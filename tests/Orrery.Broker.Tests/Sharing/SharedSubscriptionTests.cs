using Orrery.Actors.Extensions;
using Orrery.Broker.Sharing;
using Orrery.Broker.Statistics;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Sharing;

public class SharedSubscriptionTests
{
    private readonly BrokerWorld _world = new();

    private static IEnumerable<string> Texts(TestClient client) => client.TakeAll().OfType<PublishPacket>().Select(TestClient.Text);

    [Theory]
    [InlineData(SharedSubscriptionStrategy.RoundRobin)]
    [InlineData(SharedSubscriptionStrategy.Random)]
    [InlineData(SharedSubscriptionStrategy.LeastInFlight)]
    [InlineData(SharedSubscriptionStrategy.StickyByPublisher)]
    [Trait("Statement", "MQTT-4.8.2-3")]
    public void H1_H6_Each_message_goes_to_one_member_of_each_group_in_order(SharedSubscriptionStrategy strategy)
    {
        var world = new BrokerWorld(new BrokerOptions { SharedSubscriptionStrategy = strategy });
        var ones = Enumerable.Range(0, 3).Select(i => world.Connect($"one{i}")).ToList();
        var others = Enumerable.Range(0, 2).Select(i => world.Connect($"other{i}")).ToList();
        var alone = world.Connect("alone");
        ones.ForEach(c => c.Subscribe("$share/one/t/#", QoS.AtLeastOnce));
        others.ForEach(c => c.Subscribe("$share/other/t/#", QoS.AtLeastOnce));
        alone.Subscribe("t/#");
        var publisher = world.Connect("p");

        publisher.Send([.. Enumerable.Range(1, 90).Select(i => Publish("t/x", $"{i:00}", (QoS)(i % 2), (ushort)(i % 2 == 0 ? 0 : i)))]);

        var all = Enumerable.Range(1, 90).Select(i => $"{i:00}").ToList();
        Assert.Equal(all, Texts(alone));
        foreach (var group in new[] { ones, others })
        {
            var shares = group.Select(c => Texts(c).ToList()).ToList();
            Assert.All(shares, share => Assert.Equal(share.Order(), share));
            Assert.Equal(all, shares.SelectMany(s => s).Order());
        }
    }

    [Fact]
    public void Round_robin_is_even_and_sticky_is_one()
    {
        var sizes = new Dictionary<SharedSubscriptionStrategy, List<int>>();
        foreach (var strategy in new[] { SharedSubscriptionStrategy.RoundRobin, SharedSubscriptionStrategy.StickyByPublisher })
        {
            var world = new BrokerWorld(new BrokerOptions { SharedSubscriptionStrategy = strategy });
            var members = Enumerable.Range(0, 3).Select(i => world.Connect($"m{i}")).ToList();
            members.ForEach(c => c.Subscribe("$share/g/t", QoS.AtMostOnce));
            world.Connect("p").Send([.. Enumerable.Range(1, 30).Select(i => Publish("t", $"{i}"))]);
            sizes[strategy] = [.. members.Select(c => c.InboxCount).Order()];
        }

        Assert.Equal([10, 10, 10], sizes[SharedSubscriptionStrategy.RoundRobin]);
        Assert.Equal([0, 0, 30], sizes[SharedSubscriptionStrategy.StickyByPublisher]);
    }

    [Fact]
    public void H4_A_member_without_quota_never_blocks_the_others()
    {
        var full = _world.Connect("full", with: c => c with { ReceiveMaximum = 1 });
        full.Subscribe("$share/g/t", QoS.AtLeastOnce);
        var good = _world.Connect("good");
        good.Subscribe("$share/g/t", QoS.AtLeastOnce);
        var publisher = _world.Connect("p");

        for (ushort i = 1; i <= 50; i++)
        {
            publisher.Publish("t", $"{i}", QoS.AtLeastOnce, i);
        }

        Assert.Single(full.TakeAll());
        Assert.Equal(49, good.TakeAll().Count);
    }

    [Fact]
    public void Messages_wait_for_the_first_member_with_room()
    {
        var only = _world.Connect("only", with: c => c with { ReceiveMaximum = 1 });
        only.Subscribe("$share/g/t", QoS.AtLeastOnce);
        var publisher = _world.Connect("p");
        for (ushort i = 1; i <= 5; i++)
        {
            publisher.Publish("t", $"{i}", QoS.AtLeastOnce, i);
        }

        var later = _world.Connect("later");
        later.Subscribe("$share/g/t", QoS.AtLeastOnce);

        Assert.Equal(["1"], Texts(only));
        Assert.Equal(["2", "3", "4", "5"], Texts(later));
    }

    [Fact]
    public void Offline_members_keep_the_group_and_what_it_is_owed()
    {
        var member = _world.Connect("m", cleanStart: false, sessionExpiry: 100);
        member.Subscribe("$share/g/t", QoS.AtLeastOnce);
        member.Drop();
        var publisher = _world.Connect("p");
        publisher.Publish("t", "1", QoS.AtLeastOnce, 1);
        publisher.Publish("t", "lost, at QoS 0");
        publisher.Publish("t", "2", QoS.AtLeastOnce, 2);

        member = _world.Connect("m", cleanStart: false, sessionExpiry: 100);

        Assert.Equal(["1", "2"], Texts(member));
        Assert.Equal(1, _world.Statistics()[Counter.QoS0Offline]);
    }

    [Fact]
    [Trait("Statement", "MQTT-4.8.2-4")]
    public void H2_QoS_2_in_flight_completes_to_its_member_on_resume()
    {
        var first = _world.Connect("first", cleanStart: false, sessionExpiry: 100);
        first.Subscribe("$share/g/t");
        _world.Connect("p").Publish("t", "x", QoS.ExactlyOnce, 1);
        var publish = first.ExpectPublish("t", "x");
        var second = _world.Connect("second");
        second.Subscribe("$share/g/t");
        first.Drop();

        second.ExpectNothing();
        first = _world.Connect("first", cleanStart: false, sessionExpiry: 100);

        Assert.Equal((true, publish.PacketIdentifier), (first.ExpectPublish("t", "x") is var again && again.Duplicate, again.PacketIdentifier));
    }

    [Fact]
    [Trait("Statement", "MQTT-4.8.2-5")]
    public void H2_When_the_session_ends_QoS_1_moves_and_QoS_2_does_not()
    {
        var first = _world.Connect("first", cleanStart: false, sessionExpiry: 10);
        first.Subscribe("$share/g/t");
        var publisher = _world.Connect("p");
        publisher.Publish("t", "one", QoS.AtLeastOnce, 1);
        publisher.Publish("t", "two", QoS.ExactlyOnce, 2);
        Assert.Equal(["one", "two"], Texts(first));
        var second = _world.Connect("second");
        second.Subscribe("$share/g/t");
        first.Drop();
        second.ExpectNothing();

        _world.Advance(10);

        Assert.Equal(["one"], Texts(second));
        Assert.Equal(1, _world.Statistics()[Counter.SharedInFlightEnded]);
    }

    [Fact]
    [Trait("Statement", "MQTT-4.8.2-6")]
    public void H3_A_refused_message_goes_to_nobody_else()
    {
        var first = _world.Connect("first");
        first.Subscribe("$share/g/t");
        var publisher = _world.Connect("p");
        publisher.Publish("t", "x", QoS.AtLeastOnce, 1);
        var publish = first.ExpectPublish("t", "x");
        var second = _world.Connect("second");
        second.Subscribe("$share/g/t");

        first.Send(PubAck(publish) with { ReasonCode = ReasonCode.ImplementationSpecificError });
        first.Drop();

        second.ExpectNothing();
    }

    [Fact]
    public void What_a_stuck_member_has_not_begun_goes_to_another_when_it_is_gone()
    {
        var world = new BrokerWorld(new BrokerOptions { InTransitBytesMax = 4_096 });
        var stuck = world.Connect("stuck");
        stuck.Subscribe("$share/g/t", QoS.AtLeastOnce);
        stuck.IsSlow = true;
        var publisher = world.Connect("p");
        for (ushort i = 1; i <= 20; i++)
        {
            publisher.Publish("t", $"{i:00}".PadRight(1_000), QoS.AtLeastOnce, i);
        }

        var good = world.Connect("good");
        good.Subscribe("$share/g/t", QoS.AtLeastOnce);
        good.ExpectNothing();
        stuck.Drop();

        Assert.Equal(Enumerable.Range(1, 20).Select(i => $"{i:00}"), Texts(good).Select(t => t.TrimEnd()).Order());
    }

    [Fact]
    public void After_UNSUBACK_a_member_gets_nothing_and_the_rest_goes_on()
    {
        var first = _world.Connect("first");
        first.Subscribe("$share/g/t");
        var second = _world.Connect("second");
        second.Subscribe("$share/g/t");
        first.Send(Unsubscribe(2, "$share/g/t", "$share/h/t"));
        Assert.Equal([ReasonCode.Success, ReasonCode.NoSubscriptionExisted], first.Expect<UnsubAckPacket>().ReasonCodes);

        var publisher = _world.Connect("p");
        for (ushort i = 1; i <= 6; i++)
        {
            publisher.Publish("t", $"{i}", QoS.AtLeastOnce, i);
        }

        first.ExpectNothing();
        Assert.Equal(6, second.TakeAll().Count);
    }

    [Fact]
    public void A_shared_subscription_gets_no_retained_messages_and_the_members_own_options()
    {
        var publisher = _world.Connect("p");
        publisher.Publish("t", "old", retain: true);
        var member = _world.Connect("m");
        member.Subscribe("$share/g/t", QoS.AtMostOnce, retainAsPublished: true, identifier: 9);
        member.ExpectNothing();

        publisher.Publish("t", "new", QoS.ExactlyOnce, 1, retain: true);

        var publish = member.ExpectPublish("t", "new");
        Assert.Equal((QoS.AtMostOnce, true), (publish.Message.QoS, publish.Message.Retain));
        Assert.Equal([9u], publish.SubscriptionIdentifiers);
    }

    [Fact]
    public void A_group_that_everybody_left_leaves_nothing_behind_and_can_come_back()
    {
        var client = _world.Connect("c");
        var baseline = _world.Host.ActorCount;
        for (var i = 0; i < 5; i++)
        {
            client.Subscribe("$share/g/a/b");
            Assert.True(_world.Host.ActorCount > baseline);
            client.Send(Unsubscribe(2, "$share/g/a/b"));
            client.Expect<UnsubAckPacket>();
            Assert.Equal(baseline, _world.Host.ActorCount);
        }

        client.Subscribe("$share/g/a/b");
        _world.Connect("p").Publish("a/b", "x");
        client.ExpectPublish("a/b", "x");
    }

    [Fact]
    public void H1_Holds_while_members_come_and_go_in_any_order_of_turns()
    {
        for (var seed = 1UL; seed <= 60; seed++)
        {
            var world = new BrokerWorld(host: new DeterministicOptions { Seed = seed, Order = DispatchOrder.SeededRandom });
            var steady = world.Connect("steady");
            steady.Subscribe("$share/g/t", QoS.AtLeastOnce);
            var leaver = world.Connect("leaver");
            leaver.Subscribe("$share/g/t", QoS.AtLeastOnce);
            var publisher = world.Connect("p");
            for (ushort i = 1; i <= 30; i++)
            {
                publisher.SendLater(Publish("t", $"{i:00}", QoS.AtLeastOnce, i));
                if (i == 10)
                {
                    leaver.SendLater(Unsubscribe(2, "$share/g/t"));
                }

                if (i == 20)
                {
                    leaver.SendLater(Subscribe(3, null, new Subscription(Filter("$share/g/t"), QoS.AtLeastOnce, false, false, RetainHandling.SendAtSubscribe)));
                }

                for (var turns = (int)(seed % 7); turns > 0; turns--)
                {
                    world.Host.RunOne();
                }
            }

            world.Run();

            Assert.Equal(Enumerable.Range(1, 30).Select(i => $"{i:00}"), Texts(steady).Concat(Texts(leaver)).Order());
        }
    }
}
