using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;

namespace Orrery.Testing.Tests;

public sealed class TestWorldTests
{
    private readonly TestWorld _world = new();

    [Fact]
    public void A_message_reaches_a_subscriber()
    {
        var (publisher, subscriber) = (_world.AddClient("pub").Connect(), _world.AddClient("sub").Connect().Subscribe("a/#", QoS.ExactlyOnce));
        _world.RunUntilQuiet();
        publisher.Publish("a/b", "hi", QoS.ExactlyOnce);
        _world.RunUntilQuiet();
        var received = Assert.Single(subscriber.Received);
        Assert.Equal(("a/b", "hi", QoS.ExactlyOnce, false), (received.Topic, received.Text, received.QoS, received.Retain));
        Assert.Equal(0, publisher.UnfinishedCount);
    }

    [Fact]
    public void A_half_open_client_is_noticed_by_its_keep_alive_and_its_will_is_published()
    {
        var watcher = _world.AddClient("watcher").Connect().Subscribe("status/#");
        var sensor = _world.AddClient("sensor", new() { KeepAlive = 10.Seconds(), Will = new TestWill("status/sensor", "dead") }).Connect();
        _world.RunUntilQuiet();
        _world.GoHalfOpen(sensor);
        var silent = _world.Now;
        _world.Advance(14.Seconds());
        Assert.Empty(watcher.Received);
        _world.Advance(2.Seconds());
        var dead = Assert.Single(watcher.Received);
        Assert.Equal("dead", dead.Text);
        Assert.InRange(dead.At - silent, 14.Seconds(), 16.Seconds());
    }

    [Fact]
    public void A_lost_acknowledgement_repeats_the_message_and_delivers_it_twice_at_QoS_1()
    {
        var subscriber = _world.AddClient("sub").Connect().Subscribe("t");
        var publisher = _world.AddClient("pub", new() { SessionExpiry = 1.Hours(), CleanStart = false, Reconnect = 2.Seconds() }).Connect();
        _world.RunUntilQuiet();
        _world.DropNext(ControlPacketType.PubAck, publisher);
        publisher.Publish("t", "once or twice");
        _world.Advance(10.Seconds());
        Assert.Equal(2, subscriber.Received.Count);
        Assert.Equal(0, publisher.UnfinishedCount);
        Assert.True(publisher.IsConnected);
    }

    [Fact]
    public void A_lost_acknowledgement_repeats_nothing_at_QoS_2()
    {
        var subscriber = _world.AddClient("sub").Connect().Subscribe("t", QoS.ExactlyOnce);
        var publisher = _world.AddClient("pub", new() { SessionExpiry = 1.Hours(), CleanStart = false, Reconnect = 2.Seconds() }).Connect();
        _world.RunUntilQuiet();
        _world.DropNext(ControlPacketType.PubRec, publisher);
        publisher.Publish("t", "once", QoS.ExactlyOnce);
        _world.Advance(10.Seconds());
        Assert.Single(subscriber.Received);
        Assert.Equal(0, publisher.UnfinishedCount);
    }

    [Fact]
    public void Dropping_is_about_one_client_and_one_packet()
    {
        var (one, other) = (_world.AddClient("pub").Connect(), _world.AddClient("pub2").Connect());
        _world.RunUntilQuiet();
        _world.DropNext(ControlPacketType.PubAck, one);
        other.Publish("t", "x");
        _world.RunUntilQuiet();
        Assert.Equal((true, true), (one.IsConnected, other.IsConnected));
        one.Publish("t", "x");
        _world.RunUntilQuiet();
        Assert.Equal((false, true), (one.IsConnected, other.IsConnected));
        one.Connect();
        _world.RunUntilQuiet();
        one.Publish("t", "y");
        _world.RunUntilQuiet();
        Assert.True(one.IsConnected);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_restarted_broker_is_found_again(bool killed)
    {
        var client = _world.AddClient("c", new() { Reconnect = 1.Seconds() }).Connect();
        _world.RunUntilQuiet();
        Assert.True(client.IsConnected);
        _world.RestartBroker(killed, downFor: 5.Seconds());
        Assert.False(client.IsConnected);
        _world.RunUntil(() => client.IsConnected, within: 30.Seconds());
        Assert.True(_world.IsBrokerUp);
    }

    [Fact]
    public void Held_acknowledgements_hold_back_what_the_receive_maximum_says()
    {
        var slow = _world.AddClient("slow", new() { ReceiveMaximum = 2 }).Connect().Subscribe("t");
        var publisher = _world.AddClient("pub").Connect();
        _world.RunUntilQuiet();
        slow.HoldAcknowledgements();
        for (var i = 0; i < 5; i++) publisher.Publish("t", $"{i}");
        _world.RunUntilQuiet();
        Assert.Equal(["0", "1"], slow.Received.Select(message => message.Text));
        slow.ReleaseAcknowledgements();
        _world.RunUntilQuiet();
        Assert.Equal(["0", "1", "2", "3", "4"], slow.Received.Select(message => message.Text));
    }

    [Fact]
    public void Rules_that_hold_are_verified_and_one_that_is_broken_is_named_with_its_packets()
    {
        _world.AddClient("sub").Connect().Subscribe("t");
        var publisher = _world.AddClient("pub").Connect();
        _world.RunUntilQuiet();
        publisher.Publish("t", "x");
        _world.RunUntilQuiet();
        _world.Verify();

        // What the broker would have to do wrong: the same message once more, on the same connection.
        var sent = _world.History.Events.Last(happened => happened is { Kind: HistoryKind.PacketSent, Node: "broker", Packet.Packet: PublishPacket });
        _world.History.Add(sent with { Packet = sent.Packet! with { Number = sent.Packet.Number + 1 } });
        var failure = Assert.Throws<WorldFailedException>(_world.Verify);
        Assert.Matches("^(Q0|Q1|OV)-", failure.Message);
        Assert.Contains("PUBLISH", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_clock_stands_where_it_was_advanced_to()
    {
        _world.Advance(5.Minutes());
        Assert.Equal(5.Minutes(), _world.Now);
        _world.RunUntilQuiet();
        Assert.Equal(5.Minutes(), _world.Now);
    }

    [Fact]
    public void What_does_not_come_to_hold_shows_the_packets()
    {
        var client = _world.AddClient("c").Connect();
        var failure = Assert.Throws<WorldFailedException>(() => _world.RunUntil(() => client.Received.Count > 0, 1.Minutes()));
        Assert.Contains("CONNACK", failure.Message, StringComparison.Ordinal);
        Assert.Contains("00:01:00", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_calls_give_the_same_bytes()
    {
        Assert.Equal(Story(7), Story(7));

        static string Story(ulong seed)
        {
            var world = new TestWorld(seed, latency: 20.Milliseconds());
            var client = world.AddClient("c", new() { Reconnect = 1.Seconds(), ClientId = "" }).Connect().Subscribe("#");
            world.RunUntilQuiet();
            client.Publish("t", "x", QoS.ExactlyOnce);
            world.Reset(client);
            world.Advance(1.Minutes());
            return world.Timeline();
        }
    }

    [Fact]
    public void Mistakes_are_named()
    {
        var client = _world.AddClient("c");
        Assert.Contains("a/#/b", Assert.Throws<ArgumentException>(() => client.Subscribe("a/#/b")).Message, StringComparison.Ordinal);
        Assert.Contains("a/+", Assert.Throws<ArgumentException>(() => client.Publish("a/+", "x")).Message, StringComparison.Ordinal);
        Assert.Contains("'c'", Assert.Throws<ArgumentException>(() => _world.AddClient("c")).Message, StringComparison.Ordinal);
    }
}
