using Orrery.Client;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Clients;
using Orrery.Simulation.Network;

namespace Orrery.Simulation.Tests.Worlds;

/// <summary>A sensor goes silent without FIN or RST; its keep-alive is 10 s, its will is due 20 s after the close.</summary>
[Trait("Statement", "MQTT-3.1.2-22")]
[Trait("Statement", "MQTT-3.1.2-8")]
[Trait("Statement", "MQTT-3.1.3-9")]
public sealed class StoryTests
{
    private readonly World _world = new(links: new LinkOptions { LatencyNanoseconds = 5_000_000 });
    private readonly ClientModel _watcher;
    private readonly ClientModel _sensor;
    private readonly Link _sensorLink;

    public StoryTests()
    {
        _watcher = _world.Model("watcher");
        _sensorLink = _world.Link("sensor");
        _sensor = new ClientModel(_world.Kernel, "sensor", _sensorLink, new ClientOptions
        {
            ClientId = "sensor",
            CleanStart = false,
            SessionExpiryIntervalSeconds = 300,
            KeepAliveSeconds = 10,
            Will = new Will(World.Message("status/sensor", "dead", QoS.AtLeastOnce, retain: true), 20),
        });

        _watcher.Connect();
        _world.RunTo(0.05);
        _watcher.Subscribe(World.Subscription("status/#", QoS.AtLeastOnce));
        _world.RunTo(0.1);
        _sensor.Connect();
        _world.RunTo(1);
        Assert.False(((ClientEvent.Connected)_sensor.Seen.Single().Event).ConnAck.SessionPresent);
        _sensorLink.Block(Direction.ToListener);
        _sensorLink.Block(Direction.ToCaller);
    }

    [Fact]
    public void A_silent_client_is_closed_at_one_and_a_half_keep_alives_and_its_will_follows_its_delay()
    {
        // CONNECT arrives at 115 ms, since opening takes one round trip; the broker counts from there.
        _world.RunTo(15.114_999_999);
        Assert.Equal(2, _world.Broker.Transports.Count);
        _world.RunTo(15.115);
        Assert.Single(_world.Broker.Transports);

        _world.RunTo(120);

        Assert.Equal([(World.Seconds(35.120), "status/sensor=dead")], World.Deliveries(_watcher));
    }

    [Fact]
    public void A_client_that_comes_back_in_time_resumes_its_session_and_its_will_is_not_published()
    {
        _world.RunTo(30);
        _sensorLink.Unblock(Direction.ToListener);
        _sensorLink.Unblock(Direction.ToCaller);
        _sensor.Connect();
        _world.RunTo(30.1);
        Assert.True(((ClientEvent.Connected)_sensor.Seen[^1].Event).ConnAck.SessionPresent);

        _world.RunTo(120);

        Assert.Empty(World.Deliveries(_watcher));
        Assert.Equal(ClientState.Connected, _sensor.Core.State);
    }
}
