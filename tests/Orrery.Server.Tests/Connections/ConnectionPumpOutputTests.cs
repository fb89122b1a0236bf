namespace Orrery.Server.Tests.Connections;

public sealed class ConnectionPumpOutputTests
{
    private const int TooMuch = FakeConnection.WriteBufferBytesMax + 1;

    [Fact]
    public void What_was_written_leaves_with_the_flush()
    {
        var fixture = new PumpFixture();

        fixture.Write(3);
        Assert.Empty(fixture.Connection.Receive());

        Assert.True(fixture.Pump.TryFlush());
        Assert.Equal(3, fixture.Connection.Receive().Length);
        Assert.Equal(0, fixture.Drained);
    }

    [Fact]
    public void A_flush_of_nothing_is_done_at_once()
    {
        var fixture = new PumpFixture();

        Assert.True(fixture.Pump.TryFlush());
    }

    [Fact]
    public void A_slow_peer_makes_the_flush_wait_and_its_end_is_told_once()
    {
        var fixture = new PumpFixture();

        fixture.Write(TooMuch);
        Assert.False(fixture.Pump.TryFlush());
        Assert.Equal(0, fixture.Drained);

        Assert.Equal(TooMuch, fixture.Connection.Receive().Length);
        Assert.Equal(1, fixture.Drained);

        fixture.Write(1);
        Assert.True(fixture.Pump.TryFlush());
        Assert.Equal(1, fixture.Drained);
    }

    [Fact]
    public void Backpressure_comes_again_each_time()
    {
        var fixture = new PumpFixture();
        for (var round = 1; round <= 3; round++)
        {
            fixture.Write(TooMuch);
            Assert.False(fixture.Pump.TryFlush());

            fixture.Connection.Receive();
            Assert.Equal(round, fixture.Drained);
        }
    }

    [Fact]
    public void A_peer_that_takes_nothing_any_more_is_told_as_closed_once()
    {
        var fixture = new PumpFixture();
        fixture.Pump.RequestInput();
        fixture.Connection.PeerInput.Complete();

        fixture.Write(1);
        fixture.Pump.TryFlush();
        fixture.Write(1);
        fixture.Pump.TryFlush();
        fixture.Connection.Peer.Complete();

        Assert.Single(fixture.PeerClosedReasons);
        Assert.Equal(0, fixture.Drained);
    }

    [Fact]
    public void A_peer_that_goes_while_the_flush_waits_is_told_as_closed_and_not_as_drained()
    {
        var fixture = new PumpFixture();
        fixture.Write(TooMuch);
        Assert.False(fixture.Pump.TryFlush());

        fixture.Connection.PeerInput.Complete();

        Assert.Single(fixture.PeerClosedReasons);
        Assert.Equal(0, fixture.Drained);
    }
}
