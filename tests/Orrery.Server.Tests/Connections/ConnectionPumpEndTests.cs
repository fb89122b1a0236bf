using Microsoft.AspNetCore.Connections;
using Orrery.Broker.Connections;

namespace Orrery.Server.Tests.Connections;

public sealed class ConnectionPumpEndTests
{
    private const int TooMuch = FakeConnection.WriteBufferBytesMax + 1;

    [Fact]
    public void Close_sends_what_was_written_and_then_ends_the_output()
    {
        var fixture = new PumpFixture();

        fixture.Write(7);
        fixture.Pump.Close();

        Assert.Equal(7, fixture.Connection.Receive().Length);
        Assert.True(fixture.Connection.OutputIsComplete);
        Assert.True(fixture.Pump.Ended.IsCompletedSuccessfully);
        Assert.Null(fixture.Connection.AbortReason);
    }

    [Fact]
    public void Close_ends_a_read_that_waits_and_tells_nothing()
    {
        var fixture = new PumpFixture();
        fixture.Pump.RequestInput();

        fixture.Pump.Close();

        Assert.True(fixture.Pump.Ended.IsCompletedSuccessfully);
        Assert.Empty(fixture.Actor.Told);
    }

    [Fact]
    public void Close_from_within_a_message_of_the_pump_ends_it()
    {
        var fixture = new PumpFixture();
        fixture.Actor.OnTold = _ => fixture.Pump.Close();
        fixture.Pump.RequestInput();

        fixture.Connection.Send(Bytes.Connect);

        Assert.True(fixture.Pump.Ended.IsCompletedSuccessfully);
        Assert.Single(fixture.Actor.Told);
    }

    [Fact]
    public void Close_takes_unread_bytes_off_the_transport()
    {
        // A full pipe means that the socket holds unread bytes: closing it so would reset the connection.
        var fixture = new PumpFixture(new FakeConnection(readBufferBytesMax: 4_096));
        fixture.Connection.Peer.GetSpan(5_000);
        fixture.Connection.Peer.Advance(5_000);
        var held = fixture.Connection.Peer.FlushAsync();
        Assert.False(held.IsCompleted);

        fixture.Pump.Close();

        Assert.True(held.IsCompleted);
        Assert.Empty(fixture.Actor.Told);
    }

    [Fact]
    public void Close_twice_is_close_once()
    {
        var fixture = new PumpFixture();

        fixture.Pump.Close();
        fixture.Pump.Close();

        Assert.True(fixture.Connection.OutputIsComplete);
        Assert.True(fixture.Pump.Ended.IsCompletedSuccessfully);
    }

    [Fact]
    public void Close_of_a_peer_that_takes_nothing_drops_it_at_the_limit()
    {
        var fixture = new PumpFixture();
        fixture.Write(TooMuch);
        fixture.Pump.Close();

        fixture.Time.Advance(PumpFixture.CloseLimit - TimeSpan.FromTicks(1));
        Assert.Null(fixture.Connection.AbortReason);

        fixture.Time.Advance(TimeSpan.FromTicks(1));
        Assert.NotNull(fixture.Connection.AbortReason);
    }

    [Fact]
    public void A_connection_that_closed_in_time_leaves_no_timer()
    {
        var fixture = new PumpFixture();
        fixture.Pump.Close();
        Assert.Equal(1, fixture.Time.TimersPending);

        fixture.Connection.FireClosed();

        Assert.Equal(0, fixture.Time.TimersPending);
    }

    [Fact]
    public void Abort_drops_the_connection_at_once_and_tells_nothing()
    {
        var fixture = new PumpFixture();
        fixture.Pump.RequestInput();

        fixture.Pump.Abort();

        Assert.NotNull(fixture.Connection.AbortReason);
        Assert.True(fixture.Pump.Ended.IsCompletedSuccessfully);
        Assert.Empty(fixture.Actor.Told);
    }

    [Fact]
    public void Abort_while_a_flush_waits_tells_neither_drained_nor_closed()
    {
        var fixture = new PumpFixture();
        fixture.Pump.RequestInput();
        fixture.Write(TooMuch);
        Assert.False(fixture.Pump.TryFlush());

        fixture.Pump.Abort();

        Assert.Empty(fixture.Actor.Told);
        Assert.True(fixture.Pump.Ended.IsCompletedSuccessfully);
    }

    [Fact]
    public void Abort_after_close_still_drops_a_peer_that_takes_nothing()
    {
        var fixture = new PumpFixture();
        fixture.Write(TooMuch);
        fixture.Pump.Close();

        fixture.Pump.Abort();

        Assert.NotNull(fixture.Connection.AbortReason);
    }

    [Fact]
    public void After_the_end_bytes_and_requests_change_nothing()
    {
        var fixture = new PumpFixture();
        fixture.Pump.RequestInput();
        fixture.Pump.Close();

        fixture.Connection.Send(Bytes.Connect);
        fixture.Pump.RequestInput();
        fixture.Connection.Peer.Complete(new ConnectionResetException("reset"));

        Assert.Empty(fixture.Actor.Told);
        Assert.True(fixture.Pump.TryFlush());
    }

    [Fact]
    public void After_the_peers_end_what_is_left_can_still_be_sent()
    {
        var fixture = new PumpFixture().Greedy();
        fixture.Connection.Send(Bytes.Connect);
        fixture.Connection.Peer.Complete();
        Assert.IsType<ConnectionProtocol.PeerClosed>(fixture.Actor.Told[^1]);
        Assert.False(fixture.Pump.Ended.IsCompleted);

        fixture.Write(4);
        fixture.Pump.Close();

        Assert.Equal(4, fixture.Connection.Receive().Length);
        Assert.True(fixture.Pump.Ended.IsCompletedSuccessfully);
    }
}
