using System.Net;
using Orrery.Server.Hosting;

namespace Orrery.Server.Tests.Sockets;

public sealed class DirectListenerTests
{
    [Fact]
    public async Task Accepted_connections_send_small_packets_at_once()
    {
        await using var pair = await SocketPair.OpenAsync();

        Assert.Equal(pair.Peer.LocalEndPoint, pair.Connection.RemoteEndPoint);
        Assert.Equal(pair.Peer.RemoteEndPoint, pair.Connection.LocalEndPoint);
    }

    [Fact]
    public async Task Unbinding_ends_the_accepting()
    {
        var listener = await SocketPair.ListenAsync();
        var accepting = listener.AcceptAsync().AsTask();

        await listener.UnbindAsync();

        Assert.Null(await accepting.WaitAsync(SocketPair.Patience));
    }

    [Fact]
    public async Task A_port_in_use_is_said_with_the_way_out()
    {
        await using var listener = await SocketPair.ListenAsync();
        var port = ((IPEndPoint)listener.EndPoint).Port;

        var failure = await Assert.ThrowsAsync<ListenException>(() => SocketPair.ListenAsync(port));

        Assert.Equal($"port {port} on 127.0.0.1 is in use: stop what listens there, or choose another port.", failure.Message);
    }
}
