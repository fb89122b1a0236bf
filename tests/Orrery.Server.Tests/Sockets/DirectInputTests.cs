using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Orrery.Server.Tests.Sockets;

public sealed class DirectInputTests
{
    [Fact]
    public async Task Bytes_that_are_there_are_read_at_once()
    {
        await using var pair = await SocketPair.OpenAsync();
        pair.Peer.Send(SocketPair.Numbered(5));

        Assert.Equal(SocketPair.Numbered(5), await pair.TakeAsync(5));
    }

    [Fact]
    public async Task A_read_that_came_first_ends_with_the_bytes()
    {
        await using var pair = await SocketPair.OpenAsync();
        var read = pair.ReadAsync();
        Assert.False(read.IsCompleted);

        pair.Peer.Send(SocketPair.Numbered(3));

        Assert.Equal(SocketPair.Numbered(3), (await read).Buffer.ToArray());
    }

    [Fact]
    public async Task What_was_not_consumed_comes_again_and_only_with_more_once_it_was_examined()
    {
        await using var pair = await SocketPair.OpenAsync();
        pair.Peer.Send(SocketPair.Numbered(4));
        var first = await pair.ReadAsync();

        pair.Input.AdvanceTo(first.Buffer.GetPosition(1));
        var again = await pair.ReadAsync();
        Assert.Equal(SocketPair.Numbered(4)[1..], again.Buffer.ToArray());

        pair.Input.AdvanceTo(again.Buffer.Start, again.Buffer.End);
        var more = pair.ReadAsync();
        Assert.False(more.IsCompleted);
        pair.Peer.Send(SocketPair.Numbered(2, from: 4));
        Assert.Equal(SocketPair.Numbered(6)[1..], (await more).Buffer.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Any_way_of_consuming_gives_the_bytes_in_order(int seed)
    {
        const int Count = 3_000_000;
        await using var pair = await SocketPair.OpenAsync();
        var sent = SocketPair.Numbered(Count);
        var sending = Task.Run(() => pair.Peer.Send(sent));
        var chance = new Random(seed);
        var taken = new ArrayBufferWriter<byte>();

        while (taken.WrittenCount < Count)
        {
            var read = await pair.ReadAsync();
            var consumed = (int)Math.Min(read.Buffer.Length, chance.NextInt64(read.Buffer.Length * 2));
            taken.Write(read.Buffer.Slice(0, consumed).ToArray());
            var isLast = taken.WrittenCount + read.Buffer.Length - consumed == Count;
            pair.Input.AdvanceTo(read.Buffer.GetPosition(consumed), isLast || seed == 1 ? read.Buffer.GetPosition(consumed) : read.Buffer.End);
        }

        await sending;
        Assert.Equal(sent, taken.WrittenSpan.ToArray());
    }

    [Fact]
    public async Task A_peer_that_ends_completes_the_input_after_its_last_bytes()
    {
        await using var pair = await SocketPair.OpenAsync();
        pair.Peer.Send(SocketPair.Numbered(3));
        pair.Peer.Shutdown(System.Net.Sockets.SocketShutdown.Send);

        Assert.Equal(SocketPair.Numbered(3), await pair.TakeAsync(3));
        var end = await pair.ReadAsync();
        Assert.True(end.IsCompleted);
        Assert.True(end.Buffer.IsEmpty);
    }

    [Fact]
    public async Task A_reset_is_an_exception_and_the_bytes_before_it_are_not_lost()
    {
        // A client may say DISCONNECT and close with unread deliveries, which resets: its goodbye must still count.
        await using var pair = await SocketPair.OpenAsync();
        pair.Peer.Send(SocketPair.Numbered(3));
        pair.ResetPeer();

        Assert.Equal(SocketPair.Numbered(3), await pair.TakeAsync(3));
        await Assert.ThrowsAsync<ConnectionResetException>(pair.ReadAsync);
    }

    [Fact]
    public async Task A_reset_ends_a_read_that_waits()
    {
        await using var pair = await SocketPair.OpenAsync();
        var read = pair.ReadAsync();

        pair.ResetPeer();

        await Assert.ThrowsAsync<ConnectionResetException>(() => read);
    }

    [Fact]
    public async Task Cancelling_ends_the_read_that_waits_and_no_other()
    {
        await using var pair = await SocketPair.OpenAsync();
        var read = pair.ReadAsync();

        pair.Input.CancelPendingRead();
        Assert.True((await read).IsCanceled);
        pair.Input.AdvanceTo((await read).Buffer.End);

        pair.Peer.Send(SocketPair.Numbered(2));
        Assert.Equal(SocketPair.Numbered(2), await pair.TakeAsync(2));
    }

    [Fact]
    public async Task Cancelling_before_the_read_ends_it_at_once()
    {
        await using var pair = await SocketPair.OpenAsync();

        pair.Input.CancelPendingRead();

        Assert.True((await pair.ReadAsync()).IsCanceled);
    }

    [Fact]
    public async Task Abort_ends_a_read_that_waits()
    {
        await using var pair = await SocketPair.OpenAsync();
        var read = pair.ReadAsync();

        pair.Connection.Abort(new ConnectionAbortedException("test"));

        await Assert.ThrowsAsync<ConnectionAbortedException>(() => read);
        await Assert.ThrowsAsync<ConnectionAbortedException>(pair.ReadAsync);
    }
}
