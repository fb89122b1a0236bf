using Orrery.Actors.Extensions;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Conformance;

/// <summary>SUBSCRIBE, UNSUBSCRIBE and their answers in each version.</summary>
public class SubscribeTests
{
    private readonly BrokerWorld _world = new();

    private static Subscription To(string filter, QoS qos) => new(Filter(filter), qos, false, false, RetainHandling.SendAtSubscribe);

    [Fact]
    [Trait("Statement", "v311:MQTT-2.3.1-7")]
    [Trait("Statement", "v311:MQTT-3.8.4-1")]
    [Trait("Statement", "v311:MQTT-3.8.4-2")]
    [Trait("Statement", "v311:MQTT-3.8.4-4")]
    [Trait("Statement", "v311:MQTT-3.8.4-5")]
    [Trait("Statement", "v311:MQTT-3.9.3-1")]
    [Trait("Statement", "v311:MQTT-3.9.3-2")]
    public void SUBACK_of_version_311_has_the_identifier_and_a_code_for_each_filter_in_order()
    {
        var world = new BrokerWorld(new BrokerOptions { SubscriptionsPerSessionMax = 3 });
        var client = world.Connect("c", MqttVersion.V311);
        client.Received.Clear();

        client.Send(Subscribe(
            0x1234, null, To("a", QoS.ExactlyOnce), To("b", QoS.AtMostOnce), To("c", QoS.AtLeastOnce), To("d", QoS.AtLeastOnce), To("a", QoS.AtLeastOnce)));

        Assert.Equal([0x90, 0x07, 0x12, 0x34, 0x02, 0x00, 0x01, 0x80, 0x01], client.Received);
        world.Connect("p").Send(Publish("b", "b"), Publish("c", "c"), Publish("d", "d"), Publish("a", "a", QoS.ExactlyOnce, 1));
        Assert.Equal(
            [("b", QoS.AtMostOnce), ("c", QoS.AtMostOnce), ("a", QoS.AtLeastOnce)],
            client.TakeAll().OfType<PublishPacket>().Select(p => (TestClient.Text(p), p.Message.QoS)));
    }

    [Fact]
    [Trait("Statement", "MQTT-3.8.4-5")]
    public void A_SUBSCRIBE_that_repeats_filters_is_handled_as_one_after_the_other()
    {
        var world = new BrokerWorld(new BrokerOptions { SubscriptionsPerSessionMax = 3 });
        world.Connect("p").Publish("c", "kept", retain: true);
        var client = world.Connect("c");
        client.Subscribe("a", QoS.AtMostOnce);
        client.Subscribe("b", QoS.AtMostOnce);

        client.Send(Subscribe(
            1, null, To("a", QoS.AtLeastOnce), To("b", QoS.AtLeastOnce), To("c", QoS.AtLeastOnce),
            To("c", QoS.ExactlyOnce) with { RetainHandling = RetainHandling.SendIfNewSubscription }, To("d", QoS.AtMostOnce)));

        Assert.Equal(
            [ReasonCode.GrantedQoS1, ReasonCode.GrantedQoS1, ReasonCode.GrantedQoS1, ReasonCode.GrantedQoS2, ReasonCode.QuotaExceeded],
            client.Expect<SubAckPacket>().ReasonCodes);
        client.ExpectPublish("c", "kept");              // once: the second subscription was not new
        client.ExpectNothing();
        world.Connect("q").Publish("c", "x", QoS.ExactlyOnce, 1);
        Assert.Equal(QoS.ExactlyOnce, client.ExpectPublish("c", "x").Message.QoS);
        client.ExpectNothing();
        client.Send(Unsubscribe(2, "c"));
        Assert.Equal([ReasonCode.Success], client.Expect<UnsubAckPacket>().ReasonCodes);
        world.Connect("q").Publish("c", "y");
        client.ExpectNothing();
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    [Trait("Statement", "MQTT-3.8.4-3")]
    [Trait("Statement", "MQTT-3.8.4-4")]
    [Trait("Statement", "v311:MQTT-3.8.4-3")]
    public void Subscribing_again_sends_retained_messages_again_and_loses_nothing(MqttVersion version)
    {
        for (var seed = 1UL; seed <= 40; seed++)
        {
            var world = new BrokerWorld(host: new DeterministicOptions { Seed = seed, Order = DispatchOrder.SeededRandom });
            var publisher = world.Connect("p", version);
            publisher.Publish("a/kept", "retained", retain: true);
            var subscriber = world.Connect("s", version);
            subscriber.Subscribe("a/#", QoS.AtMostOnce);
            Assert.Single(subscriber.TakeAll());

            for (ushort i = 1; i <= 30; i++)
            {
                publisher.SendLater(Publish("a/live", $"{i}", QoS.AtLeastOnce, i));
                if (i % 10 == 5) subscriber.SendLater(Subscribe(i, null, To("a/#", QoS.AtLeastOnce)));
            }

            world.Run();

            var received = subscriber.TakeAll();
            Assert.Equal(3, received.OfType<SubAckPacket>().Count());
            var texts = received.OfType<PublishPacket>().Select(TestClient.Text).ToList();
            Assert.Equal(3, texts.Count(text => text == "retained"));
            Assert.Equal(Enumerable.Range(1, 30).Select(i => $"{i}"), texts.Where(text => text != "retained"));
        }
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    [Trait("Statement", "MQTT-2.2.1-6")]
    [Trait("Statement", "MQTT-3.10.4-1")]
    [Trait("Statement", "MQTT-3.10.4-4")]
    [Trait("Statement", "MQTT-3.10.4-5")]
    [Trait("Statement", "MQTT-3.10.4-6")]
    [Trait("Statement", "MQTT-3.11.3-1")]
    [Trait("Statement", "v311:MQTT-2.3.1-7")]
    [Trait("Statement", "v311:MQTT-3.10.4-1")]
    [Trait("Statement", "v311:MQTT-3.10.4-2")]
    [Trait("Statement", "v311:MQTT-3.10.4-4")]
    [Trait("Statement", "v311:MQTT-3.10.4-5")]
    [Trait("Statement", "v311:MQTT-3.10.4-6")]
    public void UNSUBSCRIBE_ends_the_very_filters_it_names_and_is_answered_once(MqttVersion version)
    {
        var client = _world.Connect("c", version);
        foreach (var filter in (string[])["a", "b/#", "c/+", "A"])
        {
            client.Subscribe(filter);
        }

        client.Received.Clear();

        client.Send(Unsubscribe(0x1234, "b/#", "b/+", "a", "c/d"));
        client.Send(Unsubscribe(0x1235, "never"));

        Assert.Equal(
            version == MqttVersion.V5
                ? [0xB0, 0x07, 0x12, 0x34, 0x00, 0x00, 0x11, 0x00, 0x11, 0xB0, 0x04, 0x12, 0x35, 0x00, 0x11]
                : [0xB0, 0x02, 0x12, 0x34, 0xB0, 0x02, 0x12, 0x35],
            client.Received);
        client.TakeAll();
        _world.Connect("p").Send(Publish("a", "a"), Publish("b/x", "b"), Publish("c/d", "c"), Publish("A", "A"));
        Assert.Equal(["c", "A"], client.TakeAll().Cast<PublishPacket>().Select(TestClient.Text));
    }

    [Theory]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    [Trait("Statement", "v311:MQTT-3.10.4-3")]
    public void A_delivery_of_version_311_that_began_is_completed_after_UNSUBSCRIBE(QoS qos)
    {
        var client = _world.Connect("c", MqttVersion.V311, cleanStart: false);
        client.Subscribe("a");
        _world.Connect("p").Publish("a", "x", qos, 1);
        var publish = client.ExpectPublish("a", "x");
        client.Send(Unsubscribe(3, "a"));
        client.Expect<UnsubAckPacket>();
        client.Drop();

        client = _world.Connect("c", MqttVersion.V311, cleanStart: false);

        var again = client.ExpectPublish("a", "x");
        Assert.Equal((publish.PacketIdentifier, true, qos), (again.PacketIdentifier, again.Duplicate, again.Message.QoS));
    }
}
