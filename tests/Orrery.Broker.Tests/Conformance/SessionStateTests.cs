using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Conformance;

/// <summary>Sessions of MQTT 3.1.1 clients: §3.1.2.4 and §4.1, §4.4, §4.5 of that version.</summary>
public class SessionStateTests
{
    private readonly BrokerWorld _world = new();

    private TestClient Connect(bool cleanStart = false) => _world.Connect("c", MqttVersion.V311, cleanStart);

    [Fact]
    [Trait("Statement", "v311:MQTT-3.1.2-4")]
    [Trait("Statement", "v311:MQTT-3.1.2-5")]
    [Trait("Statement", "v311:MQTT-4.1.0-1")]
    [Trait("Statement", "v311:MQTT-4.5.0-1")]
    public void A_session_without_Clean_Session_keeps_subscriptions_and_what_its_client_misses()
    {
        Assert.False(Connect().ConnAck!.SessionPresent);
        var client = Connect();
        client.Subscribe("a");
        client.Send(Disconnect());
        _world.Advance(TimeSpan.FromDays(100));
        _world.Connect("p").Send(Publish("a", "1", QoS.AtLeastOnce, 1), Publish("a", "2", QoS.ExactlyOnce, 2));
        _world.Advance(TimeSpan.FromDays(100));

        client = Connect();

        Assert.True(client.ConnAck!.SessionPresent);
        client.ExpectPublish("a", "1");
        client.ExpectPublish("a", "2");
        client.ExpectNothing();
    }

    [Fact]
    [Trait("Statement", "v311:MQTT-3.1.2-6")]
    [Trait("Statement", "v311:MQTT-3.1.4-3")]
    public void Clean_Session_drops_what_there_was_and_leaves_nothing()
    {
        var client = Connect();
        client.Subscribe("a");
        client.Drop();
        var publisher = _world.Connect("p");
        publisher.Publish("a", "1", QoS.AtLeastOnce, 1);

        client = Connect(cleanStart: true);
        client.ExpectNothing();
        publisher.Publish("a", "2", QoS.AtLeastOnce, 2);
        client.ExpectNothing();
        client.Subscribe("a");
        client.Drop();
        publisher.Publish("a", "3", QoS.AtLeastOnce, 3);

        client = Connect();
        Assert.False(client.ConnAck!.SessionPresent);
        client.ExpectNothing();
    }

    [Fact]
    [Trait("Statement", "v311:MQTT-3.3.1-1")]
    [Trait("Statement", "v311:MQTT-4.4.0-1")]
    [Trait("Statement", "v311:MQTT-4.6.0-6")]
    public void What_is_unacknowledged_is_sent_again_in_order_with_its_identifiers()
    {
        var client = Connect();
        client.Subscribe("a");
        var publisher = _world.Connect("p");
        publisher.Send(
            Publish("a", "1", QoS.AtLeastOnce, 1), Publish("a", "2", QoS.ExactlyOnce, 2), Publish("a", "3", QoS.ExactlyOnce, 3),
            Publish("a", "4", QoS.AtLeastOnce, 4));
        var sent = client.TakeAll().Cast<PublishPacket>().ToList();
        client.Send(PubRec(sent[1]));
        client.Expect<PubRelPacket>();
        client.Drop();

        client = Connect();

        Assert.Equal(
            [
                $"Publish {sent[0].PacketIdentifier.Value} True", $"PubRel {sent[1].PacketIdentifier.Value}",
                $"Publish {sent[2].PacketIdentifier.Value} True", $"Publish {sent[3].PacketIdentifier.Value} True",
            ],
            client.TakeAll().Select(packet => packet is PublishPacket publish
                ? $"Publish {publish.PacketIdentifier.Value} {publish.Duplicate}"
                : $"{packet.Type} {((AcknowledgementPacket)packet).PacketIdentifier.Value}"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Statement", "v311:MQTT-4.1.0-2")]
    public void A_session_lasts_as_long_as_its_connection(bool cleanStart)
    {
        var world = new BrokerWorld(new BrokerOptions { SessionExpiryIntervalMaxSeconds = 10 });
        world.Connect("c", MqttVersion.V311, cleanStart: false).Drop();
        var client = world.Connect("c", MqttVersion.V311, cleanStart);
        client.Subscribe("a");

        world.Advance(TimeSpan.FromDays(30));

        world.Connect("p").Publish("a", "x", QoS.AtLeastOnce, 1);
        client.ExpectPublish("a", "x");
    }
}
