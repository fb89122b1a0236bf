using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Client.Tests;

public class ClientReceiveTests
{
    private static PublishPacket Publish(ushort identifier, QoS qos, bool duplicate = false, string topic = "a") => new()
    {
        Message = ClientHarness.Message(topic, qos),
        PacketIdentifier = new(identifier),
        Duplicate = duplicate,
    };

    [Theory]
    [InlineData(QoS.AtMostOnce, null)]
    [InlineData(QoS.AtLeastOnce, ControlPacketType.PubAck)]
    [InlineData(QoS.ExactlyOnce, ControlPacketType.PubRec)]
    [Trait("Statement", "MQTT-4.3.2-4")]
    [Trait("Statement", "MQTT-4.3.3-8")]
    public void A_message_is_handed_over_and_acknowledged(QoS qos, ControlPacketType? answer)
    {
        var client = ClientHarness.Connected();
        client.Give(Publish(qos == QoS.AtMostOnce ? (ushort)0 : (ushort)5, qos));

        Assert.Equal("a", Assert.IsType<ClientEvent.Received>(Assert.Single(client.Events())).Packet.Message.Topic.ToString());
        Assert.Equal(answer, client.Sent().SingleOrDefault()?.Type);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Statement", "MQTT-4.3.3-10")]
    [Trait("Statement", "MQTT-4.3.3-11")]
    public void A_message_at_QoS_2_is_handed_over_once_across_copies_and_connections(bool atPubRel)
    {
        var client = ClientHarness.Connected(new ClientOptions
        {
            ClientId = "c",
            SessionExpiryIntervalSeconds = 60,
            HandsOverAtPubRel = atPubRel,
        });
        client.Give(Publish(5, QoS.ExactlyOnce), Publish(5, QoS.ExactlyOnce), Publish(5, QoS.ExactlyOnce, duplicate: true));
        Assert.Equal(3, client.Sent().OfType<PubRecPacket>().Count());
        client.Reconnect();
        client.Give(Publish(5, QoS.ExactlyOnce, duplicate: true));
        Assert.Equal(atPubRel ? 0 : 1, client.Events().OfType<ClientEvent.Received>().Count());
        Assert.Single(client.Sent().OfType<PubRecPacket>());

        client.Give(new PubRelPacket { PacketIdentifier = new(5) }, new PubRelPacket { PacketIdentifier = new(5) });

        Assert.Equal(atPubRel ? 1 : 0, client.Events().OfType<ClientEvent.Received>().Count());
        Assert.Equal(
            [ReasonCode.Success, ReasonCode.PacketIdentifierNotFound],
            client.Sent().Cast<PubCompPacket>().Select(packet => packet.ReasonCode));
    }

    [Fact]
    [Trait("Statement", "MQTT-4.3.3-12")]
    public void After_PUBREL_the_identifier_brings_a_new_message()
    {
        var client = ClientHarness.Connected();
        client.Give(Publish(5, QoS.ExactlyOnce), new PubRelPacket { PacketIdentifier = new(5) }, Publish(5, QoS.ExactlyOnce));

        Assert.Equal(2, client.Events().OfType<ClientEvent.Received>().Count());
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.2-10")]
    public void A_topic_alias_stands_for_its_topic()
    {
        var client = ClientHarness.Connected(new ClientOptions { ClientId = "c", TopicAliasMaximum = 1 });
        client.GiveBytes(Convert.FromHexString("300700016103230001"));
        client.GiveBytes(Convert.FromHexString("3006000003230001"));

        Assert.Equal(["a", "a"], client.Events().Cast<ClientEvent.Received>().Select(received => received.Packet.Message.Topic.ToString()));
    }

    [Theory]
    [InlineData("300700016103230002")]
    [InlineData("300700016103230000")]
    [Trait("Statement", "MQTT-3.3.2-11")]
    public void A_topic_alias_above_the_maximum_ends_the_connection(string hex)
    {
        var client = ClientHarness.Connected(new ClientOptions { ClientId = "c", TopicAliasMaximum = 1 });
        client.GiveBytes(Convert.FromHexString(hex));

        Assert.Equal(ReasonCode.TopicAliasInvalid, Assert.IsType<DisconnectPacket>(Assert.Single(client.Sent())).ReasonCode);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.4-9")]
    public void More_than_receive_maximum_ends_the_connection()
    {
        var client = ClientHarness.Connected(new ClientOptions { ClientId = "c", ReceiveMaximum = 2 });
        client.Give(Publish(1, QoS.ExactlyOnce), Publish(2, QoS.ExactlyOnce), Publish(3, QoS.AtLeastOnce));

        Assert.Equal(ReasonCode.ReceiveMaximumExceeded, Assert.IsType<DisconnectPacket>(client.Sent()[^1]).ReasonCode);
        Assert.Equal(2, client.Events().OfType<ClientEvent.Received>().Count());
    }

    [Fact]
    public void A_packet_above_the_clients_maximum_ends_the_connection()
    {
        var client = ClientHarness.Connected(new ClientOptions { ClientId = "c", MaximumPacketSize = 20 });
        client.GiveBytes(new byte[] { 0x30, 0x7F });

        Assert.Equal(ReasonCode.PacketTooLarge, Assert.IsType<DisconnectPacket>(Assert.Single(client.Sent())).ReasonCode);
    }

    [Fact]
    public void An_owner_may_acknowledge_when_it_is_ready()
    {
        var client = ClientHarness.Connected(new ClientOptions { ClientId = "c", AcknowledgesOnArrival = false });
        client.Give(Publish(1, QoS.AtLeastOnce), Publish(2, QoS.ExactlyOnce));
        Assert.Empty(client.Sent());

        foreach (var received in client.Events().Cast<ClientEvent.Received>()) client.Core.Acknowledge(received.Packet, client.Now);

        Assert.Equal([ControlPacketType.PubAck, ControlPacketType.PubRec], client.Sent().Select(packet => packet.Type));
    }

    [Fact]
    [Trait("Statement", "MQTT-4.3.3-9")]
    public void A_message_that_the_owner_refuses_is_over()
    {
        var client = ClientHarness.Connected(new ClientOptions { ClientId = "c", AcknowledgesOnArrival = false });
        client.Give(Publish(2, QoS.ExactlyOnce));
        client.Core.Acknowledge(Assert.IsType<ClientEvent.Received>(Assert.Single(client.Events())).Packet, client.Now, ReasonCode.QuotaExceeded);

        client.Give(Publish(2, QoS.ExactlyOnce));

        Assert.Single(client.Events());
    }

    [Fact]
    [Trait("Statement", "MQTT-2.2.1-3")]
    public void Requests_are_answered_by_identifier_and_share_the_numbers_with_messages()
    {
        var client = ClientHarness.Connected();
        var subscribe = client.Core.Subscribe([new(TopicFilter.Parse("a/#"), QoS.ExactlyOnce)], client.Now);
        var unsubscribe = client.Core.Unsubscribe([TopicFilter.Parse("b")], client.Now);
        client.Core.Publish(ClientHarness.Message("a", QoS.AtLeastOnce), client.Now);
        var sent = client.Sent();
        Assert.Equal(new PacketIdentifier(1), Assert.IsType<SubscribePacket>(sent[0]).PacketIdentifier);
        Assert.Equal(new PacketIdentifier(2), Assert.IsType<UnsubscribePacket>(sent[1]).PacketIdentifier);
        Assert.Equal(new PacketIdentifier(3), Assert.IsType<PublishPacket>(sent[2]).PacketIdentifier);

        client.Give(
            new UnsubAckPacket { PacketIdentifier = new(2), ReasonCodes = [ReasonCode.NoSubscriptionExisted] },
            new SubAckPacket { PacketIdentifier = new(9), ReasonCodes = [ReasonCode.GrantedQoS1] },
            new SubAckPacket { PacketIdentifier = new(1), ReasonCodes = [ReasonCode.GrantedQoS1] });

        var events = client.Events();
        Assert.Equal(unsubscribe, Assert.IsType<ClientEvent.Unsubscribed>(events[0]).Token);
        var granted = Assert.IsType<ClientEvent.Subscribed>(events[1]);
        Assert.Equal((subscribe, ReasonCode.GrantedQoS1), (granted.Token, Assert.Single(granted.ReasonCodes)));
        Assert.Equal(2, events.Count);
    }

    [Fact]
    public void A_request_ends_with_its_connection()
    {
        var client = ClientHarness.Connected();
        var token = client.Core.Subscribe([new(TopicFilter.Parse("a"), QoS.AtMostOnce)], client.Now);
        client.Core.CloseTransport("cut");

        Assert.Equal(new ClientEvent.Abandoned(token), client.Events()[1]);
        Assert.Throws<InvalidOperationException>(() => client.Core.Unsubscribe([TopicFilter.Parse("a")], client.Now));
    }
}
