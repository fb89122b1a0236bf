using Orrery.Broker.Statistics;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Connections;

public class HandshakeTests
{
    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    [Trait("Statement", "MQTT-3.2.0-1")]
    [Trait("Statement", "MQTT-3.1.4-5")]
    [Trait("Statement", "v311:MQTT-3.2.0-1")]
    [Trait("Statement", "v311:MQTT-3.1.4-4")]
    [Trait("Statement", "v311:MQTT-7.0.0-2")]
    public void A_client_of_each_version_is_accepted_with_CONNACK_first(MqttVersion version)
    {
        var world = new BrokerWorld();

        var client = world.Connect("c", version);

        Assert.False(client.ConnAck!.SessionPresent);
        client.ExpectNothing();
        Assert.False(client.IsClosed);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.1.0-1")]
    [Trait("Statement", "MQTT-3.14.0-1")]
    public void A_first_packet_other_than_CONNECT_closes_without_an_answer()
    {
        var client = new BrokerWorld().Open();

        client.SendRaw([0xC0, 0x00]);

        client.ExpectNothing();
        Assert.True(client.IsClosed);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.1.0-2")]
    public void A_second_CONNECT_is_a_protocol_error()
    {
        var client = new BrokerWorld().Connect("c");

        client.Send(new ConnectPacket { Version = MqttVersion.V5, ClientId = "c", CleanStart = true });

        Assert.Equal(ReasonCode.ProtocolError, client.Expect<DisconnectPacket>().ReasonCode);
        Assert.True(client.IsClosed);
    }

    [Fact]
    [Trait("Statement", "v311:MQTT-3.1.2-2")]
    [Trait("Statement", "v311:MQTT-3.2.2-5")]
    public void An_unknown_level_below_5_gets_return_code_1()
    {
        var client = new BrokerWorld().Open(MqttVersion.V311);

        client.SendRaw([0x10, 0x0D, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 2, 2, 0, 60, 0, 1, (byte)'c']);

        Assert.Equal(ReasonCode.UnsupportedProtocolVersion, client.Expect<ConnAckPacket>().ReasonCode);
        Assert.True(client.IsClosed);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.1.2-2")]
    [Trait("Statement", "MQTT-3.2.2-7")]
    public void A_newer_level_gets_0x84_in_the_form_of_version_5()
    {
        var client = new BrokerWorld().Open(MqttVersion.V5);

        client.SendRaw([0x10, 0x0E, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 6, 2, 0, 60, 0, 0, 1, (byte)'c']);

        Assert.Equal(ReasonCode.UnsupportedProtocolVersion, client.Expect<ConnAckPacket>().ReasonCode);
        Assert.True(client.IsClosed);
    }

    [Fact]
    [Trait("Statement", "v311:MQTT-3.1.3-8")]
    [Trait("Statement", "v311:MQTT-3.1.3-9")]
    [Trait("Statement", "v311:MQTT-3.1.3-7")]
    [Trait("Statement", "v311:MQTT-3.2.2-5")]
    public void Version_311_refuses_an_empty_identifier_without_clean_session()
    {
        var client = new BrokerWorld().Open(MqttVersion.V311);

        client.Send(new ConnectPacket { Version = MqttVersion.V311, ClientId = "", CleanStart = false });

        Assert.Equal(ReasonCode.ClientIdentifierNotValid, client.Expect<ConnAckPacket>().ReasonCode);
        Assert.True(client.IsClosed);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.1.3-6")]
    [Trait("Statement", "MQTT-3.2.2-16")]
    public void Version_5_gets_an_identifier_of_its_own_for_an_empty_one()
    {
        var world = new BrokerWorld();

        var first = world.Connect("").ConnAck!.AssignedClientIdentifier;
        var second = world.Connect("").ConnAck!.AssignedClientIdentifier;

        Assert.False(string.IsNullOrEmpty(first));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void The_same_seed_assigns_the_same_identifiers()
    {
        Assert.Equal(
            new BrokerWorld().Connect("").ConnAck!.AssignedClientIdentifier,
            new BrokerWorld().Connect("").ConnAck!.AssignedClientIdentifier);
    }

    [Fact]
    public void CONNECT_must_arrive_within_the_connect_timeout()
    {
        var world = new BrokerWorld(new BrokerOptions { ConnectTimeoutSeconds = 10 });
        var client = world.Open();

        client.SendRaw([0x10]);                         // a slow start does not help
        world.Advance(9.999);
        Assert.False(client.IsClosed);
        world.Advance(0.001);

        Assert.True(client.IsClosed);
        client.ExpectNothing();
    }

    [Fact]
    public void Packets_sent_before_CONNACK_are_handled_after_it()
    {
        var world = new BrokerWorld();
        var client = world.Open();

        client.Send(
            new ConnectPacket { Version = MqttVersion.V5, ClientId = "c", CleanStart = true },
            Subscribe(1, null, new Subscription(Filter("a"), QoS.AtMostOnce, false, false, RetainHandling.SendAtSubscribe)),
            Publish("a", "own"));

        client.Expect<ConnAckPacket>();
        client.Expect<SubAckPacket>();
        client.ExpectPublish("a", "own");
    }

    [Fact]
    [Trait("Statement", "MQTT-3.1.4-6")]
    [Trait("Statement", "MQTT-3.2.2-7")]
    [Trait("Statement", "MQTT-4.12.0-1")]
    [Trait("Statement", "MQTT-4.12.0-4")]
    [Trait("Statement", "MQTT-4.12.0-5")]
    public void Packets_after_a_refused_CONNECT_are_void()
    {
        var world = new BrokerWorld();
        var listener = world.Connect("listener");
        listener.Subscribe("#");
        var client = world.Open();

        client.Send(
            new ConnectPacket { Version = MqttVersion.V5, ClientId = "c", CleanStart = true, AuthenticationMethod = "none" },
            Publish("a", "x"));

        Assert.Equal(ReasonCode.BadAuthenticationMethod, client.Expect<ConnAckPacket>().ReasonCode);
        Assert.True(client.IsClosed);
        listener.ExpectNothing();
    }

    [Fact]
    [Trait("Statement", "MQTT-4.13.1-1")]
    [Trait("Statement", "MQTT-4.13.2-1")]
    [Trait("Statement", "MQTT-3.14.4-2")]
    public void A_malformed_packet_closes_only_its_own_connection()
    {
        var world = new BrokerWorld();
        var good = world.Connect("good");
        good.Subscribe("a");
        var bad = world.Connect("bad");

        bad.SendRaw([0x36, 0x05, 0, 1, (byte)'a', 0, 1]);  // QoS 3

        Assert.Equal(ReasonCode.MalformedPacket, bad.Expect<DisconnectPacket>().ReasonCode);
        Assert.True(bad.IsClosed);
        world.Connect("other").Publish("a", "x");
        good.ExpectPublish("a", "x");
        Assert.Equal(1, world.Statistics()[Counter.ProtocolViolations]);
    }

    [Fact]
    [Trait("Statement", "v311:MQTT-4.8.0-1")]
    [Trait("Statement", "v311:MQTT-3.3.1-4")]
    public void What_came_before_a_malformed_packet_is_handled()
    {
        var world = new BrokerWorld();
        var listener = world.Connect("listener");
        listener.Subscribe("a");
        var bad = world.Connect("bad", MqttVersion.V311);

        bad.SendRaw([0x30, 0x04, 0, 1, (byte)'a', (byte)'x', 0x36, 0x00]);

        listener.ExpectPublish("a", "x");
        Assert.True(bad.IsClosed);
    }

    [Fact]
    public void One_connection_more_than_the_limit_is_closed_and_counted()
    {
        var world = new BrokerWorld(new BrokerOptions { ConnectionsMax = 1 });
        var first = world.Connect("first");

        var second = world.Open();

        Assert.True(second.IsClosed);
        Assert.False(first.IsClosed);
        Assert.Equal(1, world.Statistics()[Counter.ConnectionsRefused]);
        first.Drop();
        world.Connect("third");
    }

    [Fact]
    [Trait("Statement", "MQTT-3.1.4-2")]
    [Trait("Statement", "MQTT-3.2.2-7")]
    public void One_session_more_than_the_limit_is_refused_with_0x97()
    {
        var world = new BrokerWorld(new BrokerOptions { SessionsMax = 1 });
        world.Connect("first");

        var second = world.Open();
        second.Send(new ConnectPacket { Version = MqttVersion.V5, ClientId = "second", CleanStart = true });

        Assert.Equal(ReasonCode.QuotaExceeded, second.Expect<ConnAckPacket>().ReasonCode);
        Assert.True(second.IsClosed);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.2.2-9")]
    public void CONNACK_names_the_limits_that_differ_from_the_defaults()
    {
        var world = new BrokerWorld(new BrokerOptions
        {
            ReceiveMaximum = 7,
            MaximumQoS = QoS.AtLeastOnce,
            RetainAvailable = false,
            MaximumPacketSize = 5_000,
            TopicAliasMaximum = 3,
            KeepAliveMaxSeconds = 30,
            SessionExpiryIntervalMaxSeconds = 100,
        });

        var answer = world.Connect("c", sessionExpiry: 200).ConnAck!;

        Assert.Equal(
            (7, QoS.AtLeastOnce, false, 5_000u, 3, 30, 100u),
            ((int)answer.ReceiveMaximum!, answer.MaximumQoS!.Value, answer.RetainAvailable!.Value, answer.MaximumPacketSize!.Value,
                (int)answer.TopicAliasMaximum!, (int)answer.ServerKeepAliveSeconds!, answer.SessionExpiryIntervalSeconds!.Value));
    }

    [Fact]
    [Trait("Statement", "MQTT-3.14.4-2")]
    public void A_stop_says_goodbye_to_every_client()
    {
        var world = new BrokerWorld();
        var v5 = world.Connect("v5");
        var v3 = world.Connect("v3", MqttVersion.V311);

        world.Broker.Actor.Tell(MqttBroker.Stop, Orrery.Actors.ActorRefs.NoSender);
        world.Run();

        Assert.Equal(ReasonCode.ServerShuttingDown, v5.Expect<DisconnectPacket>().ReasonCode);
        v3.ExpectNothing();
        Assert.True(v5.IsClosed && v3.IsClosed);
    }

    [Theory]
    [InlineData("C000", "ping")]
    [InlineData("C000C000", "two pings")]
    [InlineData("100D00044D5154540502003C0000000000", "CONNECT again")]
    [InlineData("F00000", "AUTH, which was not agreed")]
    [InlineData("FFFFFFFFFF", "what is no packet")]
    [InlineData("8206000100000174", "a subscription without its options")]
    public void X3_What_follows_DISCONNECT_in_the_same_bytes_is_not_answered(string hex, string what)
    {
        var world = new BrokerWorld();
        var watcher = world.Connect("w");
        watcher.Subscribe("will");
        var client = world.Connect("c", with: connect => connect with { Will = new Will(Message("will", what), 0) });

        client.SendRaw([0xC0, 0, 0xE0, 0, .. Convert.FromHexString(hex)]);

        client.Expect<PingRespPacket>();                // the one before DISCONNECT is
        client.ExpectNothing();
        Assert.True(client.IsClosed);
        watcher.ExpectNothing();                        // DISCONNECT has taken the will back
        Assert.Equal(0, world.Statistics()[Counter.ProtocolViolations]);
    }
}
