using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;

namespace Orrery.Server.Sockets;

/// <summary>Reads a socket when it is asked to, and at no other time: no loop of its own, no bytes read ahead.</summary>
/// <remarks>A connection that waits holds no buffer: readiness is awaited with an empty receive, then the bytes are taken without
/// blocking. Bytes that are kept lie in one array, so a batch of packets is decoded from one segment. One reader at a time;
/// <see cref="CancelPendingRead"/> may come from any thread.</remarks>
internal sealed class DirectInput : PipeReader, IValueTaskSource<ReadResult>, IDisposable
{
    // What one receive may bring: many small packets, and no array on the large object heap.
    private const int BufferBytes = 64 * 1024;

    private readonly Socket _socket;
    private readonly Readiness _readiness;
    private ManualResetValueTaskSourceCore<ReadResult> _pending;
    private byte[]? _buffer;
    private int _start;                         // from here to _end: received and not consumed
    private int _end;
    private bool _examined;                     // the reader has seen all of that, and wants more
    private bool _ended;                        // the peer sends no more
    private volatile bool _canceled;            // changes under the lock of _readiness, as the next two
    private bool _waiting;                      // somebody awaits the pending read
    private bool _armed;                        // the empty receive is on its way, whoever awaits it

    public DirectInput(Socket socket)
    {
        _socket = socket;
        _readiness = new Readiness(this);
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result) => (_end > _start && !_examined) || _ended
        ? Take(out result)
        : TryReceive(out result);

    /// <inheritdoc/>
    /// <exception cref="ConnectionResetException">The peer reset the connection.</exception>
    /// <exception cref="ConnectionAbortedException">The connection was closed on this side.</exception>
    /// <exception cref="IOException">The socket failed.</exception>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            while (true)
            {
                if (TryTakeCancel(out var result) || TryRead(out result)) return new ValueTask<ReadResult>(result);
                if (Arm(isNew: true)) return new ValueTask<ReadResult>(this, _pending.Version);
            }
        }
        catch (Exception failure) when (failure is IOException or ConnectionAbortedException)
        {
            return ValueTask.FromException<ReadResult>(failure);
        }
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _start = consumed.GetInteger();
        _examined = examined.GetInteger() == _end;
        if (_start == _end) ReleaseBuffer();
    }

    /// <inheritdoc/>
    public override void CancelPendingRead()
    {
        lock (_readiness)
        {
            _canceled = true;
            if (!_waiting) return;
            _waiting = false;
            _canceled = false;
        }

        _pending.SetResult(new ReadResult(default, isCanceled: true, isCompleted: false));
    }

    /// <summary>Gives up what was not consumed.</summary>
    public override void Complete(Exception? exception = null)
    {
        _end = _start;
        ReleaseBuffer();
    }

    /// <summary>Frees what awaits the socket; it must be closed.</summary>
    public void Dispose() => _readiness.Dispose();

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _pending.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _pending.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _pending.OnCompleted(continuation, state, token, flags);

    private bool TryTakeCancel(out ReadResult result)
    {
        result = new ReadResult(default, isCanceled: true, isCompleted: false);
        if (!_canceled) return false;
        lock (_readiness) _canceled = false;
        return true;
    }

    private bool Take(out ReadResult result)
    {
        var kept = _buffer is null ? default : new ReadOnlySequence<byte>(_buffer, _start, _end - _start);
        result = new ReadResult(kept, isCanceled: false, isCompleted: _ended);
        return true;
    }

    /// <summary>Takes what the socket has now; false if that is nothing.</summary>
    private bool TryReceive(out ReadResult result)
    {
        MakeRoom();
        int count;
        SocketError error;
        try
        {
            count = _socket.Receive(_buffer.AsSpan(_end), SocketFlags.None, out error);
        }
        catch (ObjectDisposedException closed)
        {
            throw new ConnectionAbortedException("The connection was closed.", closed);
        }

        switch (error)
        {
            case SocketError.Success:
                _end += count;
                _ended = count == 0;
                _examined = false;
                if (_end == _start) ReleaseBuffer();
                return Take(out result);
            case SocketError.WouldBlock:
                if (_end == _start) ReleaseBuffer();
                result = default;
                return false;
            default:
                throw SocketFailure.Of(error);
        }
    }

    /// <summary>Awaits readiness for a new read, or again for one that found nothing; false if receiving should be tried now.</summary>
    private bool Arm(bool isNew)
    {
        lock (_readiness)
        {
            if (_canceled) return false;
            if (isNew) _pending.Reset();
            _waiting = true;
            if (_armed) return true;            // of a read that was canceled
            _armed = true;
        }

        try
        {
            if (_socket.ReceiveAsync(_readiness)) return true;
        }
        catch (ObjectDisposedException)
        {
            // Closed meanwhile: receiving says so.
        }

        lock (_readiness)
        {
            _armed = false;
            if (!_waiting) return true;         // canceled meanwhile, which has completed the read
            _waiting = false;
            return false;
        }
    }

    /// <summary>The socket is ready, or has failed: completes the read with what receiving gives.</summary>
    private void OnReady()
    {
        lock (_readiness)
        {
            _armed = false;
            if (!_waiting) return;
            _waiting = false;
        }

        ReadResult result;
        try
        {
            while (!TryTakeCancel(out result) && !TryReceive(out result))
            {
                if (Arm(isNew: false)) return;
            }
        }
        catch (Exception failure) when (failure is IOException or ConnectionAbortedException)
        {
            _pending.SetException(failure);
            return;
        }

        _pending.SetResult(result);
    }

    private void MakeRoom()
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            // The start of a packet is kept. It moves to the front, of a larger array if it fills this one: so no more is ever
            // held than twice what has arrived, whatever length the packet declares.
            var kept = _buffer.AsSpan(_start, _end - _start);
            var next = kept.Length > _buffer.Length / 2 ? ArrayPool<byte>.Shared.Rent(_buffer.Length * 2) : _buffer;
            kept.CopyTo(next);
            if (next != _buffer) ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = next;
            (_start, _end) = (0, kept.Length);
        }
    }

    private void ReleaseBuffer()
    {
        if (_buffer is not null) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _start = _end = 0;
        _examined = false;
    }

    /// <summary>An empty receive, which ends when the socket has something to say.</summary>
    private sealed class Readiness(DirectInput input) : SocketAsyncEventArgs(true)
    {
        protected override void OnCompleted(SocketAsyncEventArgs e) => input.OnReady();
    }
}
