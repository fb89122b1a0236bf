using Orrery.Actors.Extensions;
using Orrery.Broker.Statistics;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Publishing;

[Trait("Statement", "MQTT-4.6.0-6")]
[Trait("Statement", "MQTT-4.6.0-5")]
[Trait("Statement", "v311:MQTT-4.6.0-5")]
[Trait("Statement", "v311:MQTT-4.6.0-6")]
public class OrderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void O1_Messages_of_one_publisher_arrive_in_order_whatever_their_QoS(int granted)
    {
        var world = new BrokerWorld();
        var subscriber = world.Connect("s");
        subscriber.Subscribe("a", (QoS)granted);
        var publisher = world.Connect("p");

        publisher.Send([.. Enumerable.Range(1, 300).Select(i => Publish("a", $"{i}", (QoS)(i % 3), (ushort)(i % 3 == 0 ? 0 : i), retain: i % 7 == 0))]);

        Assert.Equal(
            Enumerable.Range(1, 300).Select(i => $"{i}"),
            subscriber.TakeAll().OfType<PublishPacket>().Select(TestClient.Text));
    }

    [Fact]
    public void O1_Holds_for_every_order_in_which_ready_actors_run()
    {
        for (var seed = 1UL; seed <= 40; seed++)
        {
            var world = new BrokerWorld(host: new DeterministicOptions { Seed = seed, Order = DispatchOrder.SeededRandom });
            var subscriber = world.Connect("s");
            subscriber.Subscribe("#", QoS.AtLeastOnce);
            var publishers = Enumerable.Range(0, 4).Select(i => world.Connect($"p{i}")).ToList();
            for (ushort i = 1; i <= 20; i++)
            {
                foreach (var publisher in publishers)
                {
                    publisher.SendLater(Publish($"t/{publishers.IndexOf(publisher)}", $"{i}", (QoS)(i % 3), (ushort)(i % 3 == 0 ? 0 : i)));
                }
            }

            world.Run();

            var received = subscriber.TakeAll().OfType<PublishPacket>().ToLookup(p => p.Message.Topic.ToString(), TestClient.Text);
            Assert.Equal(4, received.Count);
            Assert.All(received, topic => Assert.Equal(Enumerable.Range(1, 20).Select(i => $"{i}"), topic));
        }
    }

    [Fact]
    [Trait("Statement", "MQTT-4.6.0-1")]
    [Trait("Statement", "MQTT-3.3.1-1")]
    [Trait("Statement", "v311:MQTT-4.6.0-1")]
    public void O2_Resends_come_first_and_in_their_order()
    {
        var world = new BrokerWorld();
        var subscriber = world.Connect("s", cleanStart: false, sessionExpiry: 100);
        subscriber.Subscribe("a", QoS.AtLeastOnce);
        var publisher = world.Connect("p");
        for (ushort i = 1; i <= 5; i++)
        {
            publisher.Publish("a", $"{i}", QoS.AtLeastOnce, i);
        }

        var sent = subscriber.TakeAll().Cast<PublishPacket>().ToList();
        subscriber.Send(PubAck(sent[1]));
        subscriber.Drop();
        publisher.Publish("a", "6", QoS.AtLeastOnce, 6);

        subscriber = world.Connect("s", cleanStart: false, sessionExpiry: 100);

        Assert.Equal(
            [("1", true), ("3", true), ("4", true), ("5", true), ("6", false)],
            subscriber.TakeAll().Cast<PublishPacket>().Select(p => (TestClient.Text(p), p.Duplicate)));
    }

    [Fact]
    [Trait("Statement", "MQTT-4.9.0-1")]
    public void O3_With_a_receive_maximum_of_1_nothing_is_reordered()
    {
        var world = new BrokerWorld();
        TestClient Connect() => world.Connect("s", cleanStart: false, sessionExpiry: 100, with: c => c with { ReceiveMaximum = 1 });
        var subscriber = Connect();
        subscriber.Subscribe("a", QoS.AtLeastOnce);
        var publisher = world.Connect("p");
        publisher.Send([.. Enumerable.Range(1, 6).Select(i => Publish("a", $"{i}", QoS.AtLeastOnce, (ushort)i))]);
        subscriber.ExpectPublish("a", "1");
        subscriber.ExpectNothing();
        subscriber.Drop();

        subscriber = Connect();
        for (var i = 1; i <= 6; i++)
        {
            var publish = subscriber.ExpectPublish("a", $"{i}");
            subscriber.ExpectNothing();
            subscriber.Send(PubAck(publish));
        }

        subscriber.ExpectNothing();
    }

    [Theory]
    [InlineData(QueueFullPolicy.DropNewest, 20, "1 2 3")]
    [InlineData(QueueFullPolicy.DropOldest, 20, "3 4 5")]
    [InlineData(QueueFullPolicy.DropNewest, 500, "1")]      // two of them are above 1,024 bytes
    [InlineData(QueueFullPolicy.DropOldest, 500, "5")]
    public void What_waits_for_SUBACK_has_the_limits_of_a_queue(QueueFullPolicy policy, int size, string kept)
    {
        var world = new BrokerWorld(new BrokerOptions { QueuedMessagesMax = 3, QueuedBytesMax = 1_024, QueueFullPolicy = policy });
        var subscriber = world.Connect("s");
        subscriber.Subscribe("a", QoS.AtLeastOnce);
        var publishers = Enumerable.Range(1, 5).Select(i => world.Connect($"p{i}")).ToList();

        // The filter stands many turns below the root: what the first subscription lets through has to wait.
        subscriber.SendLater(Subscribe(
            2, null, new Subscription(Filter("long/way/down/to/the/last/level"), QoS.AtLeastOnce, false, false, RetainHandling.SendAtSubscribe)));
        for (var i = 0; i < 5; i++) publishers[i].SendLater(Publish("a", $"{i + 1}".PadRight(size), QoS.AtLeastOnce, 1));
        world.Run();

        subscriber.Expect<SubAckPacket>();
        Assert.Equal(kept, string.Join(' ', subscriber.TakeAll().Cast<PublishPacket>().Select(publish => TestClient.Text(publish).TrimEnd())));
        Assert.Equal(5 - kept.Split(' ').Length, world.Statistics()[Counter.QueueFull]);
        publishers[0].Publish("a", "later", QoS.AtLeastOnce, 2);
        subscriber.ExpectPublish("a", "later");
    }

    [Fact]
    public void O5_SUBACK_precedes_the_first_message_of_the_subscription_and_none_that_was_routed_is_lost()
    {
        for (var seed = 1UL; seed <= 300; seed++)
        {
            var world = new BrokerWorld(host: new DeterministicOptions { Seed = seed, Order = DispatchOrder.SeededRandom });
            var subscriber = world.Connect("s");
            var publishers = Enumerable.Range(0, 5).Select(i => world.Connect($"p{i}")).ToList();
            publishers[0].Publish("a/b", "retained", retain: true);
            // The second filter stands many turns after the first: what the first lets through has to wait for SUBACK.
            subscriber.SendLater(Subscribe(
                1, null,
                new Subscription(Filter("a/+"), QoS.AtLeastOnce, false, false, RetainHandling.SendAtSubscribe),
                new Subscription(Filter("a/long/way/down/to/the/last/level"), QoS.AtLeastOnce, false, false, RetainHandling.SendAtSubscribe)));
            foreach (var publisher in publishers)
            {
                for (var turns = (int)(seed % 6); turns > 0; turns--)
                {
                    world.Host.RunOne();
                }

                publisher.SendLater(Publish("a/b", "live", QoS.AtLeastOnce, 1));
            }

            world.Run();

            var packets = subscriber.TakeAll();
            Assert.IsType<SubAckPacket>(packets[0]);
            Assert.Equal("retained", TestClient.Text(Assert.IsType<PublishPacket>(packets[1])));
            var routed = publishers.Count(p => p.Expect<PubAckPacket>().ReasonCode == ReasonCode.Success);
            Assert.Equal(routed, packets.Count - 2);
        }
    }
}
