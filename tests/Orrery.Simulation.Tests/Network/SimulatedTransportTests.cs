using System.Buffers;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Network;
using Orrery.Simulation.Tests.Worlds;

namespace Orrery.Simulation.Tests.Network;

/// <summary>What Orrery.Server's pump promises the actor, kept over a simulated connection.</summary>
public sealed class SimulatedTransportTests
{
    private static readonly LinkOptions Link = new() { LatencyNanoseconds = 1_000_000 };
    private readonly World _world = new(links: Link);

    [Fact]
    public void Segments_of_one_byte_give_the_same_packets()
    {
        var client = _world.Connected("c", Link with { SegmentBytesMin = 1, SegmentBytesMax = 1 });

        client.Send(PingReqPacket.Instance, PingReqPacket.Instance);
        _world.RunFor(1);

        Assert.Equal(2, client.Received.Count(received => received.Packet is PingRespPacket));
    }

    [Fact]
    public void A_packet_larger_than_the_receive_buffer_passes()
    {
        var subscriber = _world.Connected("s");
        subscriber.Send(new SubscribePacket { PacketIdentifier = new PacketIdentifier(1), Subscriptions = [World.Subscription("big")] });
        _world.RunFor(1);
        subscriber.Received.Clear();
        var publisher = _world.Connected("p", Link with { ReceiveBufferBytes = 1_000 });

        publisher.Send(new PublishPacket { Message = World.Message("big", new string('x', 100_000)) });
        _world.RunFor(10);

        Assert.Equal(100_000, Assert.IsType<PublishPacket>(subscriber.Received.Single().Packet).Message.Payload.Length);
    }

    [Fact]
    public void A_malformed_packet_is_answered_and_ends_the_connection_in_order()
    {
        var client = _world.Connected("c");

        client.SendBytes([0xC0, 0x01, 0x00]);       // a PINGREQ with a byte too many
        _world.RunFor(1);

        Assert.Equal(ReasonCode.MalformedPacket, Assert.IsType<DisconnectPacket>(client.Received.Single().Packet).ReasonCode);
        Assert.True(client.IsFinished);
        Assert.Null(client.Loss);
        Assert.Empty(_world.Broker.Transports);
    }

    [Fact]
    public void Unread_bytes_behind_a_malformed_packet_do_not_reset_what_was_said()
    {
        var client = _world.Connected("c");

        client.SendBytes([0xC0, 0x01, 0x00, .. new byte[10_000]]);
        _world.RunFor(1);

        Assert.IsType<DisconnectPacket>(client.Received.Single().Packet);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void The_peers_end_frees_the_connection_whether_orderly_or_not(bool isReset)
    {
        var client = _world.Connected("c");

        if (isReset) client.End!.Reset();
        else client.End!.Close();
        _world.RunFor(1);

        Assert.Empty(_world.Broker.Transports);
    }

    [Fact]
    public void A_slow_peer_gets_everything_once_it_reads()
    {
        var link = Link with { SendBufferBytes = 2_000, ReceiveBufferBytes = 500 };
        var slow = _world.Connected("slow", link);
        slow.Send(new SubscribePacket { PacketIdentifier = new PacketIdentifier(1), Subscriptions = [World.Subscription("t", QoS.AtLeastOnce)] });
        _world.RunFor(1);
        slow.Received.Clear();
        slow.IsReading = false;
        var publisher = _world.Connected("p");
        for (ushort i = 1; i <= 20; i++)
        {
            publisher.Send(new PublishPacket { Message = World.Message("t", $"{i}" + new string('x', 300), QoS.AtLeastOnce), PacketIdentifier = new PacketIdentifier(i) });
        }

        _world.RunFor(10);
        Assert.Equal(20, publisher.Received.Count(received => received.Packet is PubAckPacket));
        Assert.Empty(slow.Received);
        slow.IsReading = true;
        slow.Read();
        _world.RunFor(10);

        Assert.Equal(
            Enumerable.Range(1, 20).Select(i => 300 + $"{i}".Length),
            slow.Received.Select(received => ((PublishPacket)received.Packet).Message.Payload.Length));
    }

    [Fact]
    public void Close_of_a_peer_that_takes_nothing_drops_it_at_the_limit()
    {
        var slow = _world.Connected("slow", Link with { SendBufferBytes = 500, ReceiveBufferBytes = 100 });
        slow.IsReading = false;
        var transport = _world.Broker.Transports[0];
        var start = _world.Kernel.NowNanoseconds;

        transport.Output.Write(new byte[5_000]);
        transport.Close();
        transport.Close();
        _world.RunFor(4.999);
        Assert.Null(slow.Loss);
        _world.RunFor(1);

        Assert.Equal("connection reset by peer", slow.Loss);
        Assert.Equal(start + World.Seconds(5.001), slow.EndedNanoseconds);
        Assert.Empty(_world.Broker.Transports);
    }

    [Fact]
    public void Close_of_a_peer_that_takes_its_last_bytes_in_time_is_in_order()
    {
        var slow = _world.Connected("slow", Link with { SendBufferBytes = 500, ReceiveBufferBytes = 100 });
        slow.IsReading = false;
        var transport = _world.Broker.Transports[0];
        var pings = new ArrayBufferWriter<byte>();
        for (var i = 0; i < 1_000; i++) PacketWriter.Write(pings, PingRespPacket.Instance, MqttVersion.V5);

        transport.Output.Write(pings.WrittenSpan);
        transport.Close();
        _world.RunFor(2);
        slow.IsReading = true;
        slow.Read();
        _world.RunFor(10);

        Assert.Equal(1_000, slow.Received.Count);
        Assert.True(slow.IsFinished);
        Assert.Null(slow.Loss);
    }

    [Fact]
    public void Close_takes_unread_bytes_off_the_transport()
    {
        var client = _world.Connected("c");
        var transport = _world.Broker.Transports[0];
        _world.Broker.Pause(World.Seconds(10));
        client.Send(PingReqPacket.Instance);
        _world.RunFor(1);
        Assert.Equal(2, transport.End.Unread.Length);

        transport.Close();
        _world.RunFor(1);

        Assert.True(client.IsFinished);
        Assert.Null(client.Loss);
    }

    [Fact]
    public void Abort_drops_the_connection_and_what_waits()
    {
        var slow = _world.Connected("slow", Link with { SendBufferBytes = 500, ReceiveBufferBytes = 100 });
        slow.IsReading = false;
        var transport = _world.Broker.Transports[0];
        transport.Output.Write(new byte[5_000]);
        Assert.False(transport.TryFlush());

        transport.Abort();
        transport.Abort();
        Assert.True(transport.TryFlush());          // of nothing, since it is over
        _world.RunFor(1);

        Assert.Equal("connection reset by peer", slow.Loss);
        Assert.Empty(_world.Broker.Transports);
    }

    [Fact]
    public void A_cut_within_a_packet_is_an_end_like_any_other()
    {
        var client = _world.Connected("c");
        _world.Broker.Transports[0].End.Owner!.OnReadable();    // nothing new: nothing happens

        client.SendBytes([0x30, 0x0A, 0x00]);
        client.End!.Close();
        _world.RunFor(1);

        Assert.Empty(_world.Broker.Transports);
    }
}
