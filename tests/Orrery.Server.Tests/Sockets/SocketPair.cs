using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Orrery.Server.Hosting;
using Orrery.Server.Sockets;

namespace Orrery.Server.Tests.Sockets;

/// <summary>A peer with a plain blocking socket, and the connection that the listener accepted from it, over loopback.</summary>
internal sealed class SocketPair : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private SocketPair(Socket peer, ConnectionContext connection)
    {
        Peer = peer;
        Connection = connection;
    }

    public Socket Peer { get; }

    public ConnectionContext Connection { get; }

    public PipeReader Input => Connection.Transport.Input;

    public PipeWriter Output => Connection.Transport.Output;

    public static async Task<SocketPair> OpenAsync()
    {
        await using var listener = await ListenAsync();
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = (int)Patience.TotalMilliseconds,
            SendTimeout = (int)Patience.TotalMilliseconds,
        };
        peer.Connect(listener.EndPoint);
        var connection = await listener.AcceptAsync().AsTask().WaitAsync(Patience);
        return new SocketPair(peer, connection!);
    }

    public static async Task<IConnectionListener> ListenAsync(int port = 0)
    {
        var factory = new DirectListenerFactory(16, NullLogger.Instance);
        return await factory.BindAsync(new SharedPortEndPoint(IPAddress.Loopback, new SharedPort(port)));
    }

    /// <summary>Reads once, in the time that a test has.</summary>
    public Task<ReadResult> ReadAsync() => Input.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>Reads until so many bytes were taken.</summary>
    public async Task<byte[]> TakeAsync(int count)
    {
        var taken = new ArrayBufferWriter<byte>();
        while (taken.WrittenCount < count)
        {
            var read = await ReadAsync();
            foreach (var segment in read.Buffer) taken.Write(segment.Span);
            Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) break;
        }

        return taken.WrittenSpan.ToArray();
    }

    /// <summary>Receives at the peer until so many bytes came, or the connection ended.</summary>
    public byte[] ReceiveAtPeer(int count)
    {
        var received = new byte[count];
        var at = 0;
        while (at < count)
        {
            var some = Peer.Receive(received.AsSpan(at));
            if (some == 0) break;
            at += some;
        }

        return received[..at];
    }

    /// <summary>Ends the peer's socket with a reset.</summary>
    public void ResetPeer()
    {
        Peer.LingerState = new LingerOption(enable: true, seconds: 0);
        Peer.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        Peer.Dispose();
        Connection.Abort(new ConnectionAbortedException("The test is over."));
        await Connection.DisposeAsync();
    }

    /// <summary>Bytes of which each tells its position, so that loss and disorder show.</summary>
    public static byte[] Numbered(int count, int from = 0)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++) bytes[i] = (byte)((from + i) * 31 % 251);
        return bytes;
    }
}
