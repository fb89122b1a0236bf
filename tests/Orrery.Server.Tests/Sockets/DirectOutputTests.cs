using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Orrery.Server.Tests.Sockets;

public sealed class DirectOutputTests
{
    // More than any socket buffer holds of it.
    private const int Much = 16 * 1024 * 1024;

    [Fact]
    public async Task What_the_socket_takes_is_sent_on_the_callers_turn()
    {
        await using var pair = await SocketPair.OpenAsync();

        pair.Output.Write(SocketPair.Numbered(1_000));
        var flush = pair.Output.FlushAsync();

        Assert.True(flush.IsCompletedSuccessfully);
        Assert.Equal(SocketPair.Numbered(1_000), pair.ReceiveAtPeer(1_000));
    }

    [Fact]
    public async Task A_peer_that_reads_slowly_makes_the_flush_wait_until_it_has_room()
    {
        await using var pair = await SocketPair.OpenAsync();

        pair.Output.Write(SocketPair.Numbered(Much));
        var flush = pair.Output.FlushAsync().AsTask();
        Assert.False(flush.IsCompleted);

        Assert.Equal(SocketPair.Numbered(Much), pair.ReceiveAtPeer(Much));
        Assert.False((await flush.WaitAsync(SocketPair.Patience)).IsCompleted);
    }

    [Fact]
    public async Task What_is_written_while_a_flush_waits_follows_it()
    {
        await using var pair = await SocketPair.OpenAsync();
        pair.Output.Write(SocketPair.Numbered(Much));
        _ = pair.Output.FlushAsync().AsTask();

        pair.Output.Write(SocketPair.Numbered(100, from: Much));
        var end = pair.Connection.DisposeAsync().AsTask();

        Assert.Equal(SocketPair.Numbered(Much + 100), pair.ReceiveAtPeer(Much + 200));
        pair.Peer.Dispose();
        await end.WaitAsync(SocketPair.Patience);
    }

    [Fact]
    public async Task A_peer_that_is_gone_completes_the_flush()
    {
        await using var pair = await SocketPair.OpenAsync();
        pair.Output.Write(SocketPair.Numbered(Much));
        var flush = pair.Output.FlushAsync().AsTask();

        pair.ResetPeer();

        Assert.True((await flush.WaitAsync(SocketPair.Patience)).IsCompleted);
        pair.Output.Write(SocketPair.Numbered(1));
        Assert.True((await pair.Output.FlushAsync()).IsCompleted);
    }

    [Fact]
    public async Task Abort_completes_a_flush_that_waits()
    {
        await using var pair = await SocketPair.OpenAsync();
        pair.Output.Write(SocketPair.Numbered(Much));
        var flush = pair.Output.FlushAsync().AsTask();

        pair.Connection.Abort(new ConnectionAbortedException("test"));

        Assert.True((await flush.WaitAsync(SocketPair.Patience)).IsCompleted);
    }

    [Fact]
    public async Task Ending_sends_what_is_left_then_says_that_nothing_follows()
    {
        await using var pair = await SocketPair.OpenAsync();
        pair.Output.Write(SocketPair.Numbered(10));

        var end = pair.Connection.DisposeAsync().AsTask();

        Assert.Equal(SocketPair.Numbered(10), pair.ReceiveAtPeer(11));
        pair.Peer.Dispose();
        await end.WaitAsync(SocketPair.Patience);
        Assert.True(pair.Connection.ConnectionClosed.IsCancellationRequested);
    }

    [Fact]
    public async Task Ending_with_unread_bytes_of_the_peer_does_not_reset_it()
    {
        await using var pair = await SocketPair.OpenAsync();
        pair.Peer.Send(SocketPair.Numbered(200_000));
        pair.Output.Write(SocketPair.Numbered(10));

        var end = pair.Connection.DisposeAsync().AsTask();
        pair.Peer.Send(SocketPair.Numbered(200_000));

        Assert.Equal(SocketPair.Numbered(10), pair.ReceiveAtPeer(11));
        pair.Peer.Dispose();
        await end.WaitAsync(SocketPair.Patience);
    }

    [Fact]
    public async Task Abort_ends_an_end_that_waits_for_the_peer()
    {
        await using var pair = await SocketPair.OpenAsync();
        pair.Output.Write(SocketPair.Numbered(Much));
        var end = pair.Connection.DisposeAsync().AsTask();
        Assert.False(end.IsCompleted);

        pair.Connection.Abort(new ConnectionAbortedException("test"));

        await end.WaitAsync(SocketPair.Patience);
    }
}
