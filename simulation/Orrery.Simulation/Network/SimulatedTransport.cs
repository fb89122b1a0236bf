using System.Buffers;
using Orrery.Actors;
using Orrery.Broker.Connections;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Simulation.Processes;

namespace Orrery.Simulation.Network;

/// <summary>What a socket's host does in production, over a simulated connection: reads on demand, decodes, and writes.</summary>
internal sealed class SimulatedTransport(BrokerProcess process, StreamEnd end, PacketReaderOptions readerOptions) : IConnectionTransport, IStreamOwner
{
    private const int BatchBytesMax = 64 * 1024;            // as in production: the most that one turn decodes

    private readonly PacketReader _reader = new(readerOptions);
    private ArrayBufferWriter<byte>? _output;               // taken from what is spare while something waits to be flushed
    private ByteQueue _unread;                              // taken from the system, not decoded: a packet may exceed its buffer
    private ByteQueue _unsent;                              // flushed, but the system had no room
    private IActorRef _connection = ActorRefs.Nobody;
    private int _demand;
    private bool _isSlow;
    private bool _isShort;
    private bool _inputEnded;
    private bool _peerClosedTold;
    private bool _isEnding;
    private string? _loss;

    /// <summary>The end of the connection that this serves.</summary>
    public StreamEnd End => end;

    /// <summary>The connection's actor; nobody before it has started.</summary>
    public IActorRef Actor => _connection;

    /// <inheritdoc/>
    public IBufferWriter<byte> Output => _output ??= process.Ether.TakeOutput();

    /// <inheritdoc/>
    public void Start(IActorRef connection) => _connection = connection;

    /// <inheritdoc/>
    public void RequestInput()
    {
        _demand++;
        Feed();
    }

    /// <inheritdoc/>
    public bool TryFlush()
    {
        if (_isEnding) return true;
        if (_loss is not null)
        {
            TellPeerClosed(_loss);
            return false;
        }

        process.NoteEffect();
        _isSlow = !TrySendAll(_output) && !end.IsHeld && !_isShort; // what a tap or a short write holds back is no peer's slowness
        return !_isSlow;
    }

    /// <inheritdoc/>
    public void Close()
    {
        if (_isEnding) return;
        _isEnding = true;
        process.NoteEffect();
        if (TrySendAll(_output)) CloseEnd();
        else process.WatchClose(this);
    }

    /// <inheritdoc/>
    public void Abort()
    {
        process.NoteEffect();
        _isEnding = true;
        end.Reset();
        process.Forget(this);
    }

    /// <inheritdoc/>
    void IStreamOwner.OnConnected()
    {
    }

    /// <inheritdoc/>
    void IStreamOwner.OnReadable()
    {
        if (process.Buggifies("late_read")) process.Yield(() => process.Do(Feed));
        else if (process.TryEnter()) FeedAndLeave();
        else process.Defer(Feed);
    }

    /// <inheritdoc/>
    void IStreamOwner.OnWritable() => process.Do(Drain);

    /// <inheritdoc/>
    void IStreamOwner.OnLost(string reason) => process.Do(() =>
    {
        _loss = reason;
        if (_isEnding) process.Forget(this);
        else if (_isSlow) TellPeerClosed(reason);           // a flush that waits fails at once, a read when it is asked for
        else Feed();
    });

    /// <summary>A closing peer took too long.</summary>
    internal void OnCloseLimit()
    {
        if (!end.IsOver) Abort();
    }

    /// <summary>The process is gone; its system does what is left to do.</summary>
    internal void OnProcessEnded(Action<StreamEnd> endConnection)
    {
        _isEnding = true;
        endConnection(end);
    }

    private void FeedAndLeave()
    {
        Feed();
        process.Leave();
    }

    private void Feed()
    {
        while (_demand > 0 && !_isEnding && !_inputEnded)
        {
            if (_loss is not null)
            {
                _inputEnded = true;
                TellPeerClosed(_loss);
                return;
            }

            var status = ReadBatch(out var batch);
            if (status == DecodeStatus.NeedMoreBytes)
            {
                if (TakeInput()) continue;
                if (!end.PeerHasFinished) return;
                _inputEnded = true;
                TellPeerClosed(_unread.Count == 0 ? "connection closed by client" : "connection closed by client within a packet");
                return;
            }

            // What follows a malformed packet has no meaning [MQTT-4.13.1-1].
            _inputEnded = status == DecodeStatus.Malformed;
            _demand--;
            _connection.Tell(new ConnectionProtocol.Received(batch!), ActorRefs.NoSender);
        }
    }

    private DecodeStatus ReadBatch(out PacketBatch? batch)
    {
        var bytesMax = process.Buggifies("small_batch") ? 1 : BatchBytesMax;
        batch = null;
        if (_unread.Count == 0) return DecodeStatus.NeedMoreBytes;
        var input = _unread.Sequence;
        var status = _reader.TryReadBatch(ref input, bytesMax, out batch);
        _unread.Discard(_unread.Count - (int)input.Length);
        return status;
    }

    private bool TakeInput()
    {
        if (end.UnreadCount == 0) return false;
        end.ConsumeAll(ref _unread);
        return true;
    }

    private bool TrySendAll(ArrayBufferWriter<byte>? written)
    {
        var isDirect = written is not null && _unsent.Count == 0;   // then nothing needs to be copied
        if (!isDirect && written is not null) _unsent.Append(written.WrittenSpan);
        var bytes = isDirect ? written!.WrittenSpan : _unsent.Span;
        _isShort = bytes.Length > 1 && !end.IsOver && process.Buggifies("short_write");
        if (_isShort)
        {
            bytes = bytes[..process.BuggyCount("short_write", bytes.Length - 1)];
            process.Yield(() => process.Do(Drain));         // the system would say that there is room again
        }

        var sent = end.Send(bytes);
        if (isDirect) _unsent.Append(written!.WrittenSpan[sent..]);
        else _unsent.Discard(sent);
        if (written is not null)
        {
            _output = null;
            process.Ether.Return(written);
        }

        return _unsent.Count == 0;
    }

    private void Drain()
    {
        if (end.IsOver || !TrySendAll(null)) return;
        if (_isEnding)
        {
            CloseEnd();
        }
        else if (_isSlow)
        {
            _isSlow = false;
            _connection.Tell(ConnectionProtocol.OutputDrained.Instance, ActorRefs.NoSender);
        }
    }

    // Unread input would make the system reset the connection, and the peer might lose the last packets sent to it.
    private void CloseEnd()
    {
        end.DropUnread();
        end.Close();
        process.Forget(this);
    }

    private void TellPeerClosed(string reason)
    {
        if (_isEnding || _peerClosedTold) return;
        _peerClosedTold = true;
        _connection.Tell(new ConnectionProtocol.PeerClosed(reason), ActorRefs.NoSender);
    }
}
