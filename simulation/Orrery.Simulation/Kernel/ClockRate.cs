namespace Orrery.Simulation.Kernel;

/// <summary>Time of a clock that runs faster or slower than the world.</summary>
internal static class ClockRate
{
    /// <summary>What the clock counts while so much time passes in the world, rounded down.</summary>
    public static long Scale(long nanoseconds, (long Numerator, long Denominator) rate) =>
        rate.Numerator == rate.Denominator ? nanoseconds : (long)((Int128)nanoseconds * rate.Numerator / rate.Denominator);

    /// <summary>How much time passes in the world while the clock counts so much, rounded up.</summary>
    public static long Unscale(long nanoseconds, (long Numerator, long Denominator) rate) =>
        rate.Numerator == rate.Denominator
            ? nanoseconds
            : (long)((((Int128)nanoseconds * rate.Denominator) + rate.Numerator - 1) / rate.Numerator);
}
