using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Conformance;

/// <summary>PUBLISH both ways, retained messages and the receiver's side of QoS 1 and 2, in each version that has the rule.</summary>
public class PublishTests
{
    private readonly BrokerWorld _world = new();

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    [Trait("Statement", "MQTT-4.3.2-4")]
    [Trait("Statement", "MQTT-4.3.2-5")]
    [Trait("Statement", "v311:MQTT-4.3.2-2")]
    public void After_PUBACK_the_identifier_stands_for_a_new_message_whatever_DUP_says(MqttVersion version)
    {
        var subscriber = _world.Connect("s", version);
        subscriber.Subscribe("a");
        var publisher = _world.Connect("p", version);

        publisher.Publish("a", "1", QoS.AtLeastOnce, 5);
        Assert.Equal(5, publisher.Expect<PubAckPacket>().PacketIdentifier.Value);
        publisher.Publish("a", "2", QoS.AtLeastOnce, 5, duplicate: true);
        Assert.Equal(5, publisher.Expect<PubAckPacket>().PacketIdentifier.Value);

        subscriber.ExpectPublish("a", "1");
        subscriber.ExpectPublish("a", "2");
        subscriber.ExpectNothing();
    }

    [Fact]
    [Trait("Statement", "v311:MQTT-4.3.3-2")]
    public void The_receiver_at_QoS_2_of_version_311_delivers_once_and_answers_each_time()
    {
        var subscriber = _world.Connect("s", MqttVersion.V311);
        subscriber.Subscribe("a");
        var publisher = _world.Connect("p", MqttVersion.V311);

        publisher.Send(
            Publish("a", "1", QoS.ExactlyOnce, 5), Publish("a", "1", QoS.ExactlyOnce, 5, duplicate: true), PubRel(5), PubRel(5),
            Publish("a", "2", QoS.ExactlyOnce, 5));

        Assert.Equal(
            ["PubRec 5", "PubRec 5", "PubComp 5", "PubComp 5", "PubRec 5"],
            publisher.TakeAll().Cast<AcknowledgementPacket>().Select(p => $"{p.Type} {p.PacketIdentifier.Value}"));
        subscriber.ExpectPublish("a", "1");
        subscriber.ExpectPublish("a", "2");
        subscriber.ExpectNothing();
    }

    [Fact]
    [Trait("Statement", "MQTT-4.3.3-13")]
    [Trait("Statement", "MQTT-4.3.3-10")]
    public void An_exchange_is_completed_though_its_message_has_expired()
    {
        var properties = new MessageProperties(messageExpiryIntervalSeconds: 1);
        var publisher = _world.Connect("p");
        publisher.Publish("a", "x", QoS.ExactlyOnce, 5, properties: properties);
        publisher.Expect<PubRecPacket>();
        _world.Advance(10);

        publisher.Publish("a", "x", QoS.ExactlyOnce, 5, duplicate: true, properties: properties);
        Assert.Equal(ReasonCode.Success, publisher.Expect<PubRecPacket>().ReasonCode);
        publisher.Send(PubRel(5));

        Assert.Equal(ReasonCode.Success, publisher.Expect<PubCompPacket>().ReasonCode);
    }

    [Fact]
    [Trait("Statement", "v311:MQTT-3.3.1-3")]
    public void DUP_is_not_passed_on_in_version_311()
    {
        var subscriber = _world.Connect("s", MqttVersion.V311);
        subscriber.Subscribe("a");

        _world.Connect("p", MqttVersion.V311).Send(
            Publish("a", "1", QoS.AtLeastOnce, 1, duplicate: true), Publish("a", "2", QoS.ExactlyOnce, 2, duplicate: true));

        Assert.Equal([false, false], subscriber.TakeAll().Cast<PublishPacket>().Select(p => p.Duplicate));
    }

    [Fact]
    [Trait("Statement", "v311:MQTT-3.3.1-5")]
    [Trait("Statement", "v311:MQTT-3.3.1-6")]
    [Trait("Statement", "v311:MQTT-3.3.1-7")]
    [Trait("Statement", "v311:MQTT-3.3.1-8")]
    [Trait("Statement", "MQTT-3.3.1-5")]
    public void The_last_retained_message_of_each_topic_is_sent_with_RETAIN_and_its_QoS()
    {
        var publisher = _world.Connect("p", MqttVersion.V311);
        publisher.Publish("a/1", "old", QoS.ExactlyOnce, 1, retain: true);
        publisher.Publish("a/1", "new", QoS.AtMostOnce, retain: true);
        publisher.Publish("a/2", "kept", QoS.AtLeastOnce, 3, retain: true);
        publisher.Drop();
        var subscriber = _world.Connect("s", MqttVersion.V311);

        subscriber.Subscribe("a/+");

        var received = subscriber.TakeAll().Cast<PublishPacket>().OrderBy(TestClient.Text).ToList();
        Assert.Equal(
            [("kept", QoS.AtLeastOnce, true), ("new", QoS.AtMostOnce, true)],
            received.Select(p => (TestClient.Text(p), p.Message.QoS, p.Message.Retain)));
    }

    [Fact]
    [Trait("Statement", "v311:MQTT-3.3.1-10")]
    [Trait("Statement", "v311:MQTT-3.3.1-11")]
    [Trait("Statement", "v311:MQTT-3.3.1-12")]
    public void An_empty_message_removes_the_retained_one_and_RETAIN_0_leaves_it()
    {
        var publisher = _world.Connect("p", MqttVersion.V311);
        var live = _world.Connect("live", MqttVersion.V311);
        publisher.Publish("a", "kept", QoS.AtLeastOnce, 1, retain: true);
        publisher.Publish("a", "passing", QoS.AtLeastOnce, 2);
        publisher.Publish("a", "");
        live.Subscribe("a");
        live.ExpectPublish("a", "kept");

        publisher.Publish("a", "", QoS.AtLeastOnce, 3, retain: true);

        Assert.False(live.ExpectPublish("a", "").Message.Retain);
        var later = _world.Connect("later", MqttVersion.V311);
        later.Subscribe("a");
        later.ExpectNothing();
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    [Trait("Statement", "v311:MQTT-3.1.2-7")]
    public void A_retained_message_outlives_the_session_that_published_it(MqttVersion version)
    {
        _world.Connect("p", version).Publish("a", "x", retain: true);
        _world.Connect("p", version).Send(Disconnect());    // the first session ended with the takeover, this one now

        var subscriber = _world.Connect("s", version);
        subscriber.Subscribe("a");

        subscriber.ExpectPublish("a", "x");
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    [Trait("Statement", "MQTT-3.3.2-3")]
    [Trait("Statement", "v311:MQTT-3.3.2-3")]
    [Trait("Statement", "v311:MQTT-3.3.5-1")]
    [Trait("Statement", "MQTT-3.3.4-2")]
    public void A_subscriber_gets_what_its_filters_match_at_the_highest_QoS(MqttVersion version)
    {
        var subscriber = _world.Connect("s", version);
        subscriber.Subscribe("a/#", QoS.AtMostOnce);
        subscriber.Subscribe("a/+", QoS.ExactlyOnce);
        subscriber.Subscribe("+/b", QoS.AtLeastOnce);
        var publisher = _world.Connect("p", version);

        publisher.Send(
            Publish("a/b", "1", QoS.ExactlyOnce, 1), Publish("a/b/c", "2", QoS.ExactlyOnce, 2), Publish("b", "3", QoS.ExactlyOnce, 3),
            Publish("b/b", "4", QoS.ExactlyOnce, 4));

        var received = subscriber.TakeAll().Cast<PublishPacket>().Select(p => (p.Message.Topic.ToString(), TestClient.Text(p), p.Message.QoS)).ToList();
        Assert.Equal(
            [("a/b", "1", QoS.ExactlyOnce), ("a/b/c", "2", QoS.AtMostOnce), ("b/b", "4", QoS.AtLeastOnce)],
            received.OrderBy(one => one.Item2));        // one copy each
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.2-7")]
    public void A_topic_alias_does_not_outlive_its_connection()
    {
        var client = _world.Connect("c", cleanStart: false, sessionExpiry: 100);
        client.Send(Publish("a", "x") with { TopicAlias = 1 });
        Assert.False(client.IsClosed);
        client = _world.Connect("c", cleanStart: false, sessionExpiry: 100);

        client.SendRaw([0x30, 0x06, 0, 0, 3, 0x23, 0, 1]);  // no topic, Topic Alias 1

        Assert.Equal(ReasonCode.ProtocolError, client.Expect<DisconnectPacket>().ReasonCode);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.2-7")]
    [Trait("Statement", "MQTT-3.1.2-26")]
    public void The_brokers_topic_aliases_start_anew_with_each_connection()
    {
        var publisher = _world.Connect("p");
        for (var round = 0; round < 2; round++)
        {
            var subscriber = _world.Connect("s", cleanStart: false, sessionExpiry: 100, with: c => c with { TopicAliasMaximum = 2 });
            subscriber.Subscribe("#");
            subscriber.Received.Clear();

            publisher.Publish("topic", "x");

            Assert.Contains("topic", System.Text.Encoding.ASCII.GetString([.. subscriber.Received]), StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("Statement", "MQTT-2.2.1-4")]
    [Trait("Statement", "v311:MQTT-2.3.1-4")]
    public void No_identifier_is_used_twice_while_it_is_in_flight()
    {
        var subscriber = _world.Connect("s", MqttVersion.V311);
        subscriber.Subscribe("a", QoS.AtLeastOnce);
        var publisher = _world.Connect("p", MqttVersion.V311);
        var inFlight = new HashSet<ushort>();
        for (var i = 0; i < 200; i++)
        {
            publisher.Send([.. Enumerable.Range(1, 400).Select(n => Publish("a", $"{n}", QoS.AtLeastOnce, (ushort)n))]);
            var received = subscriber.TakeAll().Cast<PublishPacket>().ToList();
            Assert.All(received, p => Assert.True(inFlight.Add(p.PacketIdentifier.Value)));
            Assert.DoesNotContain((ushort)0, inFlight);
            foreach (var publish in received.Skip(i == 0 ? 3 : 0))  // three stay in flight while the identifiers go round
            {
                subscriber.SendLater(PubAck(publish));
                inFlight.Remove(publish.PacketIdentifier.Value);
            }

            _world.Run();
        }

        Assert.Equal(3, inFlight.Count);
    }

    [Fact]
    [Trait("Statement", "v311:MQTT-3.12.4-1")]
    public void A_ping_of_version_311_is_answered()
    {
        var client = _world.Connect("c", MqttVersion.V311);
        client.Received.Clear();

        client.SendRaw([0xC0, 0x00]);

        Assert.Equal([0xD0, 0x00], client.Received);
    }

    [Fact]
    [Trait("Statement", "v311:MQTT-4.8.0-2")]
    public void A_fault_of_the_edge_while_a_packet_is_handled_closes_its_connection_only()
    {
        var other = _world.Connect("other", MqttVersion.V311);
        var client = _world.Connect("c", MqttVersion.V311);
        client.FailsOnFlush = true;

        client.SendLater(PingReqPacket.Instance);
        _world.Host.Run();

        Assert.Single(_world.Host.Failures);
        Assert.True(client.WasAborted);
        other.SendLater(PingReqPacket.Instance);
        _world.Host.Run();
        other.Expect<PingRespPacket>();
    }
}
