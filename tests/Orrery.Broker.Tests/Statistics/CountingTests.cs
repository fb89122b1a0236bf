using Orrery.Actors.Extensions;
using Orrery.Broker.Statistics;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Statistics;

/// <summary>Traffic, clients and endings: each figure against what the test itself sent and got.</summary>
public class CountingTests
{
    private readonly BrokerWorld _world = new();

    [Fact]
    public void Packets_are_counted_by_type_in_both_directions()
    {
        var subscriber = _world.Connect("s");
        subscriber.Subscribe("t");
        var publisher = _world.Connect("p");
        publisher.Publish("t", "one", QoS.ExactlyOnce, 1);
        publisher.Send(PubRel(1), Publish("t", "two"), Publish("nobody", "three"));
        subscriber.Send(PingReqPacket.Instance);

        var counted = _world.Statistics();
        Assert.Equal(2, counted.Received(ControlPacketType.Connect));
        Assert.Equal(2, counted.Sent(ControlPacketType.ConnAck));
        Assert.Equal(3, counted.Received(ControlPacketType.Publish));
        Assert.Equal(2, counted.Sent(ControlPacketType.Publish));
        Assert.Equal(1, counted.Received(ControlPacketType.PubRel));
        Assert.Equal(1, counted.Sent(ControlPacketType.PubRec));
        Assert.Equal(1, counted.Sent(ControlPacketType.PubComp));
        Assert.Equal(1, counted.Received(ControlPacketType.Subscribe));
        Assert.Equal(1, counted.Sent(ControlPacketType.SubAck));
        Assert.Equal(1, counted.Sent(ControlPacketType.PingResp));
        Assert.Equal(8, counted.PacketsReceived);
        Assert.Equal(8, counted.PacketsSent);
        Assert.Equal(1, counted[Counter.Unmatched]);
    }

    [Theory]
    [InlineData(MqttVersion.V311, MqttVersion.V311)]    // passed on as it arrived
    [InlineData(MqttVersion.V311, MqttVersion.V5)]      // encoded anew
    public void Bytes_are_those_on_the_wire_and_payload_bytes_those_published(MqttVersion from, MqttVersion to)
    {
        var subscriber = _world.Connect("s", to);
        subscriber.Subscribe("some/topic", QoS.AtMostOnce);
        var publisher = _world.Connect("p", from);
        var before = _world.Statistics();
        PublishPacket[] sent = [Publish("some/topic", "12345"), Publish("some/topic", ""), Publish("some/topic", new string('x', 300))];

        publisher.Send(sent);

        var counted = _world.Statistics();
        Assert.Equal(sent.Sum(p => PacketWriter.SizeOf(p, from)), counted[Counter.BytesReceived] - before[Counter.BytesReceived]);
        Assert.Equal(subscriber.TakeAll().Sum(p => PacketWriter.SizeOf(p, to)), counted[Counter.BytesSent] - before[Counter.BytesSent]);
        Assert.Equal(305, counted[Counter.PublishBytesReceived]);
        Assert.Equal(305, counted[Counter.PublishBytesSent]);
        Assert.Equal(3, counted.Sent(ControlPacketType.Publish));
    }

    [Fact]
    public void Connections_clients_and_sessions_come_and_go()
    {
        var stays = _world.Connect("stays", sessionExpiry: 100);
        var goes = _world.Connect("goes");
        _world.Open();
        Assert.Equal((3L, 2L, 2L), Figures());

        goes.Send(Disconnect());
        stays.Drop();
        Assert.Equal((1L, 0L, 1L), Figures());

        _world.Advance(100);
        Assert.Equal((0L, 0L, 0L), Figures());
        var counted = _world.Statistics();
        Assert.Equal(1, counted[Counter.ConnectionsLost]);
        Assert.Equal(1, counted[Counter.SessionsExpired]);
        Assert.Equal(1, counted[Counter.ConnectTimeouts]);
        Assert.Equal(1, counted.Count(ReasonCounter.ClosedByClient, ReasonCode.Success));

        (long, long, long) Figures()
        {
            var now = _world.Statistics();
            return (now.ConnectionsOpen, now.ClientsConnected, now.Sessions);
        }
    }

    [Fact]
    public void A_takeover_is_one_client_gone_and_one_come()
    {
        _world.Connect("c", sessionExpiry: 100);
        _world.Connect("c", sessionExpiry: 100);

        var counted = _world.Statistics();
        Assert.Equal(1, counted.ClientsConnected);
        Assert.Equal(2, counted[Counter.SessionsStarted]);      // a clean start ends the first
        Assert.Equal(1, counted.Sessions);
        Assert.Equal(1, counted.Count(ReasonCounter.ClosedByBroker, ReasonCode.SessionTakenOver));
    }

    [Fact]
    public void Refusals_and_endings_are_counted_by_their_code()
    {
        var world = new BrokerWorld(new BrokerOptions { SessionsMax = 1 });
        world.Connect("first").Send(Disconnect(ReasonCode.DisconnectWithWillMessage));
        world.Connect("second");
        world.Open().Send(new ConnectPacket { Version = MqttVersion.V5, ClientId = "third", CleanStart = true });
        world.Open().Send(new ConnectPacket { Version = MqttVersion.V5, ClientId = "x", AuthenticationMethod = "m" });

        var counted = world.Statistics();
        Assert.Equal(1, counted.Count(ReasonCounter.ClosedByClient, ReasonCode.DisconnectWithWillMessage));
        Assert.Equal(1, counted.Count(ReasonCounter.ConnectRefused, ReasonCode.QuotaExceeded));
        Assert.Equal(1, counted.Count(ReasonCounter.ConnectRefused, ReasonCode.BadAuthenticationMethod));
        Assert.Equal(2, counted[Counter.ConnectsRefused]);
    }

    [Fact]
    public void What_is_stored_rises_and_falls()
    {
        var subscriber = _world.Connect("s", sessionExpiry: 100);
        subscriber.Subscribe("t");
        subscriber.Subscribe("$share/g/t");
        subscriber.Publish("t", "in flight", QoS.AtLeastOnce, 1);   // twice: the group has but one member
        subscriber.Drop();
        var publisher = _world.Connect("p");
        publisher.Publish("t", "waits", QoS.AtLeastOnce, 1);

        Assert.Equal(4, _world.Statistics()[Counter.StoredMessages]);
        Assert.Equal(2 * (1 + 5 + 16), _world.Statistics()[Counter.StoredBytes]);
        Assert.Equal(1, _world.Statistics()[Counter.SharedSubscriptions]);
        Assert.Equal(1, _world.Statistics()[Counter.Subscriptions]);

        _world.Advance(100);
        Assert.Equal(0, _world.Statistics()[Counter.StoredMessages]);
        Assert.Equal(0, _world.Statistics()[Counter.StoredBytes]);
        Assert.Equal(0, _world.Statistics()[Counter.SharedSubscriptions]);
        Assert.Equal(0, _world.Statistics()[Counter.Subscriptions]);
        Assert.Equal(2, _world.Statistics()[Counter.SessionEnded]);
        Assert.Equal(2, _world.Statistics()[Counter.SharedGroupEnded]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Nothing_is_counted_twice_or_lost_when_actors_stop_while_they_are_asked(ulong seed)
    {
        var world = new BrokerWorld(host: new DeterministicOptions { Seed = seed, Order = DispatchOrder.SeededRandom });
        for (var i = 1; i <= 20; i++)
        {
            var client = world.Open();
            client.SendLater(new ConnectPacket { Version = MqttVersion.V5, ClientId = $"c{i}", CleanStart = true });
            world.Run();
            client.SendLater(Publish("t", "x"), Disconnect());
            world.Broker.Actor.Tell(MqttBroker.GetStatistics, Orrery.Actors.ActorRefs.Nobody);
            world.Run();
            var counted = world.Statistics();
            Assert.Equal(i, counted.Received(ControlPacketType.Publish));
            Assert.Equal(0, counted.ConnectionsOpen);
            Assert.Equal(0, counted.Sessions);
        }
    }
}
