using System.Buffers;

namespace Orrery.Simulation.Network;

/// <summary>Bytes that wait in order.</summary>
internal sealed class ByteQueue
{
    private byte[] _bytes = [];
    private int _start;
    private bool _isLent;                       // the array is another's, to be read alone

    /// <summary>Bytes that wait.</summary>
    public int Count { get; private set; }

    /// <summary>What waits. Valid until the next change.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(_start, Count);

    /// <summary>What waits, as decoders take it. Valid until the next change.</summary>
    public ReadOnlySequence<byte> Sequence => new(Memory);

    /// <summary>Adds a copy at the end.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        if (_isLent || _start + Count + bytes.Length > _bytes.Length)
        {
            var target = _isLent || Count + bytes.Length > _bytes.Length ? new byte[Math.Max(64, (Count + bytes.Length) * 2)] : _bytes;
            Memory.CopyTo(target);
            (_bytes, _start, _isLent) = (target, 0, false);
        }

        bytes.CopyTo(_bytes.AsSpan(_start + Count));
        Count += bytes.Length;
    }

    /// <summary>Adds bytes that nobody changes any more, without a copy if nothing else waits.</summary>
    public void Lend(byte[] bytes)
    {
        if (Count > 0) Append(bytes);
        else (_bytes, _start, Count, _isLent) = (bytes, 0, bytes.Length, true);
    }

    /// <summary>Takes bytes off the front.</summary>
    public void Discard(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        _start += count;
        Count -= count;
        if (Count > 0) return;
        _start = 0;
        if (!_isLent) return;
        (_bytes, _isLent) = ([], false);
    }
}
