using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Orrery.Server.Sockets;

/// <summary>One accepted socket as Kestrel's connections are: two pipes, an abort, an end.</summary>
internal sealed class DirectConnection : ConnectionContext, IDuplexPipe
{
    private const int DiscardBytes = 64 * 1024;

    private readonly Socket _socket;
    private readonly DirectInput _input;
    private readonly DirectOutput _output;
    private readonly CancellationTokenSource _closed = new();
    private FeatureCollection? _features;
    private IDictionary<object, object?>? _items;
    private string? _connectionId;
    private int _aborted;
    private int _disposed;

    public DirectConnection(Socket socket)
    {
        _socket = socket;
        _socket.Blocking = false;
        _input = new DirectInput(socket);
        _output = new DirectOutput(socket);
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        Transport = this;
        ConnectionClosed = _closed.Token;
    }

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc/>
    public override string ConnectionId
    {
        get => _connectionId ??= $"{RemoteEndPoint}-{LocalEndPoint}";
        set => _connectionId = value;
    }

    /// <inheritdoc/>
    public override IFeatureCollection Features => _features ??= new FeatureCollection();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items
    {
        get => _items ??= new Dictionary<object, object?>();
        set => _items = value;
    }

    PipeReader IDuplexPipe.Input => _input;

    PipeWriter IDuplexPipe.Output => _output;

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (Interlocked.Exchange(ref _aborted, 1) != 0) return;

        // A reset, at once: what is unsent is dropped, and whoever waits for this socket is woken with a failure.
        _socket.Close(timeout: 0);
        _closed.Cancel();
    }

    /// <summary>Sends what is left, says that nothing follows, waits for the peer to end too, and closes.</summary>
    /// <remarks>Closing while the peer still sends would reset the connection, and the peer might lose what was sent to it last.
    /// Whoever wants this to end in a given time calls <see cref="Abort(ConnectionAbortedException)"/>.</remarks>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _input.Complete();
        _output.Complete();
        await _output.DrainAsync().ConfigureAwait(false);
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
            await DiscardAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // Reset by the peer, or aborted: closed in any case.
        }

        _socket.Dispose();
        _closed.Cancel();
        _input.Dispose();
        _output.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private async Task DiscardAsync()
    {
        var nowhere = new byte[1];
        while (await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None).ConfigureAwait(false) >= 0)
        {
            if (nowhere.Length == 1 && _socket.Available > 0) nowhere = new byte[DiscardBytes];
            var count = _socket.Receive(nowhere, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) continue;
            if (error != SocketError.Success || count == 0) return;
        }
    }
}
