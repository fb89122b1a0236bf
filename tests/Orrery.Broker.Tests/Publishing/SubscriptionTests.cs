using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Publishing;

public class SubscriptionTests
{
    private readonly BrokerWorld _world = new();

    [Theory]
    [InlineData("a/b", "a/b", true)]
    [InlineData("a/+", "a/b", true)]
    [InlineData("a/+", "a/b/c", false)]
    [InlineData("a/#", "a", true)]
    [InlineData("a/#", "a/b/c", true)]
    [InlineData("#", "a/b", true)]
    [InlineData("+/+", "/", true)]
    [InlineData("+", "", false)]
    [InlineData("#", "$other/x", false)]
    [InlineData("+/x", "$other/x", false)]
    [InlineData("$other/#", "$other/x", true)]
    [InlineData("A", "a", false)]
    [Trait("Statement", "MQTT-4.7.1-2")]
    [Trait("Statement", "MQTT-4.7.2-1")]
    [Trait("Statement", "MQTT-3.3.2-3")]
    [Trait("Statement", "MQTT-4.7.1-1")]
    [Trait("Statement", "MQTT-4.7.3-4")]
    public void A_filter_matches_by_the_rules_of_wildcards(string filter, string topic, bool matches)
    {
        var subscriber = _world.Connect("s");
        subscriber.Subscribe(filter);
        if (topic.Length > 0)
        {
            _world.Connect("p").Publish(topic, "x");
        }

        Assert.Equal(matches ? 1 : 0, subscriber.InboxCount);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.4-2")]
    [Trait("Statement", "MQTT-3.3.4-3")]
    [Trait("Statement", "MQTT-3.3.4-4")]
    public void OV1_Overlapping_subscriptions_give_one_copy_at_the_highest_QoS_with_all_identifiers()
    {
        var subscriber = _world.Connect("s");
        subscriber.Subscribe("a/#", QoS.AtMostOnce, identifier: 1);
        subscriber.Subscribe("a/+", QoS.ExactlyOnce, identifier: 2);
        subscriber.Subscribe("#", QoS.AtLeastOnce);

        _world.Connect("p").Publish("a/b", "x", QoS.ExactlyOnce, 1);

        var publish = subscriber.ExpectPublish("a/b", "x");
        Assert.Equal(QoS.ExactlyOnce, publish.Message.QoS);
        Assert.Equal([1u, 2u], publish.SubscriptionIdentifiers.Order());
        subscriber.ExpectNothing();
    }

    [Fact]
    [Trait("Statement", "MQTT-3.8.4-3")]
    public void A_second_subscription_to_the_same_filter_replaces_the_first()
    {
        var subscriber = _world.Connect("s");
        subscriber.Subscribe("a", QoS.ExactlyOnce, identifier: 1);
        subscriber.Subscribe("a", QoS.AtMostOnce, identifier: 2);

        _world.Connect("p").Publish("a", "x", QoS.ExactlyOnce, 1);

        var publish = subscriber.ExpectPublish("a", "x");
        Assert.Equal(QoS.AtMostOnce, publish.Message.QoS);
        Assert.Equal([2u], publish.SubscriptionIdentifiers);
        subscriber.ExpectNothing();
    }

    [Fact]
    [Trait("Statement", "MQTT-3.8.4-6")]
    [Trait("Statement", "MQTT-3.8.4-5")]
    [Trait("Statement", "MQTT-2.2.1-6")]
    [Trait("Statement", "MQTT-3.8.4-1")]
    [Trait("Statement", "MQTT-3.8.4-2")]
    [Trait("Statement", "MQTT-3.8.4-7")]
    [Trait("Statement", "MQTT-3.9.3-1")]
    public void SB1_SUBACK_has_one_code_per_filter_in_order()
    {
        var subscriber = _world.Connect("s");

        subscriber.Send(Subscribe(
            7, null,
            new Subscription(Filter("a"), QoS.ExactlyOnce, false, false, RetainHandling.SendAtSubscribe),
            new Subscription(Filter("b"), QoS.AtMostOnce, false, false, RetainHandling.SendAtSubscribe),
            new Subscription(Filter("a"), QoS.AtLeastOnce, false, false, RetainHandling.SendAtSubscribe)));

        var answer = subscriber.Expect<SubAckPacket>();
        Assert.Equal(7, answer.PacketIdentifier.Value);
        Assert.Equal([ReasonCode.GrantedQoS2, ReasonCode.Success, ReasonCode.GrantedQoS1], answer.ReasonCodes);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.10.4-4")]
    public void Thousands_of_packets_that_need_no_answer_from_elsewhere_take_no_stack()
    {
        const int Packets = 5_000;
        var answers = 0;
        // On a stack as small as a thread can have: each packet that was handled inside the one before would show.
        var small = new Thread(
            () =>
            {
                var world = new BrokerWorld(new BrokerOptions { SubscriptionsPerSessionMax = 1 });
                var client = world.Connect("c");
                client.Subscribe("a");
                client.Send([.. Enumerable.Range(1, Packets).Select(i => Unsubscribe((ushort)i, "n"))]);
                client.Send([.. Enumerable.Range(1, Packets).Select(i => Subscribe((ushort)i, null, Plain("n", QoS.AtMostOnce)))]);
                answers = client.InboxCount;
            },
            maxStackSize: 256 * 1024);

        small.Start();
        small.Join();

        Assert.Equal(2 * Packets, answers);
    }

    private static Subscription Plain(string filter, QoS qos) => new(Filter(filter), qos, false, false, RetainHandling.SendAtSubscribe);

    [Fact]
    [Trait("Statement", "MQTT-3.10.4-2")]
    [Trait("Statement", "MQTT-3.11.3-2")]
    [Trait("Statement", "MQTT-3.11.3-1")]
    [Trait("Statement", "MQTT-3.10.4-1")]
    public void UN1_After_UNSUBACK_nothing_more_comes()
    {
        var subscriber = _world.Connect("s");
        subscriber.Subscribe("a");

        subscriber.Send(Unsubscribe(3, "a", "never"));

        Assert.Equal([ReasonCode.Success, ReasonCode.NoSubscriptionExisted], subscriber.Expect<UnsubAckPacket>().ReasonCodes);
        _world.Connect("p").Publish("a", "x");
        subscriber.ExpectNothing();
    }

    [Fact]
    [Trait("Statement", "MQTT-3.10.4-3")]
    public void UN1_An_exchange_that_was_started_is_completed()
    {
        var subscriber = _world.Connect("s", cleanStart: false, sessionExpiry: 100);
        subscriber.Subscribe("a");
        _world.Connect("p").Publish("a", "x", QoS.ExactlyOnce, 1);
        var publish = subscriber.ExpectPublish("a", "x");
        subscriber.Send(Unsubscribe(3, "a"));
        subscriber.Expect<UnsubAckPacket>();
        subscriber.Drop();

        subscriber = _world.Connect("s", cleanStart: false, sessionExpiry: 100);

        Assert.True(subscriber.ExpectPublish("a", "x").Duplicate);
        subscriber.Send(PubRec(publish));
        subscriber.Expect<PubRelPacket>();
    }

    [Fact]
    [Trait("Statement", "MQTT-3.8.3-3")]
    public void No_local_keeps_a_clients_own_messages_away()
    {
        var client = _world.Connect("c");
        client.Subscribe("a", noLocal: true);
        client.Publish("a", "own");
        client.ExpectNothing();

        _world.Connect("p").Publish("a", "foreign");

        client.ExpectPublish("a", "foreign");
    }

    [Fact]
    public void A_publisher_that_subscribes_gets_its_own_messages()
    {
        var client = _world.Connect("c", MqttVersion.V311);
        client.Subscribe("a");

        client.Publish("a", "own", QoS.AtLeastOnce, 1);

        Assert.Equal(["PubAck", "Publish"], client.TakeAll().Select(p => p.Type.ToString()).Order());
    }

    [Fact]
    [Trait("Statement", "MQTT-3.8.4-7")]
    [Trait("Statement", "MQTT-3.9.3-2")]
    public void More_subscriptions_than_the_limit_are_refused_one_by_one()
    {
        var world = new BrokerWorld(new BrokerOptions { SubscriptionsPerSessionMax = 2 });
        var client = world.Connect("c");
        client.Subscribe("a");
        client.Subscribe("b");

        Assert.Equal([ReasonCode.QuotaExceeded], client.Subscribe("c").ReasonCodes);
        Assert.Equal([ReasonCode.GrantedQoS2], client.Subscribe("a").ReasonCodes);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.2-4")]
    [Trait("Statement", "MQTT-3.3.2-15")]
    [Trait("Statement", "MQTT-3.3.2-16")]
    [Trait("Statement", "MQTT-3.3.2-17")]
    [Trait("Statement", "MQTT-3.3.2-18")]
    [Trait("Statement", "MQTT-3.3.2-20")]
    public void Properties_reach_a_version_5_subscriber_unchanged_and_a_version_3_one_gets_the_rest()
    {
        var v5 = _world.Connect("v5");
        v5.Subscribe("a");
        var v3 = _world.Connect("v3", MqttVersion.V311);
        v3.Subscribe("a");
        var properties = new MessageProperties(
            payloadIsUtf8: true,
            contentType: "text/plain",
            responseTopic: "answer/here",
            correlationData: new byte[] { 1, 2, 3 },
            userProperties: [new UserProperty("k", "1"), new UserProperty("k", "2")]);

        _world.Connect("p").Publish("a", "x", properties: properties);

        Assert.Equal(properties, v5.ExpectPublish("a", "x").Message.Properties);
        Assert.Null(v3.ExpectPublish("a", "x").Message.Properties);
    }
}
