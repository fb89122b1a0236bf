using System.Diagnostics;
using System.Numerics;

namespace Orrery.Benchmarks.EndToEnd;

/// <summary>A histogram of times, each within 1.6 % of what it was. One thread at a time.</summary>
internal sealed class Latencies
{
    private const int SubBits = 6;                      // 64 steps between one power of two and the next
    private readonly long[] _counts = new long[64 << SubBits];
    private long _total;

    /// <summary>Counts a time in ticks of <see cref="Stopwatch"/>.</summary>
    public void Add(long ticks)
    {
        _counts[PlaceOf(Math.Max(1, ticks))]++;
        _total++;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        _total = 0;
    }

    /// <summary>The time, in milliseconds, that a share of all did not exceed; 0 without any.</summary>
    public double Milliseconds(double share)
    {
        var left = (long)Math.Ceiling(_total * share);
        for (var place = 0; place < _counts.Length && _total > 0; place++)
        {
            left -= _counts[place];
            if (left <= 0) return TicksAt(place) * 1_000.0 / Stopwatch.Frequency;
        }

        return 0;
    }

    private static int PlaceOf(long ticks)
    {
        var power = BitOperations.Log2((ulong)ticks);
        var sub = power < SubBits ? ticks << (SubBits - power) : ticks >> (power - SubBits);
        return (power << SubBits) + (int)(sub & ((1 << SubBits) - 1));
    }

    private static double TicksAt(int place)
    {
        var sub = 1.0 + ((place & ((1 << SubBits) - 1)) / (double)(1 << SubBits));
        return sub * Math.Pow(2, place >> SubBits);
    }
}
