using Orrery.Broker.Statistics;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Tests.Connections;

[Trait("Statement", "MQTT-3.1.2-22")]
[Trait("Statement", "v311:MQTT-3.1.2-24")]
public class KeepAliveTests
{
    private readonly BrokerWorld _world = new(new BrokerOptions());

    private TestClient Connect(ushort keepAlive, MqttVersion version = MqttVersion.V5) =>
        _world.Connect("c", version, with: c => c with { KeepAliveSeconds = keepAlive });

    [Fact]
    [Trait("Statement", "MQTT-3.2.2-22")]
    public void K1_A_silent_client_is_closed_at_one_and_a_half_times_its_keep_alive()
    {
        var client = Connect(10);

        _world.Advance(14.999);
        Assert.False(client.IsClosed);
        _world.Advance(0.001);

        Assert.Equal(ReasonCode.KeepAliveTimeout, client.Expect<DisconnectPacket>().ReasonCode);
        Assert.True(client.IsClosed);
        Assert.Equal(1, _world.Statistics()[Counter.KeepAliveTimeouts]);
    }

    [Fact]
    public void K1_Version_3_is_closed_without_a_packet()
    {
        var client = Connect(10, MqttVersion.V311);

        _world.Advance(15);

        client.ExpectNothing();
        Assert.True(client.IsClosed);
    }

    [Fact]
    public void K2_Each_packet_starts_the_time_anew()
    {
        var client = Connect(10);
        for (var i = 0; i < 5; i++)
        {
            _world.Advance(14.999);
            client.Send(PingReqPacket.Instance);
            client.Expect<PingRespPacket>();
        }

        _world.Advance(14.999);
        Assert.False(client.IsClosed);
        _world.Advance(0.001);
        Assert.True(client.IsClosed);
    }

    [Fact]
    public void K2_Keep_alive_0_never_closes()
    {
        var client = Connect(0);

        _world.Advance(TimeSpan.FromDays(30));

        Assert.False(client.IsClosed);
    }

    [Fact]
    public void K3_The_servers_keep_alive_replaces_the_clients()
    {
        var world = new BrokerWorld(new BrokerOptions { KeepAliveMaxSeconds = 4 });
        var client = world.Connect("c", with: c => c with { KeepAliveSeconds = 100 });
        Assert.Equal((ushort)4, client.ConnAck!.ServerKeepAliveSeconds);

        world.Advance(5.999);
        Assert.False(client.IsClosed);
        world.Advance(0.001);

        Assert.True(client.IsClosed);
    }

    [Fact]
    public void K4_Bytes_of_an_unfinished_packet_do_not_count()
    {
        var client = Connect(10);
        _world.Advance(14);

        client.SendRaw([0x30, 0x7F, 0x00]);
        _world.Advance(1);

        Assert.True(client.IsClosed);
    }

    [Fact]
    public void K4_What_the_broker_sends_does_not_count()
    {
        var client = Connect(10);
        client.Subscribe("a");
        var publisher = _world.Connect("p");
        _world.Advance(14);
        publisher.Publish("a", "x");
        _world.Advance(1);

        Assert.True(client.IsClosed);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.12.4-1")]
    [Trait("Statement", "MQTT-3.3.4-10")]
    [Trait("Statement", "MQTT-4.9.0-3")]
    public void K6_A_ping_is_answered_even_without_quota()
    {
        var client = _world.Connect("c", with: c => c with { ReceiveMaximum = 1 });
        client.Subscribe("a");
        var publisher = _world.Connect("p");
        publisher.Publish("a", "1", QoS.AtLeastOnce, 1);
        publisher.Publish("a", "2", QoS.AtLeastOnce, 2);
        client.ExpectPublish("a", "1");

        client.Send(PingReqPacket.Instance);

        client.Expect<PingRespPacket>();
    }

    [Fact]
    public void K7_After_the_broker_stood_still_bytes_that_wait_are_read_first()
    {
        var client = Connect(10);
        _world.Host.Scheduler.Pause(TimeSpan.FromSeconds(60));
        _world.Advance(TimeSpan.Zero);                  // the late timer comes before the bytes

        client.Send(PingReqPacket.Instance);
        _world.Advance(5);

        client.Expect<PingRespPacket>();
        Assert.False(client.IsClosed);
    }

    [Fact]
    public void K7_A_client_that_stays_silent_after_the_pause_is_closed_soon()
    {
        var client = Connect(10);
        _world.Host.Scheduler.Pause(TimeSpan.FromSeconds(60));
        _world.Advance(TimeSpan.Zero);

        Assert.False(client.IsClosed);
        _world.Advance(0.5);

        Assert.True(client.IsClosed);
    }
}
