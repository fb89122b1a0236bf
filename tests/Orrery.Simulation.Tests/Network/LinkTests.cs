using Orrery.Simulation.Clients;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Network;
using Orrery.Simulation.Tests.Worlds;

namespace Orrery.Simulation.Tests.Network;

public sealed class LinkTests
{
    private readonly SimulationKernel _kernel = new(new KernelOptions());
    private readonly Echo _echo = new();

    [Fact]
    public void Opening_takes_a_round_trip_and_bytes_arrive_half_a_one_later()
    {
        var client = Open(new LinkOptions { LatencyNanoseconds = 5 });
        client.SendBytes("abc"u8);

        _kernel.RunUntil(9);
        Assert.False(client.IsConnected);
        _kernel.RunUntil(10);
        Assert.True(client.IsConnected);
        _kernel.RunUntil(14);
        Assert.Empty(_echo.Bytes);
        _kernel.RunUntil(15);
        Assert.Equal("abc"u8.ToArray(), _echo.Bytes);
    }

    [Fact]
    public void N1_Jitter_never_reorders_a_stream()
    {
        var client = Open(new LinkOptions { LatencyNanoseconds = 5, JitterMeanNanoseconds = 1_000, TailPerMillion = 100_000, SegmentBytesMin = 1, SegmentBytesMax = 3 });
        var bytes = Enumerable.Range(0, 200).Select(i => (byte)i).ToArray();
        client.SendBytes(bytes);

        _kernel.RunUntil(World.Seconds(100));

        Assert.Equal(bytes, _echo.Bytes);
        Assert.InRange(_echo.Reads, 67, 200);
    }

    [Fact]
    public void N3_Bandwidth_spreads_bytes_over_time()
    {
        var client = Open(new LinkOptions { BytesPerSecond = 1_000, SegmentBytesMin = 100, SegmentBytesMax = 100 });
        client.SendBytes(new byte[1_000]);

        _kernel.RunUntil(World.Seconds(0.5));

        Assert.Equal(500, _echo.Bytes.Count);
    }

    [Fact]
    public void N3_A_reader_that_does_not_read_fills_both_buffers_and_the_sender_is_told_when_there_is_room()
    {
        var client = Open(new LinkOptions { SendBufferBytes = 1_000, ReceiveBufferBytes = 300 });
        _echo.IsReading = false;
        client.SendBytes(new byte[2_000]);
        _kernel.RunUntil(1_000);
        Assert.Equal(300, _echo.End!.Unread.Length);

        _echo.IsReading = true;
        _echo.Read();
        _kernel.RunUntil(2_000);

        Assert.Equal(2_000, _echo.Bytes.Count);
    }

    [Fact]
    public void N4_A_clog_of_one_direction_holds_it_and_then_lets_all_go_at_once()
    {
        var client = Open(new LinkOptions { LatencyNanoseconds = 5 });
        _kernel.RunUntil(100);
        Link.Block(Direction.ToListener, 1_000);
        client.SendBytes("a"u8);
        _kernel.RunUntil(500);
        client.SendBytes("b"u8);
        _echo.End!.Send("x"u8);

        _kernel.RunUntil(1_099);
        Assert.Empty(_echo.Bytes);
        Assert.Equal("x"u8.ToArray(), client.ReceivedBytes);
        _kernel.RunUntil(1_100);
        Assert.Equal("ab"u8.ToArray(), _echo.Bytes);
    }

    [Fact]
    public void N6_A_peer_that_vanished_takes_bytes_until_the_system_gives_up()
    {
        var client = Open(new LinkOptions { LatencyNanoseconds = 5, GiveUpNanoseconds = 90_000 });
        _kernel.RunUntil(100);
        Block();
        _kernel.RunUntil(1_000);
        client.SendBytes("a"u8);

        _kernel.RunUntil(90_999);
        Assert.Null(client.Loss);
        _kernel.RunUntil(91_000);
        Assert.Equal("connection timed out", client.Loss);
    }

    [Fact]
    public void N6_Silence_alone_is_never_noticed()
    {
        var client = Open(new LinkOptions { GiveUpNanoseconds = 90_000 });
        _kernel.RunUntil(100);
        Block();

        _kernel.RunUntil(World.Seconds(100_000));

        Assert.Null(client.Loss);
        Assert.Null(_echo.Loss);
    }

    [Fact]
    public void N6_A_host_that_is_back_answers_an_old_connection_with_a_reset()
    {
        var client = Open(new LinkOptions { LatencyNanoseconds = 5 });
        _kernel.RunUntil(100);
        _echo.End!.Vanish();
        client.SendBytes("a"u8);

        _kernel.RunUntil(109);
        Assert.Null(client.Loss);
        _kernel.RunUntil(110);
        Assert.Equal("connection reset by peer", client.Loss);
    }

    [Fact]
    public void A_clog_of_the_way_back_alone_lets_bytes_through_and_acknowledgements_wait()
    {
        var client = Open(new LinkOptions { GiveUpNanoseconds = 1_000 });
        _kernel.RunUntil(100);
        Link.Block(Direction.ToCaller, 500);
        client.SendBytes("a"u8);

        _kernel.RunUntil(5_000);

        Assert.Equal("a"u8.ToArray(), _echo.Bytes);
        Assert.Null(client.Loss);
        Link.Block(Direction.ToCaller);
        client.SendBytes("b"u8);
        _kernel.RunUntil(10_000);
        Assert.Equal("ab"u8.ToArray(), _echo.Bytes);
        Assert.Equal("connection timed out", client.Loss);
    }

    [Fact]
    public void N7_A_reset_drops_what_was_not_sent()
    {
        var client = Open(new LinkOptions { LatencyNanoseconds = 5 });
        _kernel.RunUntil(100);
        client.End!.Reset();

        _kernel.RunUntil(105);

        Assert.Equal("connection reset by peer", _echo.Loss);
        Assert.Null(client.Loss);
    }

    [Fact]
    public void N7_After_a_half_close_the_other_half_goes_on()
    {
        var client = Open(new LinkOptions { LatencyNanoseconds = 5 });
        _kernel.RunUntil(100);
        client.SendBytes("a"u8);
        client.End!.Finish();
        _kernel.RunUntil(105);
        Assert.True(_echo.End!.PeerHasFinished);
        Assert.Equal("a"u8.ToArray(), _echo.Bytes);

        _echo.End.Send("z"u8);
        _echo.End.Close();
        _kernel.RunUntil(110);

        Assert.Equal("z"u8.ToArray(), client.ReceivedBytes);
        Assert.True(client.IsFinished);
    }

    [Theory, InlineData(1), InlineData(7), InlineData(20)]
    public void N7_A_cut_lets_exactly_so_many_bytes_through(int bytes)
    {
        var client = Open(new LinkOptions { SegmentBytesMin = 5, SegmentBytesMax = 5 });
        Link.Connections[0].CutAfter(Direction.ToListener, bytes);
        client.SendBytes(new byte[20]);

        _kernel.RunUntil(1_000);

        Assert.Equal(bytes, _echo.Bytes.Count);
        Assert.Equal("connection reset by peer", client.Loss);
        Assert.Equal("connection reset by peer", _echo.Loss);
    }

    [Fact]
    public void N8_A_refused_connection_is_told_after_a_round_trip()
    {
        _echo.Mode = ListenerMode.Refusing;
        var client = Open(new LinkOptions { LatencyNanoseconds = 5 });

        _kernel.RunUntil(9);
        Assert.Null(client.Loss);
        _kernel.RunUntil(10);
        Assert.Equal("connection refused", client.Loss);
    }

    [Fact]
    public void N8_A_hanging_connection_is_given_up_by_the_system()
    {
        _echo.Mode = ListenerMode.Hanging;
        var client = Open(new LinkOptions());

        _kernel.RunUntil(World.Seconds(127) - 1);
        Assert.Null(client.Loss);
        _kernel.RunUntil(World.Seconds(127));
        Assert.Equal("connect timed out", client.Loss);
    }

    [Fact]
    public void N9_An_idle_connection_is_forgotten_on_the_way_and_an_active_one_is_not()
    {
        var client = Open(new LinkOptions { IdleDropNanoseconds = 1_000 });
        for (var i = 1; i <= 5; i++)
        {
            _kernel.RunUntil(i * 1_000);
            client.SendBytes("a"u8);
        }

        _kernel.RunUntil(6_001);
        client.SendBytes("b"u8);
        _kernel.RunUntil(World.Seconds(1));

        Assert.Equal("aaaaa"u8.ToArray(), _echo.Bytes);
        _kernel.RunUntil(World.Seconds(901));
        Assert.Equal("connection timed out", client.Loss);
    }

    private Link Link => field ??= new Link(_kernel, "link", _options, _echo);

    private LinkOptions _options = new();

    private RawClient Open(LinkOptions options)
    {
        _options = options;
        return new RawClient(_kernel, Link) { Decodes = false }.Open();
    }

    private void Block()
    {
        Link.Block(Direction.ToListener);
        Link.Block(Direction.ToCaller);
    }
}
