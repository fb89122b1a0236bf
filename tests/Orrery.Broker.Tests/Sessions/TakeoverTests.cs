using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Sessions;

[Trait("Statement", "MQTT-3.1.4-3")]
public class TakeoverTests
{
    private readonly BrokerWorld _world = new();

    [Fact]
    public void S2_The_older_connection_is_told_and_closed()
    {
        var old = _world.Connect("c");

        var client = _world.Connect("c");

        Assert.Equal(ReasonCode.SessionTakenOver, old.Expect<DisconnectPacket>().ReasonCode);
        Assert.True(old.IsClosed);
        Assert.False(client.IsClosed);
    }

    [Fact]
    [Trait("Statement", "v311:MQTT-3.1.4-2")]
    public void S2_A_version_3_client_is_closed_without_a_packet()
    {
        var old = _world.Connect("c", MqttVersion.V311);

        _world.Connect("c", MqttVersion.V311);

        old.ExpectNothing();
        Assert.True(old.IsClosed);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.1-1")]
    [Trait("Statement", "MQTT-4.3.2-3")]
    [Trait("Statement", "MQTT-4.3.3-3")]
    [Trait("Statement", "MQTT-4.4.0-1")]
    [Trait("Statement", "MQTT-3.1.3-2")]
    public void S3_What_the_old_connection_did_not_acknowledge_is_sent_again_on_the_new_one()
    {
        var old = _world.Connect("c", cleanStart: false, sessionExpiry: 100);
        old.Subscribe("a");
        var publisher = _world.Connect("p");
        publisher.Publish("a", "1", QoS.AtLeastOnce, 1);
        publisher.Publish("a", "2", QoS.ExactlyOnce, 2);
        var first = old.ExpectPublish("a", "1");
        var second = old.ExpectPublish("a", "2");

        var client = _world.Connect("c", cleanStart: false, sessionExpiry: 100);

        Assert.True(client.ConnAck!.SessionPresent);
        var again = client.ExpectPublish("a", "1");
        Assert.Equal((true, first.PacketIdentifier), (again.Duplicate, again.PacketIdentifier));
        again = client.ExpectPublish("a", "2");
        Assert.Equal((true, second.PacketIdentifier), (again.Duplicate, again.PacketIdentifier));
        client.ExpectNothing();
    }

    [Fact]
    public void S3_A_half_open_connection_that_takes_nothing_is_dropped()
    {
        var old = _world.Connect("c", cleanStart: false, sessionExpiry: 100);
        old.Subscribe("a");
        old.IsSlow = true;
        var publisher = _world.Connect("p");
        publisher.Publish("a", "1", QoS.AtLeastOnce, 1);

        var client = _world.Connect("c", cleanStart: false, sessionExpiry: 100);

        Assert.True(old.WasAborted);
        client.ExpectPublish("a", "1");
    }

    [Fact]
    [Trait("Statement", "MQTT-3.1.2-4")]
    [Trait("Statement", "MQTT-3.1.4-4")]
    [Trait("Statement", "MQTT-3.2.2-2")]
    public void S6_A_clean_start_forgets_what_was_queued_and_subscribed()
    {
        var old = _world.Connect("c", cleanStart: false, sessionExpiry: 100);
        old.Subscribe("a");
        old.Drop();
        var publisher = _world.Connect("p");
        publisher.Publish("a", "stale", QoS.AtLeastOnce, 1);

        var client = _world.Connect("c", cleanStart: true);
        publisher.Publish("a", "later", QoS.AtLeastOnce, 2);

        Assert.False(client.ConnAck!.SessionPresent);
        client.ExpectNothing();
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    [Trait("Statement", "v311:MQTT-3.1.2-6")]
    [Trait("Statement", "MQTT-3.2.2-2")]
    public void S1_A_session_that_ends_with_its_connection_is_not_resumed_by_the_one_that_displaces_it(MqttVersion version)
    {
        var old = _world.Connect("c", version, cleanStart: true);
        old.Subscribe("a");

        var client = _world.Connect("c", version, cleanStart: false, sessionExpiry: 100);
        _world.Connect("p").Publish("a", "x", QoS.AtLeastOnce, 1);

        Assert.True(old.IsClosed);
        Assert.False(client.ConnAck!.SessionPresent);
        client.ExpectNothing();
    }

    [Fact]
    public void S8_A_thousand_takeovers_end_with_the_last_owner()
    {
        var clients = new List<TestClient>();
        for (var i = 0; i < 1_000; i++)
        {
            clients.Add(_world.Connect("c", cleanStart: i % 3 == 0, sessionExpiry: 100));
        }

        Assert.All(clients.SkipLast(1), c => Assert.True(c.IsClosed));
        Assert.False(clients[^1].IsClosed);
        clients[^1].Subscribe("a");
        _world.Connect("p").Publish("a", "x");
        clients[^1].ExpectPublish("a", "x");
    }

    [Fact]
    public void Many_connections_at_the_same_instant_leave_exactly_one()
    {
        var clients = Enumerable.Range(0, 20).Select(_ => _world.Open()).ToList();
        var connect = new ConnectPacket { Version = MqttVersion.V5, ClientId = "c", CleanStart = false, SessionExpiryIntervalSeconds = 50 };
        foreach (var client in clients)
        {
            client.SendLater(connect);
        }

        _world.Run();

        Assert.Equal(1, clients.Count(c => !c.IsClosed));
        Assert.False(clients[^1].IsClosed);
    }

    [Fact]
    [Trait("Statement", "MQTT-4.3.3-10")]
    public void QoS_2_identifiers_survive_the_takeover()
    {
        var listener = _world.Connect("listener");
        listener.Subscribe("a");
        var old = _world.Connect("c", cleanStart: false, sessionExpiry: 100);
        old.Publish("a", "once", QoS.ExactlyOnce, 7);
        old.Expect<PubRecPacket>();

        var client = _world.Connect("c", cleanStart: false, sessionExpiry: 100);
        client.Publish("a", "once", QoS.ExactlyOnce, 7, duplicate: true);

        client.Expect<PubRecPacket>();
        client.Send(PubRel(7));
        Assert.Equal(ReasonCode.Success, client.Expect<PubCompPacket>().ReasonCode);
        listener.ExpectPublish("a", "once");
        listener.ExpectNothing();
    }
}
