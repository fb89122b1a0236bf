using System.Numerics;
using Orrery.Actors.Extensions;

namespace Orrery.Simulation.Kernel;

/// <summary>A named stream of chance of one run, with the integer distributions that a world needs. Every draw is hashed.</summary>
/// <remarks>No floating point and no library of mathematics: a seed means the same on every machine.</remarks>
internal sealed class RandomSource(SimulationKernel kernel, string name)
{
    private readonly IRandomStream _stream = RandomStreams.Create(kernel.Seed, name);

    /// <summary>The next 64 bits.</summary>
    public ulong NextUInt64()
    {
        var value = _stream.NextUInt64();
        kernel.Observe(name, "draw", "bits", value);
        return value;
    }

    /// <summary>Any number of a range, each as likely as another.</summary>
    /// <param name="minimum">The smallest.</param>
    /// <param name="maximum">The largest, not below <paramref name="minimum"/>.</param>
    public long Uniform(long minimum, long maximum)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minimum, maximum);
        var count = (ulong)maximum - (ulong)minimum + 1;
        if (count == 0) return (long)NextUInt64();      // the whole range of 64 bits
        while (true)
        {
            // Lemire's method: the high half of a product, rejecting the few low halves that would favour some results.
            var high = Math.BigMul(NextUInt64(), count, out var low);
            if (low >= (0UL - count) % count) return (long)((ulong)minimum + high);
        }
    }

    /// <summary>Yes, in so many of so many cases.</summary>
    /// <param name="numerator">0 (never) to <paramref name="denominator"/> (always).</param>
    /// <param name="denominator">1 or more.</param>
    public bool Chance(long numerator, long denominator)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(numerator);
        ArgumentOutOfRangeException.ThrowIfLessThan(denominator, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(numerator, denominator);
        return Uniform(0, denominator - 1) < numerator;
    }

    /// <summary>A time between events that come at random with this mean.</summary>
    /// <param name="mean">0 to 2^56; the result is at most 46 times as much.</param>
    public long Exponential(long mean)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(mean);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mean, 1L << 56);

        // Halvings come by themselves, a coin toss each; what is left lies below ln 2 and comes from the table.
        var halvings = BitOperations.LeadingZeroCount(NextUInt64());
        var units = ((ulong)halvings * ExponentialTable.LogarithmOf2) + ExponentialTable.Below(NextUInt64());
        var high = Math.BigMul(units, (ulong)mean, out var low);
        return (long)((high << 32) | (low >> 32));
    }

    /// <summary>An index, each as likely as its weight says.</summary>
    /// <param name="weights">0 or more each, and above 0 together.</param>
    public int Pick(ReadOnlySpan<int> weights)
    {
        var sum = 0L;
        foreach (var weight in weights)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(weight, nameof(weights));
            sum += weight;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(sum, 1, nameof(weights));
        var point = Uniform(0, sum - 1);
        var index = 0;
        while (point >= weights[index])
        {
            point -= weights[index++];
        }

        return index;
    }
}
