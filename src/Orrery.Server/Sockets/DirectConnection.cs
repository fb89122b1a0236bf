using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Orrery.Server.Sockets;

/// <summary>One accepted socket as Kestrel's connections are: two pipes, an abort, an end.</summary>
internal sealed class DirectConnection : ConnectionContext, IDuplexPipe
{
    private const int DiscardBytes = 64 * 1024;

    private static readonly CancellationTokenSource AlreadyClosed = Canceled();

    private readonly Socket _socket;
    private readonly DirectInput _input;
    private readonly DirectOutput _output;
    private readonly long _number;
    private ConnectionFeatures? _features;
    private IDictionary<object, object?>? _items;
    private EndPoint? _localEndPoint;
    private string? _connectionId;
    private CancellationTokenSource? _closed;   // made when somebody asks
    private int _aborted;
    private int _disposed;

    /// <param name="socket">Just accepted; it belongs to the connection.</param>
    /// <param name="number">Unique in the listener.</param>
    public DirectConnection(Socket socket, long number)
    {
        _number = number;
        _socket = socket;
        _socket.Blocking = false;
        _input = new DirectInput(socket);
        _output = new DirectOutput(socket);
        RemoteEndPoint = socket.RemoteEndPoint;
        Transport = this;
    }

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc/>
    public override string ConnectionId
    {
        get => _connectionId ??= _number.ToString("x", CultureInfo.InvariantCulture);
        set => _connectionId = value;
    }

    /// <inheritdoc/>
    public override IFeatureCollection Features => _features ??= new ConnectionFeatures();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items
    {
        get => _items ??= new Dictionary<object, object?>();
        set => _items = value;
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">First asked for after the connection was closed.</exception>
    public override EndPoint? LocalEndPoint
    {
        get => _localEndPoint ??= _socket.LocalEndPoint;
        set => _localEndPoint = value;
    }

    /// <inheritdoc/>
    public override CancellationToken ConnectionClosed
    {
        get
        {
            if (_closed is { } closed) return closed.Token;
            closed = new CancellationTokenSource();
            return (Interlocked.CompareExchange(ref _closed, closed, null) ?? closed).Token;
        }
        set => throw new NotSupportedException();
    }

    PipeReader IDuplexPipe.Input => _input;

    PipeWriter IDuplexPipe.Output => _output;

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (Interlocked.Exchange(ref _aborted, 1) != 0) return;

        // A reset, at once: what is unsent is dropped, and whoever waits for this socket is woken with a failure.
        _socket.Close(timeout: 0);
        FireClosed();
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
        FireClosed();
        _input.Dispose();
        _output.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private void FireClosed()
    {
        // Whoever asks from now on gets a token that is canceled already.
        var closed = Interlocked.Exchange(ref _closed, AlreadyClosed);
        if (closed != AlreadyClosed) closed?.Cancel();
    }

    private static CancellationTokenSource Canceled()
    {
        var canceled = new CancellationTokenSource();
        canceled.Cancel();
        return canceled;
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
