using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Publishing;

public class QoSTests
{
    private readonly BrokerWorld _world = new();

    public static TheoryData<MqttVersion, MqttVersion, QoS, QoS> Pairs()
    {
        var data = new TheoryData<MqttVersion, MqttVersion, QoS, QoS>();
        foreach (var from in new[] { MqttVersion.V31, MqttVersion.V311, MqttVersion.V5 })
        {
            foreach (var to in new[] { MqttVersion.V31, MqttVersion.V311, MqttVersion.V5 })
            {
                for (var published = QoS.AtMostOnce; published <= QoS.ExactlyOnce; published++)
                {
                    for (var granted = QoS.AtMostOnce; granted <= QoS.ExactlyOnce; granted++)
                    {
                        data.Add(from, to, published, granted);
                    }
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    [Trait("Statement", "MQTT-3.8.4-8")]
    [Trait("Statement", "MQTT-2.2.1-5")]
    [Trait("Statement", "MQTT-2.2.1-2")]
    [Trait("Statement", "MQTT-3.3.4-1")]
    [Trait("Statement", "MQTT-3.8.4-7")]
    [Trait("Statement", "MQTT-4.3.1-1")]
    [Trait("Statement", "MQTT-4.3.2-2")]
    [Trait("Statement", "MQTT-4.3.2-4")]
    [Trait("Statement", "MQTT-4.3.3-2")]
    [Trait("Statement", "MQTT-4.3.3-8")]
    [Trait("Statement", "MQTT-4.3.3-11")]
    [Trait("Statement", "MQTT-4.3.3-4")]
    [Trait("Statement", "v311:MQTT-3.8.4-6")]
    [Trait("Statement", "v311:MQTT-3.3.4-1")]
    [Trait("Statement", "v311:MQTT-2.3.1-5")]
    [Trait("Statement", "v311:MQTT-2.3.1-6")]
    [Trait("Statement", "v311:MQTT-4.3.1-1")]
    [Trait("Statement", "v311:MQTT-4.3.2-1")]
    [Trait("Statement", "v311:MQTT-4.3.3-1")]
    [Trait("Statement", "MQTT-3.3.1-2")]
    [Trait("Statement", "v311:MQTT-3.3.1-2")]
    public void A_message_arrives_once_at_the_lower_of_both_QoS(MqttVersion from, MqttVersion to, QoS published, QoS granted)
    {
        var subscriber = _world.Connect("s", to);
        Assert.Equal([(ReasonCode)granted], subscriber.Subscribe("a/b", granted).ReasonCodes);
        var publisher = _world.Connect("p", from);

        publisher.Publish("a/b", "hi", published, (ushort)(published == QoS.AtMostOnce ? 0 : 9));

        if (published == QoS.AtLeastOnce)
        {
            Assert.Equal(9, publisher.Expect<PubAckPacket>().PacketIdentifier.Value); // [MQTT-4.3.2-4]
        }
        else if (published == QoS.ExactlyOnce)
        {
            Assert.Equal(9, publisher.Expect<PubRecPacket>().PacketIdentifier.Value); // [MQTT-4.3.3-8]
            publisher.Send(PubRel(9));
            Assert.Equal(9, publisher.Expect<PubCompPacket>().PacketIdentifier.Value); // [MQTT-4.3.3-11]
        }

        publisher.ExpectNothing();
        var delivered = subscriber.ExpectPublish("a/b", "hi");
        Assert.Equal(published < granted ? published : granted, delivered.Message.QoS);
        Assert.False(delivered.Duplicate);
        Assert.Equal(delivered.Message.QoS == QoS.AtMostOnce, delivered.PacketIdentifier.IsNone);
        if (delivered.Message.QoS == QoS.ExactlyOnce)
        {
            subscriber.Send(PubRec(delivered));
            Assert.Equal(delivered.PacketIdentifier, subscriber.Expect<PubRelPacket>().PacketIdentifier);
            subscriber.Send(PubComp(delivered));
        }

        subscriber.ExpectNothing();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [Trait("Statement", "MQTT-4.3.3-10")]
    public void Q2_2_Every_repetition_before_PUBREL_is_acknowledged_and_none_is_delivered(int repetitions)
    {
        var subscriber = _world.Connect("s");
        subscriber.Subscribe("a");
        var publisher = _world.Connect("p");
        publisher.Publish("a", "once", QoS.ExactlyOnce, 3);
        publisher.Expect<PubRecPacket>();

        for (var i = 0; i < repetitions; i++)
        {
            publisher.Publish("a", "once", QoS.ExactlyOnce, 3, duplicate: true);
            Assert.Equal(ReasonCode.Success, publisher.Expect<PubRecPacket>().ReasonCode);
        }

        subscriber.ExpectPublish("a", "once");
        subscriber.ExpectNothing();
        Assert.False(publisher.IsClosed);
    }

    [Fact]
    public void U15_A_first_copy_with_DUP_set_is_delivered()
    {
        var subscriber = _world.Connect("s");
        subscriber.Subscribe("a");

        _world.Connect("p").Publish("a", "x", QoS.ExactlyOnce, 3, duplicate: true);

        subscriber.ExpectPublish("a", "x");
    }

    [Fact]
    [Trait("Statement", "MQTT-4.3.3-12")]
    public void Q2_6_After_PUBCOMP_the_identifier_stands_for_a_new_message()
    {
        var subscriber = _world.Connect("s");
        subscriber.Subscribe("a");
        var publisher = _world.Connect("p");

        for (var i = 0; i < 3; i++)
        {
            publisher.Publish("a", $"{i}", QoS.ExactlyOnce, 3);
            publisher.Send(PubRel(3));
        }

        Assert.Equal(["0", "1", "2"], subscriber.TakeAll().Cast<PublishPacket>().Select(TestClient.Text));
    }

    [Theory]
    [InlineData(MqttVersion.V311, ReasonCode.Success)]
    [InlineData(MqttVersion.V5, ReasonCode.PacketIdentifierNotFound)]
    [Trait("Statement", "MQTT-4.3.3-11")]
    public void Q2_3_An_unknown_PUBREL_is_answered(MqttVersion version, ReasonCode code)
    {
        var client = _world.Connect("c", version);

        client.Send(PubRel(77));

        var answer = client.Expect<PubCompPacket>();
        Assert.Equal((77, code), (answer.PacketIdentifier.Value, answer.ReasonCode));
    }

    [Fact]
    [Trait("Statement", "MQTT-4.3.3-5")]
    [Trait("Statement", "MQTT-4.3.3-6")]
    [Trait("Statement", "MQTT-4.4.0-1")]
    [Trait("Statement", "MQTT-3.1.2-5")]
    public void Q2_5_On_resume_an_owed_PUBREL_is_sent_again_and_no_PUBLISH()
    {
        var subscriber = _world.Connect("s", cleanStart: false, sessionExpiry: 100);
        subscriber.Subscribe("a");
        _world.Connect("p").Publish("a", "x", QoS.ExactlyOnce, 1);
        var publish = subscriber.ExpectPublish("a", "x");
        subscriber.Send(PubRec(publish));
        subscriber.Expect<PubRelPacket>();
        subscriber.Drop();

        subscriber = _world.Connect("s", cleanStart: false, sessionExpiry: 100);

        Assert.Equal(publish.PacketIdentifier, subscriber.Expect<PubRelPacket>().PacketIdentifier);
        subscriber.ExpectNothing();
        subscriber.Send(PubComp(publish));
        subscriber.Drop();
        _world.Connect("s", cleanStart: false, sessionExpiry: 100).ExpectNothing();
    }

    [Fact]
    [Trait("Statement", "MQTT-4.4.0-2")]
    public void Q1_5_An_answer_that_refuses_ends_the_exchange()
    {
        var subscriber = _world.Connect("s", cleanStart: false, sessionExpiry: 100);
        subscriber.Subscribe("a");
        var publisher = _world.Connect("p");
        publisher.Publish("a", "1", QoS.AtLeastOnce, 1);
        publisher.Publish("a", "2", QoS.ExactlyOnce, 2);
        subscriber.Send(PubAck(subscriber.Expect<PublishPacket>()) with { ReasonCode = ReasonCode.QuotaExceeded });
        subscriber.Send(PubRec(subscriber.Expect<PublishPacket>()) with { ReasonCode = ReasonCode.QuotaExceeded });
        subscriber.ExpectNothing();
        subscriber.Drop();

        _world.Connect("s", cleanStart: false, sessionExpiry: 100).ExpectNothing();
    }

    [Fact]
    [Trait("Statement", "MQTT-4.4.0-1")]
    public void Q1_3_Nothing_is_sent_again_on_the_same_connection()
    {
        var subscriber = _world.Connect("s", cleanStart: false, sessionExpiry: 100);
        subscriber.Subscribe("a");
        _world.Connect("p").Publish("a", "1", QoS.AtLeastOnce, 1);
        subscriber.Expect<PublishPacket>();

        _world.Advance(TimeSpan.FromHours(1));

        subscriber.ExpectNothing();
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.1-3")]
    public void Q1_4_The_publishers_DUP_is_not_passed_on()
    {
        var subscriber = _world.Connect("s");
        subscriber.Subscribe("a");

        _world.Connect("p").Publish("a", "1", QoS.AtLeastOnce, 1, duplicate: true);

        Assert.False(subscriber.Expect<PublishPacket>().Duplicate);
    }

    [Fact]
    public void A_publication_without_subscribers_is_answered_with_0x10_in_version_5()
    {
        var publisher = _world.Connect("p");
        publisher.Publish("a", "1", QoS.AtLeastOnce, 1);
        publisher.Publish("a", "2", QoS.ExactlyOnce, 2);

        Assert.Equal(ReasonCode.NoMatchingSubscribers, publisher.Expect<PubAckPacket>().ReasonCode);
        Assert.Equal(ReasonCode.NoMatchingSubscribers, publisher.Expect<PubRecPacket>().ReasonCode);
    }

    [Fact]
    public void O4_Answers_leave_in_the_order_of_what_they_answer()
    {
        var publisher = _world.Connect("p", MqttVersion.V311);

        publisher.Send(
            Publish("a", "1", QoS.ExactlyOnce, 5), Publish("a", "2", QoS.AtLeastOnce, 4), Publish("r", "3", QoS.AtLeastOnce, 3, retain: true),
            PubRel(5), Publish("a", "4", QoS.ExactlyOnce, 2), PubRel(2));

        Assert.Equal(
            ["PubRec 5", "PubAck 4", "PubAck 3", "PubComp 5", "PubRec 2", "PubComp 2"],
            publisher.TakeAll().Cast<AcknowledgementPacket>().Select(p => $"{p.Type} {p.PacketIdentifier.Value}"));
    }
}
