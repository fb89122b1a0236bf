using Orrery.Simulation.Kernel;

namespace Orrery.Simulation.Network;

/// <summary>One direction of a connection: send buffer, segments on the way, and what a block holds back.</summary>
internal sealed class StreamDirection(SimulationKernel kernel, StreamConnection connection, Link link, Direction direction)
{
    private static readonly string[] Names = Enum.GetNames<SegmentKind>();

    private ByteQueue _unsent;
    private Queue<Segment>? _held;                          // arrived at a block, in order
    private RandomSource? _chance;                          // made with the first draw
    private int _travelling;                                // bytes on the way or held
    private int _unacknowledged;                            // bytes sent whose arrival this side does not know of
    private int _unreported;                                // of those, bytes that arrived while the way back was blocked
    private long _lineFree;                                 // when the last byte handed to the line has left
    private long _lastArrival;                              // segments do not overtake each other
    private long _sent;
    private bool _isOpen;
    private bool _finishes;
    private bool _finished;
    private bool _wasFull;
    private EventHandle _giveUp;
    private long _giveUpNanoseconds = long.MaxValue;        // when that event happens
    private long _patienceEnds;                             // when it should

    /// <summary>Bytes of the stream after which it breaks (N7); null for none.</summary>
    public long? CutAfterBytes { get; set; }

    /// <summary>Bytes put on the line so far.</summary>
    public long SentBytes => _sent;

    /// <summary>Whether nothing of this direction will happen any more.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Takes what fits the send buffer.</summary>
    public int Accept(ReadOnlySpan<byte> bytes)
    {
        if (_finishes) throw new InvalidOperationException($"{connection.Name} sends after its end.");
        var count = Math.Min(bytes.Length, Math.Max(0, link.Options.SendBufferBytes - _unsent.Count - _unacknowledged));
        _wasFull |= count < bytes.Length;
        var sent = _isOpen && _unsent.Count == 0 ? SendFrom(bytes[..count]) : 0;
        _unsent.Append(bytes[sent..count]);
        if (sent == 0) Pump();
        return count;
    }

    /// <summary>The connection is open: bytes may go.</summary>
    public void Open()
    {
        _isOpen = true;
        Pump();
    }

    /// <summary>No bytes follow those accepted.</summary>
    public void Finish()
    {
        _finishes = true;
        Pump();
    }

    /// <summary>Drops what was not sent, and says so to the peer.</summary>
    public void Reset()
    {
        Discard();
        Transmit(link.Ether.Take(SegmentKind.Reset));
    }

    /// <summary>Drops what was not sent, in silence.</summary>
    public void Discard()
    {
        _unsent.Discard(_unsent.Count);
        _isOpen = false;
        IsDone = true;
        kernel.Cancel(_giveUp);
        _giveUpNanoseconds = long.MaxValue;
    }

    /// <summary>Sends what may go: as much as the receiver has room for.</summary>
    public void Pump()
    {
        if (!_isOpen) return;
        if (_unsent.Count > 0) _unsent.Discard(SendFrom(_unsent.Span));
        if (_unsent.Count > 0 || !_finishes || _finished) return;
        _finished = true;
        Transmit(link.Ether.Take(SegmentKind.Finish));
    }

    /// <summary>Puts a segment on the line.</summary>
    public void Transmit(Segment segment)
    {
        var now = kernel.NowNanoseconds;
        link.Ether.LastTrafficNanoseconds = now;
        if (connection.IsForgottenBetween())                // an address translator on the way no longer knows it (N9)
        {
            segment.Release();
            return;
        }

        var leaves = Math.Max(now, _lineFree);
        if (link.Options.BytesPerSecond > 0)
        {
            // In two steps, since a gigabyte in nanoseconds does not fit 64 bits.
            leaves += (segment.Length / link.Options.BytesPerSecond * 1_000_000_000)
                + (segment.Length % link.Options.BytesPerSecond * 1_000_000_000 / link.Options.BytesPerSecond);
        }

        _lineFree = leaves;
        _lastArrival = Math.Max(_lastArrival, leaves + Latency());
        kernel.Observe(connection.Name, Names[(int)segment.Kind], "bytes", segment.Bytes);
        kernel.Schedule(_lastArrival, EventClass.Network, connection, StreamConnection.ArrivalKind, (long)direction, segment);
    }

    /// <summary>A segment reached the other side.</summary>
    public void Arrive(Segment segment)
    {
        if (!link.IsBlocked(direction) && _held is not { Count: > 0 })
        {
            Deliver(segment);
            return;
        }

        _held ??= new Queue<Segment>();
        if (_held.Count == 0) connection.Tap?.OnHeld(direction, segment.Length);
        _held.Enqueue(segment);
    }

    /// <summary>The direction is open again.</summary>
    public void Release()
    {
        while (!link.IsBlocked(direction) && _held is not null && _held.TryDequeue(out var segment))
        {
            Deliver(segment);
        }
    }

    /// <summary>The way back is open again: what arrived meanwhile is known to have.</summary>
    public void Report()
    {
        if (_unreported > 0) Acknowledge(0);
    }

    /// <summary>The system's patience with the peer ends now, unless bytes were acknowledged since it was set.</summary>
    public bool HasGivenUp()
    {
        _giveUpNanoseconds = long.MaxValue;
        if (_unacknowledged == 0 || IsDone) return false;
        if (kernel.NowNanoseconds >= _patienceEnds) return true;
        SetGiveUp();
        return false;
    }

    /// <summary>Sends from the front of some bytes what the receiver has room for, in segments.</summary>
    /// <returns>How many bytes went.</returns>
    private int SendFrom(ReadOnlySpan<byte> bytes)
    {
        var total = 0;
        while (total < bytes.Length)
        {
            var room = link.Options.ReceiveBufferBytes - _travelling - connection.Inbound(direction).UnreadCount;
            if (CutAfterBytes is { } cut) room = (int)Math.Min(room, cut - _sent);
            if (room <= 0) break;
            var size = link.Options.SegmentBytesMin == link.Options.SegmentBytesMax
                ? link.Options.SegmentBytesMax
                : (int)Chance.Uniform(link.Options.SegmentBytesMin, link.Options.SegmentBytesMax);
            size = Math.Min(size, Math.Min(room, bytes.Length - total));
            var segment = link.Ether.Take(SegmentKind.Data, bytes.Slice(total, size));
            if (link.CorruptPerMillion > 0) Corrupt(segment.Bytes);
            if (_unacknowledged == 0) WaitForProgress();
            _unacknowledged += size;
            _travelling += size;
            _sent += size;
            total += size;
            Transmit(segment);
        }

        return total;
    }

    /// <summary>The receiver's system acknowledged bytes.</summary>
    private void Acknowledge(int count)
    {
        _unreported += count;
        if (link.IsBlocked(StreamConnection.Opposite(direction))) return;
        _unacknowledged -= _unreported;
        _unreported = 0;
        if (IsDone) return;
        if (_unacknowledged > 0) WaitForProgress();
        if (!_wasFull) return;
        _wasFull = false;
        connection.Sender(direction).Owner?.OnWritable();
    }

    private void Deliver(Segment segment)
    {
        var (kind, length) = (segment.Kind, segment.Length); // whoever reads it may be done with it, and it in use again
        _travelling -= length;
        var answered = connection.Deliver(direction, segment);
        if (kind != SegmentKind.Data || !answered) segment.Release();
        if (kind != SegmentKind.Data) return;
        if (answered) Acknowledge(length);
        if (CutAfterBytes is { } cut && _sent >= cut && _travelling == 0) connection.OnCutReached();
    }

    // A stream of its own, so that flipping bits disturbs no other draw of the link.
    private void Corrupt(Span<byte> bytes)
    {
        var chance = kernel.Stream($"{link.Name}/{direction}/corruption");
        for (var i = 0; i < bytes.Length; i++)
        {
            if (chance.Chance(link.CorruptPerMillion, 1_000_000)) bytes[i] ^= (byte)(1 << (int)chance.Uniform(0, 7));
        }
    }

    private void WaitForProgress()
    {
        _patienceEnds = kernel.NowNanoseconds + link.Options.GiveUpNanoseconds;
        if (_patienceEnds < _giveUpNanoseconds) SetGiveUp();
    }

    // Patience is renewed with each acknowledgement: an event that is early is set anew, instead of moved each time.
    private void SetGiveUp()
    {
        kernel.Cancel(_giveUp);
        _giveUpNanoseconds = _patienceEnds;
        _giveUp = kernel.Schedule(_patienceEnds, EventClass.Network, connection, StreamConnection.GiveUpKind, (long)direction);
    }

    private RandomSource Chance => _chance ??= kernel.Stream($"{link.Name}/{direction}");

    private long Latency()
    {
        var latency = link.Options.LatencyNanoseconds;
        if (link.Options.JitterMeanNanoseconds > 0) latency += Chance.Exponential(link.Options.JitterMeanNanoseconds);
        latency = Math.Min(latency, link.Options.LatencyMaxNanoseconds);
        if (link.Options.TailPerMillion > 0 && Chance.Chance(link.Options.TailPerMillion, 1_000_000)) latency += Chance.Uniform(0, link.Options.TailNanoseconds);
        return latency;
    }
}
