using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Client.Tests;

public class ClientPublishTests
{
    private static readonly ClientOptions Persistent = new() { ClientId = "c", CleanStart = false, SessionExpiryIntervalSeconds = 60 };

    [Fact]
    public void A_message_at_QoS_0_is_written_and_done()
    {
        var client = ClientHarness.Connected();
        var token = client.Core.Publish(ClientHarness.Message("a"), client.Now);

        Assert.Equal("30050001610070", Convert.ToHexString(client.Bytes));
        Assert.Equal(new ClientEvent.Published(token, ReasonCode.Success), Assert.Single(client.Events()));
    }

    [Fact]
    [Trait("Statement", "MQTT-4.3.2-1")]
    [Trait("Statement", "MQTT-4.3.2-3")]
    public void A_message_at_QoS_1_is_done_at_PUBACK()
    {
        var client = ClientHarness.Connected();
        var token = client.Core.Publish(ClientHarness.Message("a", QoS.AtLeastOnce), client.Now);
        var publish = Assert.IsType<PublishPacket>(Assert.Single(client.Sent()));
        Assert.False(publish.Duplicate);
        Assert.Empty(client.Events());

        client.Give(new PubAckPacket { PacketIdentifier = publish.PacketIdentifier, ReasonCode = ReasonCode.NoMatchingSubscribers });

        Assert.Equal(new ClientEvent.Published(token, ReasonCode.NoMatchingSubscribers), Assert.Single(client.Events()));
        Assert.Equal(0, client.Core.UnfinishedCount);
    }

    [Fact]
    [Trait("Statement", "MQTT-4.3.3-4")]
    public void A_message_at_QoS_2_is_done_at_PUBCOMP()
    {
        var client = ClientHarness.Connected();
        var token = client.Core.Publish(ClientHarness.Message("a", QoS.ExactlyOnce), client.Now);
        var identifier = Assert.IsType<PublishPacket>(Assert.Single(client.Sent())).PacketIdentifier;

        client.Give(new PubRecPacket { PacketIdentifier = identifier });
        Assert.Equal(identifier, Assert.IsType<PubRelPacket>(Assert.Single(client.Sent())).PacketIdentifier);
        Assert.Empty(client.Events());

        client.Give(new PubCompPacket { PacketIdentifier = identifier });
        Assert.Equal(new ClientEvent.Published(token, ReasonCode.Success), Assert.Single(client.Events()));
    }

    [Fact]
    [Trait("Statement", "MQTT-4.4.0-2")]
    public void A_refused_message_is_done_and_not_sent_again()
    {
        var client = ClientHarness.Connected(Persistent);
        var token = client.Core.Publish(ClientHarness.Message("a", QoS.ExactlyOnce), client.Now);
        var identifier = Assert.IsType<PublishPacket>(Assert.Single(client.Sent())).PacketIdentifier;

        client.Give(new PubRecPacket { PacketIdentifier = identifier, ReasonCode = ReasonCode.NotAuthorized });
        client.Reconnect();

        Assert.Contains(new ClientEvent.Published(token, ReasonCode.NotAuthorized), client.Events());
        Assert.IsType<ConnectPacket>(Assert.Single(client.Sent()));
    }

    [Fact]
    [Trait("Statement", "MQTT-4.4.0-1")]
    [Trait("Statement", "MQTT-4.3.3-6")]
    [Trait("Statement", "MQTT-4.6.0-1")]
    public void A_resumed_session_sends_again_what_is_unfinished_and_then_what_is_new()
    {
        var client = ClientHarness.Connected(Persistent);
        foreach (var (topic, qos) in new[] { ("a", QoS.AtLeastOnce), ("b", QoS.ExactlyOnce), ("c", QoS.ExactlyOnce) })
        {
            client.Core.Publish(ClientHarness.Message(topic, qos), client.Now);
        }
        var identifiers = client.Sent().Cast<PublishPacket>().Select(packet => packet.PacketIdentifier).ToArray();
        client.Give(new PubRecPacket { PacketIdentifier = identifiers[1] });
        client.Core.CloseTransport("cut");
        client.Core.Publish(ClientHarness.Message("d", QoS.AtLeastOnce), client.Now);
        client.Core.Publish(ClientHarness.Message("e"), client.Now);

        client.Reconnect();

        var sent = client.Sent();
        Assert.Equal(
            ["Connect", "Publish 1 a DUP", "PubRel 2", "Publish 3 c DUP", "Publish 0 e", "Publish 4 d"],
            sent.Select(Describe));
    }

    [Fact]
    [Trait("Statement", "MQTT-3.2.2-5")]
    public void A_session_that_the_server_lost_abandons_what_was_in_flight_and_keeps_what_was_not_sent()
    {
        var client = ClientHarness.Connected(Persistent, new ConnAckPacket { ReceiveMaximum = 1 });
        var inFlight = client.Core.Publish(ClientHarness.Message("a", QoS.ExactlyOnce), client.Now);
        client.Core.Publish(ClientHarness.Message("b", QoS.ExactlyOnce), client.Now);
        client.Sent();

        client.Reconnect(new ConnAckPacket { SessionPresent = false });

        Assert.Contains(new ClientEvent.Abandoned(inFlight), client.Events());
        Assert.Equal(["Connect", "Publish 1 b"], client.Sent().Select(Describe));
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.4-7")]
    [Trait("Statement", "MQTT-3.3.4-8")]
    public void Receive_maximum_holds_back_QoS_1_and_2_and_nothing_else()
    {
        var client = ClientHarness.Connected(connAck: new ConnAckPacket { ReceiveMaximum = 1 });
        foreach (var topic in "abc") client.Core.Publish(ClientHarness.Message(topic.ToString(), QoS.AtLeastOnce), client.Now);
        client.Core.Publish(ClientHarness.Message("z"), client.Now);
        Assert.Equal(["Publish 1 a", "Publish 0 z"], client.Sent().Select(Describe));

        client.Give(new PubAckPacket { PacketIdentifier = new(1) });
        Assert.Equal(["Publish 2 b"], client.Sent().Select(Describe));
        client.Give(new PubAckPacket { PacketIdentifier = new(2) });
        Assert.Equal(["Publish 3 c"], client.Sent().Select(Describe));
    }

    [Fact]
    [Trait("Statement", "MQTT-3.2.2-11")]
    [Trait("Statement", "MQTT-3.2.2-14")]
    [Trait("Statement", "MQTT-3.2.2-15")]
    public void What_the_server_does_not_take_is_refused_without_a_packet()
    {
        var client = ClientHarness.Connected(
            connAck: new ConnAckPacket { MaximumQoS = QoS.AtLeastOnce, RetainAvailable = false, MaximumPacketSize = 50 });

        client.Core.Publish(ClientHarness.Message("a", QoS.ExactlyOnce), client.Now);
        client.Core.Publish(ClientHarness.Message("a") with { Retain = true }, client.Now);
        client.Core.Publish(ClientHarness.Message("a", payload: new string('x', 50)), client.Now);

        Assert.Empty(client.Sent());
        Assert.Equal(
            [ReasonCode.QoSNotSupported, ReasonCode.RetainNotSupported, ReasonCode.PacketTooLarge],
            client.Events().Cast<ClientEvent.Published>().Select(published => published.ReasonCode));
    }

    [Fact]
    [Trait("Statement", "MQTT-3.2.2-15")]
    public void A_packet_of_exactly_the_servers_maximum_is_sent()
    {
        var client = ClientHarness.Connected(connAck: new ConnAckPacket { MaximumPacketSize = 50 });

        client.Core.Publish(ClientHarness.Message("a", payload: new string('x', 44)), client.Now);

        Assert.Equal(50, client.Bytes.Length);
    }

    [Fact]
    public void A_full_queue_refuses()
    {
        var client = new ClientHarness(new ClientOptions { ClientId = "c", QueuedMessagesMax = 2 });
        for (var count = 0; count < 3; count++) client.Core.Publish(ClientHarness.Message("a", QoS.AtLeastOnce), client.Now);

        Assert.Equal(new ClientEvent.Published(3, ReasonCode.QuotaExceeded), Assert.Single(client.Events()));
        Assert.Equal(2, client.Core.UnfinishedCount);
    }

    [Fact]
    public void An_unknown_PUBREC_is_answered_with_not_found()
    {
        var client = ClientHarness.Connected();
        client.Give(new PubRecPacket { PacketIdentifier = new(77) });

        var release = Assert.IsType<PubRelPacket>(Assert.Single(client.Sent()));
        Assert.Equal((77, ReasonCode.PacketIdentifierNotFound), (release.PacketIdentifier.Value, release.ReasonCode));
    }

    private static string Describe(Packet packet) => packet switch
    {
        PublishPacket publish => $"Publish {publish.PacketIdentifier} {publish.Message.Topic}{(publish.Duplicate ? " DUP" : "")}",
        AcknowledgementPacket acknowledgement => $"{packet.Type} {acknowledgement.PacketIdentifier}",
        _ => packet.Type.ToString(),
    };
}
