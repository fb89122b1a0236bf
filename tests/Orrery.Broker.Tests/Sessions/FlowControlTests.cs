using Orrery.Broker.Statistics;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Sessions;

public class FlowControlTests
{
    [Fact]
    [Trait("Statement", "MQTT-3.3.4-9")]
    [Trait("Statement", "MQTT-4.9.0-1")]
    [Trait("Statement", "MQTT-4.9.0-2")]
    public void F1_No_more_than_the_receive_maximum_is_in_flight()
    {
        var world = new BrokerWorld();
        var subscriber = world.Connect("s", with: c => c with { ReceiveMaximum = 3 });
        subscriber.Subscribe("a");
        var publisher = world.Connect("p");
        for (ushort i = 1; i <= 10; i++)
        {
            publisher.Publish("a", $"{i}", (QoS)((i % 2) + 1), i);
        }

        var open = new Queue<PublishPacket>();
        for (var next = 1; next <= 10; next++)
        {
            while (subscriber.InboxCount > 0)
            {
                open.Enqueue(subscriber.Expect<PublishPacket>());
                Assert.True(open.Count <= 3);
            }

            var publish = open.Dequeue();
            Assert.Equal($"{next}", TestClient.Text(publish));
            if (publish.Message.QoS == QoS.AtLeastOnce)
            {
                subscriber.Send(PubAck(publish));
                continue;
            }

            subscriber.Send(PubRec(publish));
            subscriber.Expect<PubRelPacket>();
            subscriber.ExpectNothing();                 // the quota comes back with PUBCOMP, not before
            subscriber.Send(PubComp(publish));
        }
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.4-10")]
    [Trait("Statement", "MQTT-4.3.1-1")]
    [Trait("Statement", "v311:MQTT-4.3.1-1")]
    [Trait("Statement", "MQTT-3.3.1-2")]
    [Trait("Statement", "v311:MQTT-3.3.1-2")]
    public void F2_QoS_0_passes_messages_that_wait_for_quota()
    {
        var world = new BrokerWorld();
        var subscriber = world.Connect("s", with: c => c with { ReceiveMaximum = 1 });
        subscriber.Subscribe("a");
        var publisher = world.Connect("p");

        publisher.Send(
            Publish("a", "1", QoS.AtLeastOnce, 1), Publish("a", "2", QoS.AtLeastOnce, 2), Publish("a", "3"));

        subscriber.ExpectPublish("a", "1");
        subscriber.ExpectPublish("a", "3");
        subscriber.ExpectNothing();
    }

    [Theory]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    [Trait("Statement", "MQTT-3.3.4-7")]
    [Trait("Statement", "MQTT-4.13.2-1")]
    public void F3_More_than_our_receive_maximum_ends_the_connection(QoS qos)
    {
        var world = new BrokerWorld(new BrokerOptions { ReceiveMaximum = 3 });
        var client = world.Connect("c");

        client.Send([.. Enumerable.Range(1, 4).Select(i => Publish("a", "x", qos, (ushort)i))]);

        Assert.Equal(ReasonCode.ReceiveMaximumExceeded, client.TakeAll().OfType<DisconnectPacket>().Single().ReasonCode);
        Assert.True(client.IsClosed);
    }

    [Fact]
    public void F3_Exactly_our_receive_maximum_is_fine_again_and_again()
    {
        var world = new BrokerWorld(new BrokerOptions { ReceiveMaximum = 3 });
        var client = world.Connect("c");

        for (var round = 0; round < 5; round++)
        {
            client.Send([.. Enumerable.Range(1, 3).Select(i => Publish("a", "x", (QoS)((i % 2) + 1), (ushort)i))]);
            client.Send(PubRel(1), PubRel(3));
        }

        Assert.False(client.IsClosed);
    }

    [Fact]
    [Trait("Statement", "MQTT-4.3.3-10")]
    public void F3_A_publication_that_is_sent_again_uses_no_more_of_our_receive_maximum()
    {
        var world = new BrokerWorld(new BrokerOptions { ReceiveMaximum = 2 });
        var client = world.Connect("c", cleanStart: false, sessionExpiry: 100);
        client.Send(Publish("a", "1", QoS.ExactlyOnce, 1), Publish("a", "2", QoS.ExactlyOnce, 2));
        client.Drop();

        client = world.Connect("c", cleanStart: false, sessionExpiry: 100);
        for (var round = 0; round < 2; round++)
        {
            client.Send(
                Publish("a", "1", QoS.ExactlyOnce, 1, duplicate: true), Publish("a", "2", QoS.ExactlyOnce, 2, duplicate: true));
            Assert.Equal(2, client.TakeAll().OfType<PubRecPacket>().Count());
        }

        client.Send(Publish("a", "3", QoS.ExactlyOnce, 3));
        Assert.Equal(ReasonCode.ReceiveMaximumExceeded, client.Expect<DisconnectPacket>().ReasonCode);
    }

    [Theory]
    [InlineData(QueueFullPolicy.DropNewest, new[] { "1", "2", "3" })]
    [InlineData(QueueFullPolicy.DropOldest, new[] { "4", "5", "6" })]
    public void F4_A_full_queue_follows_its_policy_and_counts(QueueFullPolicy policy, string[] left)
    {
        var world = new BrokerWorld(new BrokerOptions { QueuedMessagesMax = 3, QueueFullPolicy = policy });
        world.Connect("s", cleanStart: false, sessionExpiry: 100).Subscribe("a");
        world.Connect("s", cleanStart: false, sessionExpiry: 100).Drop();
        var publisher = world.Connect("p");
        for (ushort i = 1; i <= 6; i++)
        {
            publisher.Publish("a", $"{i}", QoS.AtLeastOnce, i);
        }

        var subscriber = world.Connect("s", cleanStart: false, sessionExpiry: 100);

        Assert.Equal(left, subscriber.TakeAll().Cast<PublishPacket>().Select(TestClient.Text));
        Assert.Equal(3, world.Statistics()[Counter.QueueFull]);
    }

    [Fact]
    public void F5_A_client_that_never_reads_costs_the_others_nothing()
    {
        var world = new BrokerWorld(new BrokerOptions { InTransitBytesMax = 4_096, QueuedMessagesMax = 10 });
        var stuck = world.Connect("stuck");
        stuck.Subscribe("a");
        stuck.IsSlow = true;
        var good = world.Connect("good");
        good.Subscribe("a");
        var publisher = world.Connect("p");
        var payload = new string('x', 500);

        for (var i = 0; i < 200; i++)
        {
            publisher.Publish("a", payload);
        }

        Assert.Equal(200, good.TakeAll().Count);
        var lost = world.Statistics()[Counter.QueueFull];
        Assert.InRange(lost, 150, 200);
        stuck.Drain();
        Assert.Equal(200 - lost, stuck.TakeAll().Count);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.1.2-24")]
    [Trait("Statement", "MQTT-3.1.2-25")]
    public void F6_A_packet_too_large_for_the_client_counts_as_sent()
    {
        var world = new BrokerWorld();
        var subscriber = world.Connect("s", with: c => c with { MaximumPacketSize = 60, ReceiveMaximum = 1 });
        subscriber.Subscribe("a");
        var publisher = world.Connect("p");
        var large = new string('x', 100);

        publisher.Send(
            Publish("a", large), Publish("a", large, QoS.AtLeastOnce, 1), Publish("a", large, QoS.ExactlyOnce, 2),
            Publish("a", "fits", QoS.AtLeastOnce, 3));

        subscriber.ExpectPublish("a", "fits");
        subscriber.ExpectNothing();
        Assert.Equal(3, world.Statistics()[Counter.TooLargeForClient]);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.2-5")]
    public void ME1_A_message_that_expired_in_the_queue_is_not_sent_and_the_time_left_is_told()
    {
        var world = new BrokerWorld();
        world.Connect("s", cleanStart: false, sessionExpiry: 100).Subscribe("a");
        world.Connect("s", cleanStart: false, sessionExpiry: 100).Drop();
        var publisher = world.Connect("p");
        publisher.Publish("a", "short", QoS.AtLeastOnce, 1, properties: new MessageProperties(messageExpiryIntervalSeconds: 5));
        publisher.Publish("a", "long", QoS.AtLeastOnce, 2, properties: new MessageProperties(messageExpiryIntervalSeconds: 50));
        world.Advance(20);

        var subscriber = world.Connect("s", cleanStart: false, sessionExpiry: 100);

        Assert.Equal(30u, subscriber.ExpectPublish("a", "long").Message.Properties!.MessageExpiryIntervalSeconds);
        subscriber.ExpectNothing();
        Assert.Equal(1, world.Statistics()[Counter.Expired]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void ME3_A_wall_clock_that_is_set_neither_shortens_nor_lengthens_the_wait_of_a_message(int hours)
    {
        var world = new BrokerWorld();
        world.Connect("s", cleanStart: false, sessionExpiry: 100).Subscribe("a");
        world.Connect("s", cleanStart: false, sessionExpiry: 100).Drop();
        var publisher = world.Connect("p");
        publisher.Publish("a", "short", QoS.AtLeastOnce, 1, properties: new MessageProperties(messageExpiryIntervalSeconds: 5));
        publisher.Publish("a", "long", QoS.AtLeastOnce, 2, properties: new MessageProperties(messageExpiryIntervalSeconds: 50));
        world.Host.Scheduler.JumpWallClock(TimeSpan.FromHours(hours));
        world.Advance(20);

        var subscriber = world.Connect("s", cleanStart: false, sessionExpiry: 100);

        Assert.Equal(30u, subscriber.ExpectPublish("a", "long").Message.Properties!.MessageExpiryIntervalSeconds);
        subscriber.ExpectNothing();
    }

    [Fact]
    [Trait("Statement", "MQTT-4.3.3-7")]
    public void Q2_7_Expiry_does_not_interrupt_a_started_exchange()
    {
        var world = new BrokerWorld();
        var subscriber = world.Connect("s", cleanStart: false, sessionExpiry: 100);
        subscriber.Subscribe("a");
        world.Connect("p").Publish("a", "x", QoS.ExactlyOnce, 1, properties: new MessageProperties(messageExpiryIntervalSeconds: 5));
        var publish = subscriber.ExpectPublish("a", "x");
        subscriber.Drop();
        world.Advance(20);

        subscriber = world.Connect("s", cleanStart: false, sessionExpiry: 100);

        Assert.Equal(publish.PacketIdentifier, subscriber.ExpectPublish("a", "x").PacketIdentifier);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.1.2-26")]
    [Trait("Statement", "MQTT-3.3.2-11")]
    public void F7_A_repeated_topic_is_sent_as_an_alias_where_the_client_allows()
    {
        var world = new BrokerWorld();
        var subscriber = world.Connect("s", with: c => c with { TopicAliasMaximum = 1 });
        subscriber.Subscribe("#");
        var publisher = world.Connect("p");

        publisher.Publish("long/topic/one", "1");
        publisher.Publish("long/topic/one", "2");
        publisher.Publish("long/topic/two", "3");

        Assert.Equal(1, subscriber.ExpectPublish("long/topic/one", "1").TopicAlias);
        Assert.Equal(1, subscriber.ExpectPublish("long/topic/one", "2").TopicAlias);
        Assert.Equal(0, subscriber.ExpectPublish("long/topic/two", "3").TopicAlias);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_long_queue_and_many_retained_messages_leave_in_portions(bool retained)
    {
        var world = new BrokerWorld(new BrokerOptions { InTransitBytesMax = 4_096 });
        var subscriber = world.Connect("s", cleanStart: false, sessionExpiry: 100);
        subscriber.Subscribe(retained ? "other" : "t/#", QoS.AtLeastOnce);
        subscriber.Drop();
        var publisher = world.Connect("p");
        for (ushort i = 1; i <= 200; i++)
        {
            publisher.Publish($"t/{i}", $"{i}".PadRight(500), QoS.AtLeastOnce, i, retain: retained);
        }

        subscriber = world.Connect("s", cleanStart: false, sessionExpiry: 100);
        if (retained)
        {
            subscriber.Subscribe("t/#", QoS.AtLeastOnce);
        }

        Assert.Equal(Enumerable.Range(1, 200).Select(i => $"{i}"), subscriber.TakeAll().Cast<PublishPacket>().Select(p => TestClient.Text(p).TrimEnd()));
        Assert.InRange(subscriber.LargestFlush, 500, 8_192);
    }

    [Fact]
    public void A_flood_of_one_read_is_one_flush_at_the_subscriber()
    {
        var world = new BrokerWorld();
        var subscriber = world.Connect("s");
        subscriber.Subscribe("#");
        var publisher = world.Connect("p");
        var before = subscriber.Flushes;

        publisher.Send([.. Enumerable.Range(0, 100).Select(i => Publish($"t/{i % 10}", $"{i}"))]);

        Assert.Equal(100, subscriber.TakeAll().Count);
        Assert.Equal(1, subscriber.Flushes - before);
    }

    [Fact]
    public void A_publisher_waits_for_subscribers_that_fell_behind_and_goes_on()
    {
        var world = new BrokerWorld();
        var subscriber = world.Connect("s");
        subscriber.Subscribe("a");
        var publisher = world.Connect("p");
        var payload = new string('x', 30_000);

        for (var i = 0; i < 100; i++)
        {
            publisher.SendLater(Publish("a", payload));
        }

        world.Run();

        Assert.Equal(100, subscriber.TakeAll().Count);
    }
}
