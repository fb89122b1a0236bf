using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Conformance;

/// <summary>CONNACK and what it promises: MQTT 5 §3.2, MQTT 3.1.1 §3.2.</summary>
public class ConnAckTests
{
    [Fact]
    [Trait("Statement", "MQTT-3.2.0-2")]
    public void A_connection_gets_one_CONNACK()
    {
        var world = new BrokerWorld();
        var client = world.Open();
        var connect = new ConnectPacket { Version = MqttVersion.V5, ClientId = "c", CleanStart = true };

        client.Send(connect);
        client.Send(connect);
        client.Send(PingReqPacket.Instance);

        Assert.Single(client.TakeAll().OfType<ConnAckPacket>());
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    [Trait("Statement", "MQTT-3.2.2-1")]
    [Trait("Statement", "MQTT-3.2.2-2")]
    [Trait("Statement", "MQTT-3.2.2-3")]
    [Trait("Statement", "v311:MQTT-3.2.2-1")]
    [Trait("Statement", "v311:MQTT-3.2.2-2")]
    [Trait("Statement", "v311:MQTT-3.2.2-3")]
    public void The_flags_are_0_but_for_a_session_that_goes_on(MqttVersion version)
    {
        var world = new BrokerWorld();
        foreach (var (cleanStart, flags) in ((bool, int)[])[(false, 0), (false, 1), (true, 0), (true, 0)])
        {
            var client = world.Connect("c", version, cleanStart, sessionExpiry: 100);

            Assert.Equal((0x20, flags, (int)ReasonCode.Success), ((int)client.Received[0], (int)client.Received[2], (int)client.Received[3]));
        }
    }

    [Fact]
    [Trait("Statement", "MQTT-3.2.2-6")]
    [Trait("Statement", "v311:MQTT-3.2.2-4")]
    [Trait("Statement", "v311:MQTT-3.2.2-5")]
    public void A_refusal_names_no_session_although_there_is_one()
    {
        var world = new BrokerWorld();
        world.Connect("c", cleanStart: false, sessionExpiry: 100).Drop();
        var client = world.Open();
        var older = world.Open(MqttVersion.V31);

        client.Send(new ConnectPacket { Version = MqttVersion.V5, ClientId = "c", CleanStart = false, AuthenticationMethod = "m" });
        older.Send(new ConnectPacket { Version = MqttVersion.V31, ClientId = "", CleanStart = false });

        Assert.Equal((0, (int)ReasonCode.BadAuthenticationMethod), ((int)client.Received[2], (int)client.Received[3]));
        Assert.Equal([0x20, 0x02, 0x00, 0x02], older.Received);
        Assert.True(client.IsClosed && older.IsClosed);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.2.2-10")]
    [Trait("Statement", "MQTT-3.2.2-9")]
    [Trait("Statement", "MQTT-3.8.4-7")]
    public void A_broker_without_QoS_takes_subscriptions_of_every_QoS()
    {
        var client = new BrokerWorld(new BrokerOptions { MaximumQoS = QoS.AtMostOnce }).Connect("c");

        Assert.Equal(QoS.AtMostOnce, client.ConnAck!.MaximumQoS);
        Assert.Equal([ReasonCode.Success], client.Subscribe("a", QoS.AtMostOnce).ReasonCodes);
        Assert.Equal([ReasonCode.Success], client.Subscribe("b", QoS.AtLeastOnce).ReasonCodes);
        Assert.Equal([ReasonCode.Success], client.Subscribe("c", QoS.ExactlyOnce).ReasonCodes);
    }

    [Theory]
    [InlineData(QoS.ExactlyOnce, false, ReasonCode.QoSNotSupported)]
    [InlineData(QoS.AtLeastOnce, true, ReasonCode.RetainNotSupported)]
    [Trait("Statement", "MQTT-3.2.2-11")]
    [Trait("Statement", "MQTT-3.2.2-14")]
    [Trait("Statement", "v311:MQTT-3.3.5-2")]
    public void A_PUBLISH_beyond_what_CONNACK_named_closes_the_connection(QoS qos, bool retain, ReasonCode code)
    {
        var world = new BrokerWorld(new BrokerOptions { MaximumQoS = QoS.AtLeastOnce, RetainAvailable = false });
        var listener = world.Connect("listener");
        listener.Subscribe("#");
        var client = world.Connect("c");
        var older = world.Connect("o", MqttVersion.V311);

        client.Publish("a", "x", qos, 1, retain);
        older.Publish("a", "x", qos, 1, retain);

        Assert.Equal(code, client.Expect<DisconnectPacket>().ReasonCode);
        Assert.True(client.IsClosed);
        older.ExpectNothing();
        Assert.True(older.IsClosed);
        listener.ExpectNothing();
    }

    [Fact]
    [Trait("Statement", "MQTT-3.2.2-18")]
    [Trait("Statement", "MQTT-3.2.2-17")]
    public void A_topic_alias_is_refused_where_CONNACK_names_no_maximum()
    {
        var client = new BrokerWorld(new BrokerOptions { TopicAliasMaximum = 0 }).Connect("c");
        Assert.Null(client.ConnAck!.TopicAliasMaximum);

        client.Send(Publish("a", "x") with { TopicAlias = 1 });

        Assert.Equal(ReasonCode.TopicAliasInvalid, client.Expect<DisconnectPacket>().ReasonCode);
        Assert.True(client.IsClosed);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.2.2-15")]
    public void A_packet_above_the_size_that_CONNACK_named_closes_the_connection()
    {
        var client = new BrokerWorld(new BrokerOptions { MaximumPacketSize = 200 }).Connect("c");
        Assert.Equal(200u, client.ConnAck!.MaximumPacketSize);
        client.Publish("a", new string('x', 193));      // 200 bytes in all
        Assert.False(client.IsClosed);

        client.Publish("a", new string('x', 194));

        Assert.Equal(ReasonCode.PacketTooLarge, client.Expect<DisconnectPacket>().ReasonCode);
        Assert.True(client.IsClosed);
    }
}
