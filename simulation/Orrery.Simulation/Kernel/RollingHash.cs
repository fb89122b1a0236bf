using System.Buffers.Binary;
using System.Numerics;

namespace Orrery.Simulation.Kernel;

/// <summary>A 64-bit hash that grows with a run: equal hashes mean equal runs, to one chance in 2^64.</summary>
/// <remarks>Not for secrets. The rounds are xxHash64's, over one lane; frozen by golden vectors.</remarks>
internal struct RollingHash
{
    private const ulong Prime1 = 11400714785074694791UL;
    private const ulong Prime2 = 14029467366897019727UL;
    private const ulong Prime3 = 1609587929392839161UL;
    private const ulong Prime4 = 9650029242287828579UL;

    private ulong _state;
    private ulong _count;

    /// <summary>The hash of everything added so far. More can be added afterwards.</summary>
    public readonly ulong Value
    {
        get
        {
            var h = _state ^ (_count * Prime3);
            h = (h ^ (h >> 33)) * Prime2;
            h = (h ^ (h >> 29)) * Prime3;
            return h ^ (h >> 32);
        }
    }

    /// <summary>Adds a number.</summary>
    public void Add(ulong value)
    {
        _state = (BitOperations.RotateLeft(_state ^ (BitOperations.RotateLeft(value * Prime2, 31) * Prime1), 27) * Prime1) + Prime4;
        _count++;
    }

    /// <summary>Adds bytes and their number, so that neighbours can't trade bytes unseen.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add((ulong)bytes.Length);
        while (bytes.Length >= 8)
        {
            Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        if (bytes.IsEmpty) return;
        Span<byte> rest = stackalloc byte[8];
        rest.Clear();
        bytes.CopyTo(rest);
        Add(BinaryPrimitives.ReadUInt64LittleEndian(rest));
    }
}
