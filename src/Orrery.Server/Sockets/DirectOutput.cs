using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace Orrery.Server.Sockets;

/// <summary>Sends on the caller's own turn as much as the socket takes; only what it does not take is sent later.</summary>
/// <remarks>One writer at a time, and no flush while another waits. A writer may go on writing during a flush that waits.</remarks>
internal sealed class DirectOutput(Socket socket) : PipeWriter, IValueTaskSource<FlushResult>, IDisposable
{
    private const int BufferBytes = 16 * 1024;

    private ManualResetValueTaskSourceCore<FlushResult> _pending;
    private byte[]? _buffer;
    private int _count;
    private Sending? _sending;
    private volatile bool _failed;              // the peer takes no more
    private TaskCompletionSource? _drained;     // under the lock of _sending

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _count;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, (_buffer?.Length ?? 0) - _count);
        _count += bytes;
    }

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsMemory(_count);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsSpan(_count);
    }

    /// <summary>Sends what was written. The result is completed once the peer takes no more.</summary>
    /// <exception cref="InvalidOperationException">Another flush waits.</exception>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_sending is { IsBusy: true }) throw new InvalidOperationException("Another flush waits.");
        if (TrySendNow()) return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: _failed));

        _pending.Reset();
        if (!SendLater()) return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: _failed));
        return new ValueTask<FlushResult>(this, _pending.Version);
    }

    /// <summary>Not needed: a flush that waits ends with the connection.</summary>
    public override void CancelPendingFlush()
    {
    }

    /// <summary>Sends what the socket takes at once of what was written; <see cref="DrainAsync"/> sends the rest.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (_sending is not { IsBusy: true }) TrySendNow();
    }

    /// <summary>Completes once everything written is sent, or can't be. Nothing may be written or flushed any more.</summary>
    public async Task DrainAsync()
    {
        if (AwaitSending() is { } sending) await sending.ConfigureAwait(false);
        if (TrySendNow()) return;

        _pending.Reset();
        if (SendLater() && AwaitSending() is { } last) await last.ConfigureAwait(false);
    }

    /// <summary>Frees the buffers; the socket must be closed, and <see cref="DrainAsync"/> done.</summary>
    public void Dispose()
    {
        ReleaseBuffer();
        _sending?.Dispose();
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => _pending.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _pending.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _pending.OnCompleted(continuation, state, token, flags);

    private void MakeRoom(int sizeHint)
    {
        var least = Math.Max(sizeHint, 1);
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(least, BufferBytes));
        }
        else if (_buffer.Length - _count < least)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, checked(_count + least)));
            _buffer.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }

    /// <summary>Sends without waiting; true when nothing is left, be it because nobody takes it.</summary>
    private bool TrySendNow()
    {
        if (_count == 0) return true;
        if (_failed) return Discard();

        int sent;
        SocketError error;
        try
        {
            sent = socket.Send(_buffer.AsSpan(0, _count), SocketFlags.None, out error);
        }
        catch (ObjectDisposedException)
        {
            return Discard();
        }

        if (error == SocketError.WouldBlock) sent = 0;
        else if (error != SocketError.Success) return Discard();

        if (sent == _count)
        {
            ReleaseBuffer();
            return true;
        }

        _buffer.AsSpan(sent, _count - sent).CopyTo(_buffer);
        _count -= sent;
        return false;
    }

    /// <summary>Lets the system send the rest; false if that was done at once after all.</summary>
    private bool SendLater()
    {
        _sending ??= new Sending(this);
        _sending.SetBuffer(_buffer, 0, _count);
        _sending.Buffered = _buffer;
        _sending.IsBusy = true;
        _buffer = null;                         // what is written meanwhile goes into another
        _count = 0;
        try
        {
            if (socket.SendAsync(_sending)) return true;
            _failed |= _sending.SocketError != SocketError.Success;
        }
        catch (ObjectDisposedException)
        {
            _failed = true;
        }

        _sending.Release();
        return false;
    }

    /// <summary>The end of the send that waits, or null if none does.</summary>
    private Task? AwaitSending()
    {
        if (_sending is null) return null;
        lock (_sending)
        {
            if (!_sending.IsBusy) return null;
            _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    private void OnSent(Sending sending)
    {
        if (sending.SocketError != SocketError.Success) _failed = true;
        TaskCompletionSource? drained;
        lock (sending)
        {
            sending.Release();
            drained = _drained;
            _drained = null;
        }

        _pending.SetResult(new FlushResult(isCanceled: false, isCompleted: _failed));
        drained?.SetResult();
    }

    private bool Discard()
    {
        _failed = true;
        ReleaseBuffer();
        return true;
    }

    private void ReleaseBuffer()
    {
        if (_buffer is not null) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _count = 0;
    }

    /// <summary>One send that the socket did not take at once, and the array that it holds meanwhile.</summary>
    private sealed class Sending(DirectOutput output) : SocketAsyncEventArgs(true)
    {
        private volatile bool _isBusy;

        public bool IsBusy
        {
            get => _isBusy;
            set => _isBusy = value;
        }

        public byte[]? Buffered { get; set; }

        public void Release()
        {
            SetBuffer(null, 0, 0);
            if (Buffered is not null) ArrayPool<byte>.Shared.Return(Buffered);
            Buffered = null;
            IsBusy = false;
        }

        protected override void OnCompleted(SocketAsyncEventArgs e) => output.OnSent(this);
    }
}
