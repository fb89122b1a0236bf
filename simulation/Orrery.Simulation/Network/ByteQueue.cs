using System.Buffers;

namespace Orrery.Simulation.Network;

/// <summary>Bytes that wait in order.</summary>
/// <remarks>A struct, since a connection has eight of them, most of which are empty all their lives: its field must not be readonly.</remarks>
internal struct ByteQueue
{
    private byte[]? _bytes;
    private Segment? _lender;                   // whose array it is, to be read alone; null for an array of its own
    private int _start;

    /// <summary>Bytes that wait.</summary>
    public int Count { get; private set; }

    /// <summary>What waits. Valid until the next change.</summary>
    public readonly ReadOnlyMemory<byte> Memory => _bytes.AsMemory(_start, Count);

    /// <summary>What waits. Valid until the next change.</summary>
    public readonly ReadOnlySpan<byte> Span => _bytes.AsSpan(_start, Count);

    /// <summary>What waits, as decoders take it. Valid until the next change.</summary>
    public readonly ReadOnlySequence<byte> Sequence => Count == 0 ? ReadOnlySequence<byte>.Empty : new(_bytes!, _start, Count);

    /// <summary>Adds a copy at the end.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        var length = _bytes?.Length ?? 0;
        if (_lender is not null || _start + Count + bytes.Length > length)
        {
            var target = _lender is not null || Count + bytes.Length > length ? new byte[Math.Max(64, (Count + bytes.Length) * 2)] : _bytes!;
            Span.CopyTo(target);
            EndLoan();
            (_bytes, _start) = (target, 0);
        }

        bytes.CopyTo(_bytes.AsSpan(_start + Count));
        Count += bytes.Length;
    }

    /// <summary>Adds what a segment carries, without a copy if nothing else waits. The queue releases the segment.</summary>
    public void Lend(Segment segment)
    {
        if (Count > 0 || segment.Length == 0)
        {
            Append(segment.Bytes);
            segment.Release();
        }
        else
        {
            (_bytes, _lender, _start, Count) = (segment.Buffer, segment, 0, segment.Length);
        }
    }

    /// <summary>Takes all that waits in another queue, which is empty afterwards.</summary>
    public void TakeAll(ref ByteQueue other)
    {
        if (Count == 0 && other._lender is not null)
        {
            (_bytes, _lender, _start, Count) = (other._bytes, other._lender, other._start, other.Count);
            other = default;
            return;
        }

        Append(other.Span);
        other.Discard(other.Count);
    }

    /// <summary>Takes bytes off the front.</summary>
    public void Discard(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        _start += count;
        Count -= count;
        if (Count > 0) return;
        _start = 0;
        if (_lender is not null) EndLoan();
    }

    private void EndLoan()
    {
        if (_lender is null) return;
        _lender.Release();
        (_bytes, _lender) = (null, null);
    }
}
