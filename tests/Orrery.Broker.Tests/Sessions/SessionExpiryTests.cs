using Orrery.Actors.Extensions;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Sessions;

public class SessionExpiryTests
{
    private readonly BrokerWorld _world = new();

    [Fact]
    [Trait("Statement", "MQTT-3.2.2-2")]
    [Trait("Statement", "MQTT-3.2.2-3")]
    [Trait("Statement", "MQTT-3.1.2-4")]
    [Trait("Statement", "MQTT-3.1.2-6")]
    [Trait("Statement", "MQTT-3.1.2-23")]
    [Trait("Statement", "MQTT-3.1.4-4")]
    public void S1_Session_present_is_told_when_there_is_one()
    {
        _world.Connect("c", cleanStart: false, sessionExpiry: 100).Drop();

        Assert.True(_world.Connect("c", cleanStart: false, sessionExpiry: 100).ConnAck!.SessionPresent);
        Assert.False(_world.Connect("c", cleanStart: true, sessionExpiry: 100).ConnAck!.SessionPresent);
        Assert.False(_world.Connect("other", cleanStart: false).ConnAck!.SessionPresent);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.1.2-23")]
    [Trait("Statement", "MQTT-4.1.0-2")]
    public void S4_A_session_is_there_until_its_expiry_and_not_at_it()
    {
        _world.Connect("early", cleanStart: false, sessionExpiry: 100).Drop();
        _world.Connect("late", cleanStart: false, sessionExpiry: 100).Drop();

        _world.Advance(99.999);
        Assert.True(_world.Connect("early", cleanStart: false, sessionExpiry: 100).ConnAck!.SessionPresent);
        _world.Advance(0.001);

        Assert.False(_world.Connect("late", cleanStart: false, sessionExpiry: 100).ConnAck!.SessionPresent);
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public void S4_The_largest_interval_never_ends(MqttVersion version)
    {
        _world.Connect("c", version, cleanStart: false, sessionExpiry: uint.MaxValue).Drop();

        _world.Advance(TimeSpan.FromDays(20_000));

        Assert.Equal(
            version == MqttVersion.V5 || version == MqttVersion.V311,
            _world.Connect("c", version, cleanStart: false, sessionExpiry: uint.MaxValue).ConnAck!.SessionPresent);
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    [Trait("Statement", "v311:MQTT-3.1.2-6")]
    [Trait("Statement", "MQTT-4.1.0-2")]
    [Trait("Statement", "v311:MQTT-3.1.4-3")]
    public void A_session_without_expiry_ends_with_its_connection(MqttVersion version)
    {
        var client = _world.Connect("c", version, cleanStart: true);
        client.Subscribe("a");
        client.Drop();

        Assert.False(_world.Connect("c", version, cleanStart: false).ConnAck!.SessionPresent);
    }

    [Fact]
    public void S4_DISCONNECT_may_change_the_interval()
    {
        var client = _world.Connect("c", cleanStart: false, sessionExpiry: 100);
        client.Send(Disconnect(sessionExpiry: 10));

        _world.Advance(10);

        Assert.False(_world.Connect("c", cleanStart: false).ConnAck!.SessionPresent);
    }

    [Fact]
    [Trait("Statement", "MQTT-4.13.1-1")]
    public void S4_DISCONNECT_cannot_prolong_a_session_that_ends_with_its_connection()
    {
        var client = _world.Connect("c", cleanStart: false, sessionExpiry: 0);

        client.Send(Disconnect(sessionExpiry: 10));

        Assert.Equal(ReasonCode.ProtocolError, client.Expect<DisconnectPacket>().ReasonCode);
        Assert.False(_world.Connect("c", cleanStart: false).ConnAck!.SessionPresent);
    }

    [Fact]
    [Trait("Statement", "MQTT-4.1.0-1")]
    public void S7_A_session_is_not_ended_while_connected()
    {
        _world.Connect("c", cleanStart: false, sessionExpiry: 10).Drop();
        _world.Advance(9);
        var client = _world.Connect("c", cleanStart: false, sessionExpiry: 10);
        client.Subscribe("a");

        _world.Advance(100);

        _world.Connect("p").Publish("a", "x");
        client.ExpectPublish("a", "x");
    }

    [Fact]
    [Trait("Statement", "MQTT-4.5.0-1")]
    [Trait("Statement", "MQTT-3.1.2-5")]
    [Trait("Statement", "MQTT-3.1.2-23")]
    public void A_persistent_session_queues_what_its_client_misses_and_keeps_the_order()
    {
        var client = _world.Connect("c", cleanStart: false, sessionExpiry: 100);
        client.Subscribe("a", QoS.AtLeastOnce);
        client.Drop();
        var publisher = _world.Connect("p");
        for (ushort i = 1; i <= 50; i++)
        {
            publisher.Publish("a", $"{i}", (QoS)((i % 2) + 1), i);
        }

        client = _world.Connect("c", cleanStart: false, sessionExpiry: 100);

        for (var i = 1; i <= 50; i++)
        {
            var publish = client.ExpectPublish("a", $"{i}");
            Assert.False(publish.Duplicate);
            Assert.Equal(QoS.AtLeastOnce, publish.Message.QoS);
        }

        client.ExpectNothing();
    }

    [Fact]
    public void QoS_0_is_not_queued_for_a_client_that_is_away()
    {
        var client = _world.Connect("c", cleanStart: false, sessionExpiry: 100);
        client.Subscribe("a");
        client.Drop();
        _world.Connect("p").Publish("a", "x");

        client = _world.Connect("c", cleanStart: false, sessionExpiry: 100);

        client.ExpectNothing();
        Assert.Equal(1, _world.Statistics()[Orrery.Broker.Statistics.Counter.QoS0Offline]);
    }

    [Fact]
    public void A_connection_that_arrives_while_the_session_ends_is_served()
    {
        for (var seed = 1UL; seed <= 300; seed++)
        {
            var world = new BrokerWorld(host: new DeterministicOptions { Seed = seed, Order = DispatchOrder.SeededRandom });
            var old = world.Connect("c");
            old.Subscribe("$share/g/a");
            var next = world.Open();
            old.SendLater(
                Subscribe(1, null, new Subscription(Filter("b"), QoS.AtMostOnce, false, false, RetainHandling.SendAtSubscribe)),
                Disconnect());
            for (var turns = (int)(seed % 25); turns > 0; turns--)
            {
                world.Host.RunOne();
            }

            next.SendLater(new ConnectPacket { Version = MqttVersion.V5, ClientId = "c", CleanStart = false });
            world.Run();

            Assert.True(next.InboxCount == 1, $"seed {seed}: no CONNACK");
        }
    }

    [Fact]
    public void S5_An_ended_session_leaves_nothing_behind()
    {
        var world = new BrokerWorld(new BrokerOptions { SysIntervalSeconds = 0 });    // the broker's own topics come and stay
        var baseline = world.Host.ActorCount;
        for (var i = 0; i < 20; i++)
        {
            var client = world.Connect($"c{i}", cleanStart: false, sessionExpiry: 10);
            client.Subscribe($"deep/{i}/+/topic");
            client.Drop();
        }

        world.Advance(10);

        Assert.Equal(baseline, world.Host.ActorCount);
    }
}
