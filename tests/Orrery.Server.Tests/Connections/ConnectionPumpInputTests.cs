using Microsoft.AspNetCore.Connections;
using Orrery.Broker.Connections;
using Orrery.Mqtt;

namespace Orrery.Server.Tests.Connections;

public sealed class ConnectionPumpInputTests
{
    [Fact]
    public void Nothing_passes_before_it_is_asked_for()
    {
        var fixture = new PumpFixture();

        fixture.Connection.Send(Bytes.Connect);
        Assert.Empty(fixture.Actor.Told);

        fixture.Pump.RequestInput();
        Assert.Single(fixture.Packets);
    }

    [Fact]
    public void One_request_lets_one_batch_pass_and_the_next_waits()
    {
        var fixture = new PumpFixture();
        fixture.Pump.RequestInput();

        fixture.Connection.Send(Bytes.Connect);
        fixture.Connection.Send(Bytes.PingReq);
        Assert.Single(fixture.Batches);

        fixture.Pump.RequestInput();
        Assert.Equal(2, fixture.Batches.Count);
    }

    [Fact]
    public void Requests_made_at_once_are_served_one_after_the_other()
    {
        var fixture = new PumpFixture();
        fixture.Pump.RequestInput();
        fixture.Pump.RequestInput();

        fixture.Connection.Send([.. Bytes.Connect, .. Bytes.PingReq]);
        Assert.Equal(2, fixture.Batches.Count);

        fixture.Connection.Send(Bytes.PingReq);
        Assert.Equal(2, fixture.Batches.Count);
    }

    [Fact]
    public void Every_cut_of_the_bytes_gives_the_same_packets()
    {
        byte[] bytes = [.. Bytes.Connect, .. Bytes.Publish(5), .. Bytes.PingReq, .. Bytes.Publish(200)];
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var fixture = new PumpFixture().Greedy();

            fixture.Connection.Send(bytes.AsSpan(0, cut));
            fixture.Connection.Send(bytes.AsSpan(cut));

            Assert.Equal(
                [ControlPacketType.Connect, ControlPacketType.Publish, ControlPacketType.PingReq, ControlPacketType.Publish],
                fixture.Packets.Select(packet => packet.Type));
        }
    }

    [Fact]
    public void Segments_of_one_byte_give_the_same_packets()
    {
        var fixture = new PumpFixture().Greedy();

        foreach (var one in (byte[])[.. Bytes.Connect, .. Bytes.Publish(300), .. Bytes.PingReq])
        {
            fixture.Connection.Send([one]);
        }

        Assert.Equal(
            [ControlPacketType.Connect, ControlPacketType.Publish, ControlPacketType.PingReq],
            fixture.Packets.Select(packet => packet.Type));
    }

    [Fact]
    public void A_flood_is_cut_into_batches_of_64_KiB()
    {
        var fixture = new PumpFixture(new FakeConnection(readBufferBytesMax: 1024 * 1024));
        fixture.Connection.Send(Bytes.Connect);
        for (var i = 0; i < 200; i++) fixture.Connection.Send(Bytes.Publish(1_000));

        fixture.Greedy();

        Assert.Equal(201, fixture.Packets.Count);
        Assert.All(fixture.Batches, batch => Assert.InRange(batch.Bytes, 1, 64 * 1024));
        Assert.Equal(5, fixture.Batches.Count);        // CONNECT alone, then 200 KB
    }

    [Fact]
    public void A_packet_larger_than_the_read_buffer_passes()
    {
        var fixture = new PumpFixture(new FakeConnection(readBufferBytesMax: 4_096)).Greedy();

        fixture.Connection.Send(Bytes.Connect);
        var large = Bytes.Publish(1_000_000);
        for (var at = 0; at < large.Length; at += 1_000)
        {
            fixture.Connection.Send(large.AsSpan(at, Math.Min(1_000, large.Length - at)));
        }

        Assert.Equal(large.Length, fixture.Batches[^1].Bytes);
    }

    [Fact]
    public void Without_demand_a_flooding_peer_is_held_back_by_the_pipe()
    {
        var fixture = new PumpFixture(new FakeConnection(readBufferBytesMax: 4_096));

        fixture.Connection.Peer.GetSpan(5_000);
        fixture.Connection.Peer.Advance(5_000);
        var flush = fixture.Connection.Peer.FlushAsync();

        Assert.False(flush.IsCompleted);
    }

    [Fact]
    public void The_peers_end_is_told_once_and_after_its_last_packets()
    {
        var fixture = new PumpFixture().Greedy();
        fixture.Connection.Send(Bytes.Connect);
        fixture.Connection.Send(Bytes.PingReq);

        fixture.Connection.Peer.Complete();
        fixture.Pump.RequestInput();

        Assert.Equal(["connection closed by client"], fixture.PeerClosedReasons);
        Assert.IsType<ConnectionProtocol.PeerClosed>(fixture.Actor.Told[^1]);
        Assert.Equal(2, fixture.Packets.Count);
    }

    [Fact]
    public void Packets_that_arrived_with_the_end_still_pass_first()
    {
        var fixture = new PumpFixture();
        fixture.Connection.Send([.. Bytes.Connect, .. Bytes.PingReq]);
        fixture.Connection.Peer.Complete();

        fixture.Greedy();

        Assert.Equal(2, fixture.Packets.Count);
        Assert.Single(fixture.PeerClosedReasons);
    }

    [Fact]
    public void An_end_within_a_packet_is_said_to_be_one()
    {
        var fixture = new PumpFixture().Greedy();

        fixture.Connection.Send(Bytes.Connect.AsSpan(0, 5));
        fixture.Connection.Peer.Complete();

        Assert.Equal(["connection closed by client within a packet"], fixture.PeerClosedReasons);
    }

    [Fact]
    public void A_reset_is_told_once_with_its_reason()
    {
        var fixture = new PumpFixture().Greedy();
        fixture.Connection.Send(Bytes.Connect);

        fixture.Connection.Peer.Complete(new ConnectionResetException("reset"));
        fixture.Pump.RequestInput();

        Assert.Equal(["connection reset by client"], fixture.PeerClosedReasons);
    }

    [Fact]
    public void A_failure_of_any_kind_is_told_with_its_message()
    {
        var fixture = new PumpFixture().Greedy();

        fixture.Connection.Peer.Complete(new InvalidOperationException("the cable burnt"));

        Assert.Equal(["connection failed: the cable burnt"], fixture.PeerClosedReasons);
    }

    [Fact]
    public void After_a_malformed_packet_nothing_more_is_read()
    {
        var fixture = new PumpFixture().Greedy();

        fixture.Connection.Send([.. Bytes.Connect]);
        fixture.Connection.Send([.. Bytes.PingReq, 0x00, 0x00]);
        fixture.Connection.Send(Bytes.PingReq);

        Assert.Equal(2, fixture.Packets.Count);
        Assert.NotNull(fixture.Batches[^1].Violation);
        Assert.Single(fixture.Batches, batch => batch.Violation is not null);
    }
}
