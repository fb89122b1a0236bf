using System.Buffers.Binary;
using System.Numerics;

namespace Orrery.Mqtt;

/// <summary>A 64-bit hash of bytes that is the same in every process and on every machine.</summary>
/// <remarks>
/// The function is XXH64 with seed 0, so its published vectors hold. It spreads well and is fast for keys of a few
/// bytes; it is no defence against a peer that looks for collisions, so tables keyed by it need a bound of their own.
/// </remarks>
public static class Hashing
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;
    private const ulong Prime4 = 0x85EBCA77C2B2AE63;
    private const ulong Prime5 = 0x27D4EB2F165667C5;
    private const int StripeBytes = 32;

    /// <summary>Hashes the bytes; the empty span has a hash too.</summary>
    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = bytes.Length < StripeBytes ? Prime5 : HashStripes(bytes);
        hash += (ulong)bytes.Length;

        var rest = bytes[(bytes.Length - bytes.Length % StripeBytes)..];
        while (rest.Length >= sizeof(ulong))
        {
            hash ^= Round(0, BinaryPrimitives.ReadUInt64LittleEndian(rest));
            hash = BitOperations.RotateLeft(hash, 27) * Prime1 + Prime4;
            rest = rest[sizeof(ulong)..];
        }
        if (rest.Length >= sizeof(uint))
        {
            hash ^= BinaryPrimitives.ReadUInt32LittleEndian(rest) * Prime1;
            hash = BitOperations.RotateLeft(hash, 23) * Prime2 + Prime3;
            rest = rest[sizeof(uint)..];
        }
        foreach (var one in rest)
        {
            hash ^= one * Prime5;
            hash = BitOperations.RotateLeft(hash, 11) * Prime1;
        }

        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }

    private static ulong HashStripes(ReadOnlySpan<byte> bytes)
    {
        var (a, b, c, d) = (unchecked(Prime1 + Prime2), Prime2, 0UL, unchecked(0UL - Prime1));
        while (bytes.Length >= StripeBytes)
        {
            a = Round(a, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            b = Round(b, BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
            c = Round(c, BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));
            d = Round(d, BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]));
            bytes = bytes[StripeBytes..];
        }

        var hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7)
            + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
        hash = Merge(hash, a);
        hash = Merge(hash, b);
        hash = Merge(hash, c);
        return Merge(hash, d);
    }

    private static ulong Round(ulong accumulator, ulong input) =>
        BitOperations.RotateLeft(accumulator + input * Prime2, 31) * Prime1;

    private static ulong Merge(ulong hash, ulong accumulator) => (hash ^ Round(0, accumulator)) * Prime1 + Prime4;
}
