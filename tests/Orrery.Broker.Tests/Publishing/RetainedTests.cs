using Orrery.Actors.Extensions;
using Orrery.Broker.Statistics;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Publishing;

public class RetainedTests
{
    private readonly BrokerWorld _world = new();

    [Fact]
    [Trait("Statement", "MQTT-3.3.1-9")]
    [Trait("Statement", "MQTT-4.3.1-1")]
    [Trait("Statement", "MQTT-3.3.1-2")]
    public void R1_A_new_subscription_gets_each_matching_value_with_the_flag_set()
    {
        var publisher = _world.Connect("p");
        publisher.Publish("a/1", "one", retain: true);
        publisher.Publish("a/2", "two", retain: true);
        publisher.Publish("b", "other", retain: true);
        publisher.Publish("a/1", "newer", retain: true);
        var subscriber = _world.Connect("s");

        subscriber.Subscribe("a/+");

        Assert.True(subscriber.ExpectPublish("a/1", "newer").Message.Retain);
        Assert.True(subscriber.ExpectPublish("a/2", "two").Message.Retain);
        subscriber.ExpectNothing();
    }

    [Fact]
    [Trait("Statement", "MQTT-3.10.4-2")]
    public void UN1_After_UNSUBACK_no_value_follows_that_was_still_owed()
    {
        var subscriber = SubscribeToThreeValuesOneAtATime(subscriptions: 1);
        var first = subscriber.TakeOnly<PublishPacket>();

        subscriber.Send(Unsubscribe(2, "a/+"));
        subscriber.Expect<UnsubAckPacket>();
        subscriber.Send(PubAck(first));

        subscriber.ExpectNothing();
    }

    [Fact]
    [Trait("Statement", "MQTT-3.8.4-4")]
    public void R2_Subscribing_again_and_again_without_taking_the_values_owes_them_once_more_and_not_each_time()
    {
        var subscriber = SubscribeToThreeValuesOneAtATime(subscriptions: 1_000);

        var topics = new List<string>();
        while (subscriber.TakeAll().OfType<PublishPacket>().SingleOrDefault() is { } publish)
        {
            topics.Add(publish.Message.Topic.ToString());
            subscriber.Send(PubAck(publish));
        }

        Assert.Equal(["a/1", "a/2", "a/3", "a/1", "a/2", "a/3"], topics);
    }

    private TestClient SubscribeToThreeValuesOneAtATime(int subscriptions)
    {
        var publisher = _world.Connect("p");
        for (ushort i = 1; i <= 3; i++)
        {
            publisher.Publish($"a/{i}", "x", QoS.AtLeastOnce, i, retain: true);
        }

        var subscriber = _world.Connect("s", with: c => c with { ReceiveMaximum = 1 });
        var subscription = new Subscription(Filter("a/+"), QoS.AtLeastOnce, false, false, RetainHandling.SendAtSubscribe);
        subscriber.Send([.. Enumerable.Range(0, subscriptions).Select(_ => Subscribe(1, null, subscription))]);
        return subscriber;
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.1-10")]
    [Trait("Statement", "MQTT-3.3.1-11")]
    public void R2_Retain_handling_decides_who_gets_them()
    {
        _world.Connect("p").Publish("a", "x", retain: true);
        var subscriber = _world.Connect("s");

        subscriber.Subscribe("a", retainHandling: RetainHandling.DoNotSend);
        subscriber.ExpectNothing();
        subscriber.Subscribe("a", retainHandling: RetainHandling.SendIfNewSubscription);
        subscriber.ExpectNothing();
        subscriber.Subscribe("a", retainHandling: RetainHandling.SendAtSubscribe);
        subscriber.ExpectPublish("a", "x");
        subscriber.Send(Unsubscribe(2, "a"));
        subscriber.Expect<UnsubAckPacket>();
        subscriber.Subscribe("a", retainHandling: RetainHandling.SendIfNewSubscription);
        subscriber.ExpectPublish("a", "x");
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.1-6")]
    [Trait("Statement", "MQTT-3.3.1-7")]
    public void R3_An_empty_payload_removes_and_is_passed_on()
    {
        var publisher = _world.Connect("p");
        publisher.Publish("a", "x", retain: true);
        var live = _world.Connect("live");
        live.Subscribe("a", retainHandling: RetainHandling.DoNotSend);

        publisher.Publish("a", "", retain: true);

        live.ExpectPublish("a", "");
        var later = _world.Connect("later");
        later.Subscribe("#");
        later.ExpectNothing();
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.1-8")]
    public void R3_A_message_without_the_flag_leaves_the_value_alone()
    {
        var publisher = _world.Connect("p");
        publisher.Publish("a", "kept", retain: true);
        publisher.Publish("a", "passing");
        publisher.Publish("a", "");
        var subscriber = _world.Connect("s");

        subscriber.Subscribe("a");

        subscriber.ExpectPublish("a", "kept");
    }

    [Theory]
    [InlineData(MqttVersion.V311, false, false)]
    [InlineData(MqttVersion.V5, false, false)]
    [InlineData(MqttVersion.V5, true, true)]
    [Trait("Statement", "MQTT-3.3.1-12")]
    [Trait("Statement", "MQTT-3.3.1-13")]
    [Trait("Statement", "v311:MQTT-3.3.1-9")]
    public void R4_The_flag_of_a_live_message_is_kept_only_on_request(MqttVersion version, bool asPublished, bool retain)
    {
        var subscriber = _world.Connect("s", version);
        subscriber.Subscribe("a", retainAsPublished: asPublished);

        _world.Connect("p").Publish("a", "x", retain: true);

        Assert.Equal(retain, subscriber.ExpectPublish("a", "x").Message.Retain);
        subscriber.ExpectNothing();
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.2-6")]
    public void R5_It_expires_and_tells_the_time_left()
    {
        _world.Connect("p").Publish("a", "x", retain: true, properties: new MessageProperties(messageExpiryIntervalSeconds: 10));
        _world.Advance(4);
        var early = _world.Connect("early");
        early.Subscribe("a");
        Assert.Equal(6u, early.ExpectPublish("a", "x").Message.Properties!.MessageExpiryIntervalSeconds);
        _world.Advance(6);
        var late = _world.Connect("late");

        late.Subscribe("a");

        late.ExpectNothing();
    }

    [Fact]
    [Trait("Statement", "MQTT-3.8.4-8")]
    public void R6_It_comes_at_the_lower_QoS()
    {
        _world.Connect("p").Publish("a", "x", QoS.ExactlyOnce, 1, retain: true);
        var subscriber = _world.Connect("s");

        subscriber.Subscribe("a", QoS.AtLeastOnce);

        Assert.Equal(QoS.AtLeastOnce, subscriber.ExpectPublish("a", "x").Message.QoS);
    }

    [Fact]
    [Trait("Statement", "MQTT-4.7.2-1")]
    public void Wildcards_do_not_reach_retained_system_topics()
    {
        _world.Connect("p").Publish("$x/y", "1", retain: true);
        var subscriber = _world.Connect("s");

        subscriber.Subscribe("#");
        subscriber.Subscribe("+/y");
        subscriber.ExpectNothing();
        subscriber.Subscribe("$x/#");

        subscriber.ExpectPublish("$x/y", "1");
    }

    [Fact]
    public void A_subscriber_always_ends_with_the_newest_value_however_actors_interleave()
    {
        for (var seed = 1UL; seed <= 200; seed++)
        {
            var world = new BrokerWorld(host: new DeterministicOptions { Seed = seed, Order = DispatchOrder.SeededRandom });
            var publisher = world.Connect("p");
            publisher.Publish("a/b", "old", retain: true);
            var subscriber = world.Connect("s");

            publisher.SendLater(Publish("a/b", "new", retain: true));
            subscriber.SendLater(Subscribe(1, null, new Subscription(Filter("a/#"), QoS.AtMostOnce, false, false, RetainHandling.SendAtSubscribe)));
            world.Run();

            var received = subscriber.TakeAll().OfType<PublishPacket>().Select(TestClient.Text).ToList();
            Assert.True(received.Count > 0 && received[^1] == "new", $"seed {seed}: {string.Join(',', received)}");
        }
    }

    [Fact]
    public void More_than_the_limit_is_delivered_but_not_kept()
    {
        var world = new BrokerWorld(new BrokerOptions { RetainedMessagesMax = 1 });
        var live = world.Connect("live");
        live.Subscribe("#");
        var publisher = world.Connect("p");

        publisher.Publish("a", "1", retain: true);
        publisher.Publish("b", "2", retain: true);

        live.ExpectPublish("a", "1");
        live.ExpectPublish("b", "2");
        var later = world.Connect("later");
        later.Subscribe("#");
        later.ExpectPublish("a", "1");
        later.ExpectNothing();
        Assert.Equal(1, world.Statistics()[Counter.RetainedRefused]);
    }
}
