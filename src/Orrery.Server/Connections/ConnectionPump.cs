using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Orrery.Actors;
using Orrery.Broker.Connections;
using Orrery.Mqtt.Codec;

namespace Orrery.Server.Connections;

/// <summary>Moves the bytes of one connection between its pipes and its actor: the only asynchronous code on the data path.</summary>
/// <remarks>
/// Input is pulled: each <see cref="RequestInput"/> lets one batch pass. <see cref="_demand"/> counts what was asked for and not
/// yet served; whoever raises it from 0 owns the input until it is 0 again, so the pipe's reader has one user at a time without a
/// lock, and a batch that has already arrived is decoded on the actor's own turn. Ending the connection is one demand more, which
/// its owner, whoever that is, finds and serves last. The output belongs to the actor's turn alone.
/// </remarks>
internal sealed partial class ConnectionPump : IConnectionTransport
{
    // The most that one turn of an actor decodes and handles, so that a flooding peer can't hold its thread.
    private const int BatchBytesMax = 64 * 1024;

    private readonly ConnectionContext _context;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly PacketReader _decoder;
    private readonly CloseLimit _closeLimit;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action _onInput;

    private Action? _onFlushed;                 // made for the first peer that is slow
    private IActorRef _connection = ActorRefs.Nobody;
    private ValueTaskAwaiter<ReadResult> _pendingRead;
    private ValueTaskAwaiter<FlushResult> _pendingFlush;
    private int _demand;
    private int _peerClosedTold;
    private bool _inputEnded;                   // read and written by the owner of the input
    private volatile bool _ending;

    /// <param name="context">The connection, whose pipes nobody else uses until <see cref="Ended"/>.</param>
    /// <param name="decoder">A reader for this connection alone.</param>
    /// <param name="closeLimit">How long a closing connection may take.</param>
    public ConnectionPump(ConnectionContext context, PacketReader decoder, CloseLimit closeLimit)
    {
        _context = context;
        _input = context.Transport.Input;
        _output = context.Transport.Output;
        _decoder = decoder;
        _closeLimit = closeLimit;
        _onInput = OnInput;
    }

    /// <summary>Completes once the actor has ended the connection and nothing here touches its pipes any more.</summary>
    public Task Ended => _ended.Task;

    /// <inheritdoc/>
    public IBufferWriter<byte> Output => _output;

    /// <inheritdoc/>
    public void Start(IActorRef connection) => _connection = connection;

    /// <inheritdoc/>
    public void RequestInput()
    {
        if (Interlocked.Increment(ref _demand) == 1) ServeInput();
    }

    /// <inheritdoc/>
    public void Close()
    {
        if (_ending) return;
        _ending = true;
        _output.Complete();                     // also commits what was written; the socket ends once that is sent
        _closeLimit.Watch(_context);
        EndInput();
    }

    /// <inheritdoc/>
    public void Abort()
    {
        if (!_ending)
        {
            _ending = true;
            EndInput();
        }

        _context.Abort(new ConnectionAbortedException("The broker dropped the connection."));
    }

    private void EndInput()
    {
        if (Interlocked.Increment(ref _demand) == 1)
        {
            ServeInput();
        }
        else
        {
            _input.CancelPendingRead();         // the owner may be waiting for bytes that never come
        }
    }

    /// <summary>Tells of the peer's end once, and not to an actor that has ended the connection itself.</summary>
    private void TellPeerClosed(string reason)
    {
        if (!_ending && Interlocked.Exchange(ref _peerClosedTold, 1) == 0)
        {
            _connection.Tell(new ConnectionProtocol.PeerClosed(reason), ActorRefs.NoSender);
        }
    }

    private static string Describe(Exception failure) => failure switch
    {
        ConnectionResetException => "connection reset by client",
        ConnectionAbortedException => "connection dropped by the server",
        OperationCanceledException => "connection cancelled",
        _ => $"connection failed: {failure.Message}",
    };
}
