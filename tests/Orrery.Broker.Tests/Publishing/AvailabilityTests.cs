using System.Text;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Publishing;

/// <summary>What a broker's options switch off is said in CONNACK, and refused with the code that names it.</summary>
public class AvailabilityTests
{
    [Theory]
    [InlineData(MqttVersion.V31, ReasonCode.Success, ReasonCode.Success)]
    [InlineData(MqttVersion.V311, ReasonCode.UnspecifiedError, ReasonCode.UnspecifiedError)]
    [InlineData(MqttVersion.V5, ReasonCode.WildcardSubscriptionsNotSupported, ReasonCode.SharedSubscriptionsNotSupported)]
    public void Wildcards_and_shared_subscriptions_are_refused_in_SUBACK(MqttVersion version, ReasonCode wildcard, ReasonCode shared)
    {
        var world = new BrokerWorld(new BrokerOptions { WildcardSubscriptionAvailable = false, SharedSubscriptionAvailable = false });
        var client = world.Connect("c", version);
        if (version == MqttVersion.V5)
        {
            Assert.Equal((false, false), (client.ConnAck!.WildcardSubscriptionAvailable, client.ConnAck.SharedSubscriptionAvailable));
        }

        Assert.Equal([wildcard], client.Subscribe("a/+").ReasonCodes);
        Assert.Equal([shared], client.Subscribe("$share/g/a").ReasonCodes);
        Assert.Equal([ReasonCode.GrantedQoS2], client.Subscribe("a").ReasonCodes);

        world.Connect("p").Publish("a/b", "x");
        client.ExpectNothing();
    }

    [Fact]
    public void A_subscription_identifier_ends_the_connection()
    {
        var world = new BrokerWorld(new BrokerOptions { SubscriptionIdentifiersAvailable = false });
        var client = world.Connect("c");
        Assert.False(client.ConnAck!.SubscriptionIdentifiersAvailable);

        client.Send(Subscribe(1, 5, new Subscription(Filter("a"), QoS.AtMostOnce, false, false, RetainHandling.SendAtSubscribe)));

        Assert.Equal(ReasonCode.SubscriptionIdentifiersNotSupported, client.Expect<DisconnectPacket>().ReasonCode);
        Assert.True(client.IsClosed);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.2.2-9")]
    public void A_QoS_above_the_maximum_is_lowered_in_SUBACK_and_refused_in_PUBLISH()
    {
        var world = new BrokerWorld(new BrokerOptions { MaximumQoS = QoS.AtLeastOnce });
        var client = world.Connect("c");

        Assert.Equal([ReasonCode.GrantedQoS1], client.Subscribe("a", QoS.ExactlyOnce).ReasonCodes);
        client.Publish("a", "x", QoS.ExactlyOnce, 1);

        Assert.Equal(ReasonCode.QoSNotSupported, client.Expect<DisconnectPacket>().ReasonCode);
    }

    [Fact]
    public void A_retained_message_is_refused_where_retain_is_off()
    {
        var world = new BrokerWorld(new BrokerOptions { RetainAvailable = false });
        var client = world.Connect("c");

        client.Publish("a", "x", retain: true);

        Assert.Equal(ReasonCode.RetainNotSupported, client.Expect<DisconnectPacket>().ReasonCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_payload_that_is_not_the_UTF_8_it_claims_is_refused_on_request(bool isChecked)
    {
        var world = new BrokerWorld(new BrokerOptions { PayloadFormatChecked = isChecked });
        var listener = world.Connect("listener");
        listener.Subscribe("a");
        var client = world.Connect("c");
        PublishPacket Broken(QoS qos, ushort id) => new()
        {
            Message = new ApplicationMessage
            {
                Topic = Topic("a"),
                Payload = new byte[] { 0xC3, 0x28 },
                QoS = qos,
                Properties = new MessageProperties(payloadIsUtf8: true),
            },
            PacketIdentifier = new PacketIdentifier(id),
        };

        client.Send(Broken(QoS.AtLeastOnce, 1));
        client.Send(Broken(QoS.ExactlyOnce, 2));

        var code = isChecked ? ReasonCode.PayloadFormatInvalid : ReasonCode.Success;
        Assert.Equal(code, client.Expect<PubAckPacket>().ReasonCode);
        Assert.Equal(code, client.Expect<PubRecPacket>().ReasonCode);
        client.Send(Broken(QoS.AtMostOnce, 0));
        Assert.Equal(isChecked, client.IsClosed);
        Assert.Equal(isChecked ? 0 : 3, listener.InboxCount);
        world.Connect("good").Publish("a", "gr\u00fc\u00df", properties: new MessageProperties(payloadIsUtf8: true));
        Assert.Equal(isChecked ? 1 : 4, listener.InboxCount);
        Assert.Equal("gr\u00fc\u00df", Encoding.UTF8.GetString(listener.TakeAll().Cast<PublishPacket>().Last().Message.Payload.Span));
    }
}
