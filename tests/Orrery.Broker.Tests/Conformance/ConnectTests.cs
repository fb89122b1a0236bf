using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Conformance;

/// <summary>What the broker makes of CONNECT: MQTT 5 §3.1, MQTT 3.1.1 §3.1.</summary>
public class ConnectTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("Z")]
    [InlineData("7")]
    [InlineData("0123456789abcdefghijklm")]
    [InlineData("nopqrstuvwxyzABCDEFGHIJ")]
    [InlineData("KLMNOPQRSTUVWXYZ")]
    [Trait("Statement", "MQTT-3.1.3-5")]
    [Trait("Statement", "v311:MQTT-3.1.3-5")]
    public void Identifiers_of_1_to_23_letters_and_digits_are_taken(string identifier)
    {
        var world = new BrokerWorld(new BrokerOptions { LongClientIdentifiersInMqtt31 = false });
        foreach (var version in Enum.GetValues<MqttVersion>())
        {
            var client = world.Connect(identifier, version);

            Assert.Null(client.ConnAck!.AssignedClientIdentifier);
            client.Drop();
        }
    }

    [Fact]
    [Trait("Statement", "MQTT-3.1.3-7")]
    public void An_assigned_identifier_counts_as_the_clients_own()
    {
        var world = new BrokerWorld();
        var client = world.Connect("", sessionExpiry: 100);
        var identifier = client.ConnAck!.AssignedClientIdentifier!;
        client.Subscribe("a");
        client.Drop();

        client = world.Connect(identifier, cleanStart: false, sessionExpiry: 100);

        Assert.True(client.ConnAck!.SessionPresent);
        world.Connect("p").Publish("a", "x");
        client.ExpectPublish("a", "x");
    }

    [Fact]
    [Trait("Statement", "v311:MQTT-3.1.3-6")]
    public void Version_311_clients_without_an_identifier_do_not_share_one()
    {
        var world = new BrokerWorld();
        var first = world.Connect("", MqttVersion.V311);
        var second = world.Connect("", MqttVersion.V311);
        first.Subscribe("a");

        second.Publish("a", "x");

        Assert.False(first.IsClosed);
        first.ExpectPublish("a", "x");
        second.ExpectNothing();
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    [Trait("Statement", "MQTT-3.1.3-2")]
    [Trait("Statement", "v311:MQTT-3.1.3-2")]
    public void The_identifier_names_the_session(MqttVersion version)
    {
        var world = new BrokerWorld();
        world.Connect("one", version, cleanStart: false, sessionExpiry: 100).Drop();

        Assert.False(world.Connect("One", version, cleanStart: false, sessionExpiry: 100).ConnAck!.SessionPresent);
        Assert.True(world.Connect("one", version, cleanStart: false, sessionExpiry: 100).ConnAck!.SessionPresent);
    }

    [Theory]
    [InlineData("100E 0004 4D515454 05 03 003C 00 0001 63")]        // the reserved flag
    [InlineData("100E 0004 4D515454 05 0A 003C 00 0001 63")]        // a will QoS without a will
    [InlineData("100F 0004 4D515454 05 02 003C 00 0001 63 00")]     // a byte too many
    [InlineData("100D 0004 4D515454 05 02 003C 00 0001")]           // no identifier
    [InlineData("1011 0004 4D515454 05 02 003C 03 210000 0001 63")] // Receive Maximum 0
    [InlineData("100F 0004 4D515454 05 02 003C 00 0002 C080")]      // ill-formed UTF-8
    [Trait("Statement", "MQTT-3.1.4-1")]
    [Trait("Statement", "MQTT-3.2.2-7")]
    [Trait("Statement", "MQTT-3.14.0-1")]
    public void A_CONNECT_that_breaks_a_rule_is_refused_and_closed(string bytes)
    {
        var client = new BrokerWorld().Open();

        client.SendRaw(Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)));

        Assert.InRange((int)client.Expect<ConnAckPacket>().ReasonCode, 0x81, 0x82);
        client.ExpectNothing();
        Assert.True(client.IsClosed);
    }

    [Theory]
    [InlineData("100D 0004 4D515454 04 03 003C 0001 63")]           // the reserved flag
    [InlineData("100D 0004 4D515454 04 0A 003C 0001 63")]           // a will QoS without a will
    [InlineData("1010 0004 4D515454 04 42 003C 0001 63 0001 70")]   // a password without a user name
    [InlineData("100E 0004 4D515454 04 02 003C 0001 63 00")]        // a byte too many
    [InlineData("100E 0004 4D515454 04 02 003C 0002 C080")]         // ill-formed UTF-8
    [InlineData("110D 0004 4D515454 04 02 003C 0001 63")]           // a flag of the fixed header
    [Trait("Statement", "v311:MQTT-3.1.4-1")]
    [Trait("Statement", "v311:MQTT-3.1.2-3")]
    [Trait("Statement", "v311:MQTT-4.8.0-1")]
    public void A_version_311_CONNECT_that_breaks_a_rule_is_closed_without_CONNACK(string bytes)
    {
        var client = new BrokerWorld().Open(MqttVersion.V311);

        client.SendRaw(Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)));

        Assert.Empty(client.Received);
        Assert.True(client.IsClosed);
    }

    [Theory]
    [InlineData("100D 0004 6D717474 04 02 003C 0001 63")]
    [InlineData("100E 0005 4D51545458 04 02 003C 0001 63")]
    [InlineData("100D 0004 48545450 04 02 003C 0001 63")]
    [InlineData("100E 0004 4D517474 05 02 003C 00 0001 63")]
    [Trait("Statement", "v311:MQTT-3.1.2-1")]
    [Trait("Statement", "MQTT-3.1.2-1")]
    public void Another_protocol_name_is_not_taken_for_this_protocol(string bytes)
    {
        var client = new BrokerWorld().Open(bytes.Contains(" 05 ", StringComparison.Ordinal) ? MqttVersion.V5 : MqttVersion.V311);

        client.SendRaw(Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)));

        Assert.DoesNotContain(client.TakeAll(), packet => packet is ConnAckPacket { ReasonCode: ReasonCode.Success });
        Assert.True(client.IsClosed);
    }

    [Fact]
    [Trait("Statement", "v311:MQTT-3.1.4-5")]
    public void Packets_after_a_refused_CONNECT_of_version_311_are_void()
    {
        var world = new BrokerWorld();
        var listener = world.Connect("listener");
        listener.Subscribe("#");
        var client = world.Open(MqttVersion.V311);

        client.Send(new ConnectPacket { Version = MqttVersion.V311, ClientId = "", CleanStart = false }, Publish("a", "x"));

        Assert.Equal([0x20, 0x02, 0x00, 0x02], client.Received);
        Assert.True(client.IsClosed);
        listener.ExpectNothing();
    }

    [Theory]
    [InlineData(QoS.ExactlyOnce, false, ReasonCode.QoSNotSupported)]
    [InlineData(QoS.AtMostOnce, true, ReasonCode.RetainNotSupported)]
    [Trait("Statement", "MQTT-3.2.2-12")]
    [Trait("Statement", "MQTT-3.2.2-13")]
    [Trait("Statement", "v311:MQTT-3.2.2-6")]
    public void A_will_beyond_what_the_broker_does_refuses_the_connection(QoS qos, bool retain, ReasonCode code)
    {
        var world = new BrokerWorld(new BrokerOptions { MaximumQoS = QoS.AtLeastOnce, RetainAvailable = false });
        var will = new Will(Message("will", "dead", qos, retain), 0);
        var client = world.Open();
        var older = world.Open(MqttVersion.V311);

        client.Send(new ConnectPacket { Version = MqttVersion.V5, ClientId = "c", CleanStart = true, Will = will });
        older.Send(new ConnectPacket { Version = MqttVersion.V311, ClientId = "o", CleanStart = true, Will = will });

        Assert.Equal(code, client.Expect<ConnAckPacket>().ReasonCode);
        Assert.True(client.IsClosed);
        Assert.Empty(older.Received);                   // none of its return codes says so
        Assert.True(older.IsClosed);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.1.3-10")]
    [Trait("Statement", "MQTT-3.1.2-9")]
    public void The_user_properties_of_a_will_keep_their_order()
    {
        var world = new BrokerWorld();
        var watcher = world.Connect("watcher");
        watcher.Subscribe("will");
        UserProperty[] pairs = [new("b", "1"), new("a", "2"), new("b", "0"), new("a", "2")];
        var will = Message("will", "dead", properties: new MessageProperties(userProperties: pairs));

        world.Connect("c", with: c => c with { Will = new Will(will, 0) }).Drop();

        Assert.Equal(pairs, watcher.ExpectPublish("will", "dead").Message.Properties!.UserProperties);
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    [Trait("Statement", "v311:MQTT-3.1.2-12")]
    public void Without_a_will_none_is_published(MqttVersion version)
    {
        var world = new BrokerWorld();
        var watcher = world.Connect("watcher");
        watcher.Subscribe("#");
        world.Connect("c", version, with: c => c with { Will = new Will(Message("will", "dead"), 0) }).Send(Disconnect());

        world.Connect("c", version).Drop();             // an earlier connection's will is not this one's

        watcher.ExpectNothing();
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    [Trait("Statement", "MQTT-3.1.2-15")]
    [Trait("Statement", "v311:MQTT-3.1.2-17")]
    public void A_will_with_Will_Retain_is_retained(MqttVersion version)
    {
        var world = new BrokerWorld();
        world.Connect("c", version, with: c => c with { Will = new Will(Message("will", "dead", QoS.AtLeastOnce, retain: true), 0) }).Drop();

        var later = world.Connect("later", version);
        later.Subscribe("will");

        Assert.True(later.ExpectPublish("will", "dead").Message.Retain);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    [Trait("Statement", "MQTT-3.1.2-28")]
    public void Response_information_that_was_not_asked_for_is_not_sent(bool? requested)
    {
        var client = new BrokerWorld().Connect("c", with: c => c with { RequestResponseInformation = requested });

        Assert.Null(client.ConnAck!.ResponseInformation);
    }
}
