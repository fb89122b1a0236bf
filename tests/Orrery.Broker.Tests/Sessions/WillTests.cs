using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Sessions;

[Trait("Statement", "MQTT-3.1.2-8")]
public class WillTests
{
    private readonly BrokerWorld _world = new();
    private readonly TestClient _watcher;

    public WillTests()
    {
        _watcher = _world.Connect("watcher");
        _watcher.Subscribe("will/#", retainAsPublished: true);
    }

    private TestClient Connect(uint delay = 0, uint? expiry = null, MqttVersion version = MqttVersion.V5, QoS qos = QoS.AtMostOnce,
        bool retain = false, ushort keepAlive = 0, bool cleanStart = false) =>
        _world.Connect("c", version, cleanStart, expiry, c => c with
        {
            KeepAliveSeconds = keepAlive,
            Will = new Will(Message("will/c", "dead", qos, retain), delay),
        });

    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    [Trait("Statement", "MQTT-3.1.2-7")]
    [Trait("Statement", "MQTT-3.1.2-10")]
    [Trait("Statement", "v311:MQTT-3.1.2-8")]
    [Trait("Statement", "v311:MQTT-3.1.2-10")]
    public void W1_A_lost_connection_publishes_the_will_once(MqttVersion version)
    {
        Connect(version: version, cleanStart: true).Drop();

        _watcher.ExpectPublish("will/c", "dead");
        _world.Advance(1_000);
        _watcher.ExpectNothing();
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    [Trait("Statement", "MQTT-3.14.4-3")]
    [Trait("Statement", "MQTT-3.1.2-10")]
    [Trait("Statement", "v311:MQTT-3.14.4-3")]
    [Trait("Statement", "v311:MQTT-3.1.2-10")]
    public void W3_DISCONNECT_cancels_it(MqttVersion version)
    {
        var client = Connect(version: version);

        client.Send(Disconnect());

        Assert.True(client.IsClosed);
        _world.Advance(1_000);
        _watcher.ExpectNothing();
    }

    [Theory]
    [InlineData(ReasonCode.DisconnectWithWillMessage)]
    [InlineData(ReasonCode.UnspecifiedError)]
    public void W3_DISCONNECT_with_another_code_does_not(ReasonCode code)
    {
        Connect().Send(Disconnect(code));

        _watcher.ExpectPublish("will/c", "dead");
    }

    [Fact]
    public void W3_A_keep_alive_timeout_and_a_protocol_error_publish_it()
    {
        Connect(keepAlive: 10);
        _world.Advance(15);
        _watcher.ExpectPublish("will/c", "dead");

        Connect().SendRaw([0x36, 0x00]);
        _watcher.ExpectPublish("will/c", "dead");
    }

    [Fact]
    public void A_DISCONNECT_that_waits_behind_a_SUBSCRIBE_counts_although_the_peer_is_gone()
    {
        var client = Connect();

        client.SendLater(
            Subscribe(1, null, new Subscription(Filter("x"), QoS.AtMostOnce, false, false, RetainHandling.SendAtSubscribe)),
            Disconnect());
        client.Drop();

        _watcher.ExpectNothing();
    }

    [Fact]
    public void W2_The_delay_is_waited_for()
    {
        Connect(delay: 20, expiry: 100).Drop();

        _world.Advance(19.999);
        _watcher.ExpectNothing();
        _world.Advance(0.001);

        _watcher.ExpectPublish("will/c", "dead");
    }

    [Fact]
    public void W2_The_sessions_end_is_the_latest_instant()
    {
        Connect(delay: 100, expiry: 20).Drop();

        _world.Advance(19.999);
        _watcher.ExpectNothing();
        _world.Advance(0.001);

        _watcher.ExpectPublish("will/c", "dead");
        _world.Advance(1_000);
        _watcher.ExpectNothing();
    }

    [Fact]
    public void W2_Without_a_session_expiry_the_delay_does_not_count()
    {
        Connect(delay: 100).Drop();

        _watcher.ExpectPublish("will/c", "dead");
    }

    [Fact]
    [Trait("Statement", "MQTT-3.1.3-9")]
    public void W4_A_resumed_session_cancels_the_will()
    {
        Connect(delay: 20, expiry: 100).Drop();
        _world.Advance(10);

        _world.Connect("c", cleanStart: false, sessionExpiry: 100);
        _world.Advance(1_000);

        _watcher.ExpectNothing();
    }

    [Fact]
    public void W4_A_clean_start_ends_the_session_and_publishes_it()
    {
        Connect(delay: 20, expiry: 100).Drop();
        _world.Advance(10);

        _world.Connect("c", cleanStart: true);

        _watcher.ExpectPublish("will/c", "dead");
        _world.Advance(1_000);
        _watcher.ExpectNothing();
    }

    [Theory]
    [InlineData(0u, 100u, false, true)]                 // no delay
    [InlineData(20u, 0u, false, true)]                  // the session ends with the connection
    [InlineData(20u, 100u, true, true)]                 // the new one starts clean
    [InlineData(20u, 100u, false, false)]               // resumed before it was due
    public void W5_A_takeover_publishes_the_will_unless_it_is_delayed_and_resumed(uint delay, uint expiry, bool cleanStart, bool published)
    {
        Connect(delay, expiry);

        _world.Connect("c", cleanStart: cleanStart, sessionExpiry: 100);

        if (published)
        {
            _watcher.ExpectPublish("will/c", "dead");
        }

        _world.Advance(1_000);
        _watcher.ExpectNothing();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Statement", "v311:MQTT-3.1.2-8")]
    public void W5_Version_311_always_publishes_it_on_takeover(bool cleanStart)
    {
        Connect(version: MqttVersion.V311, cleanStart: false);

        _world.Connect("c", MqttVersion.V311, cleanStart);

        _watcher.ExpectPublish("will/c", "dead");
    }

    [Fact]
    [Trait("Statement", "MQTT-3.1.2-15")]
    public void W6_A_retained_will_is_kept_and_has_its_QoS()
    {
        Connect(qos: QoS.AtLeastOnce, retain: true).Drop();

        var live = _watcher.ExpectPublish("will/c", "dead");
        Assert.Equal((QoS.AtLeastOnce, true), (live.Message.QoS, live.Message.Retain));
        var later = _world.Connect("later");
        later.Subscribe("will/c");
        Assert.True(later.ExpectPublish("will/c", "dead").Message.Retain);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.1.2-14")]
    [Trait("Statement", "v311:MQTT-3.1.2-16")]
    public void W6_A_will_that_is_not_to_be_retained_is_not_kept()
    {
        Connect(version: MqttVersion.V311, cleanStart: true).Drop();

        var later = _world.Connect("later");
        later.Subscribe("will/c");
        later.ExpectNothing();
    }
}
