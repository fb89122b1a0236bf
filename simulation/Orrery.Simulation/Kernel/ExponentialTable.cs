namespace Orrery.Simulation.Kernel;

/// <summary>-ln(1 - i/512) for i from 0 to 256, with 32 bits behind the point, made with integers alone.</summary>
internal static class ExponentialTable
{
    private const int Steps = 256;

    private static readonly ulong[] Values = [.. Enumerable.Range(0, Steps + 1).Select(NegativeLogarithm)];

    /// <summary>ln 2, with 32 bits behind the point.</summary>
    public static ulong LogarithmOf2 => Values[Steps];

    /// <summary>An exponential value with mean 1 on condition that it is below ln 2, with 32 bits behind the point.</summary>
    /// <param name="bits">64 random bits: 8 choose the step, 32 the place within it.</param>
    public static ulong Below(ulong bits)
    {
        var step = (int)(bits >> 56);
        var place = (bits >> 24) & uint.MaxValue;
        return Values[step] + (((Values[step + 1] - Values[step]) * place) >> 32);
    }

    // The series x + x^2/2 + x^3/3 + ..., with 48 bits behind the point; x is at most 1/2, so 48 terms fill them.
    private static ulong NegativeLogarithm(int i)
    {
        var power = 1UL << 48;
        var sum = 0UL;
        for (var n = 1UL; n <= 48; n++)
        {
            power = power * (ulong)i / (2 * Steps);
            sum += power / n;
        }

        return (sum + (1UL << 15)) >> 16;
    }
}
