using System.Buffers.Binary;
using System.Numerics;

namespace Orrery.Actors.Extensions;

/// <summary>xoshiro256** 1.0 (Blackman and Vigna), its state filled by splitmix64 from a seed and a name.</summary>
internal sealed class RandomStream : IRandomStream
{
    private readonly string _name = "";
    private readonly IDeterministicObserver? _observer;
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    public RandomStream(ulong seed, string name, IDeterministicObserver? observer = null)
    {
        (_name, _observer) = (name, observer);
        // FNV-1a, 64 bits, over the UTF-16 units of the name: streams of different names are unrelated.
        var state = 14695981039346656037UL;
        foreach (var c in name)
        {
            state = (state ^ c) * 1099511628211UL;
        }

        state ^= seed;
        _s0 = SplitMix64(ref state);
        _s1 = SplitMix64(ref state);
        _s2 = SplitMix64(ref state);
        _s3 = SplitMix64(ref state);
    }

    /// <summary>With a state of its own, for the algorithm's published vectors.</summary>
    internal RandomStream(ulong s0, ulong s1, ulong s2, ulong s3) => (_s0, _s1, _s2, _s3) = (s0, s1, s2, s3);

    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        _observer?.OnDraw(_name, result);
        return result;
    }

    public int NextInt32(int max)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        // Lemire's method: the high half of a product, rejecting the few low halves that would favour some results.
        var limit = (uint)max;
        while (true)
        {
            var product = (ulong)(uint)(NextUInt64() >> 32) * limit;
            if ((uint)product >= (0u - limit) % limit) return (int)(product >> 32);
        }
    }

    public void Fill(Span<byte> buffer)
    {
        Span<byte> word = stackalloc byte[8];
        while (!buffer.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, NextUInt64());
            var count = Math.Min(buffer.Length, word.Length);
            word[..count].CopyTo(buffer);
            buffer = buffer[count..];
        }
    }

    internal static ulong SplitMix64(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
