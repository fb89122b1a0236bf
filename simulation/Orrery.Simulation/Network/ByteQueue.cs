using System.Buffers;

namespace Orrery.Simulation.Network;

/// <summary>Bytes that wait in order.</summary>
internal sealed class ByteQueue
{
    private byte[] _bytes = [];
    private int _start;

    /// <summary>Bytes that wait.</summary>
    public int Count { get; private set; }

    /// <summary>What waits. Valid until the next change.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(_start, Count);

    /// <summary>What waits, as decoders take it. Valid until the next change.</summary>
    public ReadOnlySequence<byte> Sequence => new(Memory);

    /// <summary>Adds a copy at the end.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_start + Count + bytes.Length > _bytes.Length)
        {
            var target = Count + bytes.Length > _bytes.Length ? new byte[Math.Max(256, (Count + bytes.Length) * 2)] : _bytes;
            Memory.CopyTo(target);
            (_bytes, _start) = (target, 0);
        }

        bytes.CopyTo(_bytes.AsSpan(_start + Count));
        Count += bytes.Length;
    }

    /// <summary>Takes bytes off the front.</summary>
    public void Discard(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        _start += count;
        Count -= count;
        if (Count == 0) _start = 0;
    }
}
