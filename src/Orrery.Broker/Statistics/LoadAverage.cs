using System.Globalization;

namespace Orrery.Broker.Statistics;

/// <summary>Events a minute, averaged so that what lies back weighs less: by e for each time constant.</summary>
/// <remarks>As mosquitto's load figures: new = rate + e^(-elapsed/constant) · (old - rate). In integers, because the
/// exponential of a mathematics library may differ between machines, and a seed must not.</remarks>
internal sealed class LoadAverage
{
    private const int FractionBits = 62;
    private const long UnitsPerEvent = 1_000_000;       // a millionth of an event a minute is the smallest load

    private readonly long _decayPerMillisecond;
    private long _value;

    private LoadAverage(long decayPerMillisecond) => _decayPerMillisecond = decayPerMillisecond;

    /// <summary>e^(-1 ms / 1 min), times 2^62.</summary>
    public static LoadAverage OverOneMinute() => new(4_611_609_157_634_255_836);

    /// <summary>e^(-1 ms / 5 min), times 2^62.</summary>
    public static LoadAverage OverFiveMinutes() => new(4_611_670_646_166_280_262);

    /// <summary>e^(-1 ms / 15 min), times 2^62.</summary>
    public static LoadAverage OverFifteenMinutes() => new(4_611_680_894_334_658_592);

    /// <summary>Takes up what happened since the last call.</summary>
    /// <param name="events">How many, 0 or more.</param>
    /// <param name="elapsedMilliseconds">In how long, 1 or more.</param>
    public void Add(long events, long elapsedMilliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(elapsedMilliseconds, 1);
        var rate = (Int128)events * UnitsPerEvent * 60_000 / elapsedMilliseconds;
        var distance = _value - rate;
        _value = (long)(rate + ((distance * Decay(elapsedMilliseconds)) >> FractionBits));
    }

    /// <summary>With two decimals, as mosquitto prints it.</summary>
    public override string ToString()
    {
        var hundredths = (_value + (UnitsPerEvent / 200)) / (UnitsPerEvent / 100);
        return string.Create(CultureInfo.InvariantCulture, $"{hundredths / 100}.{hundredths % 100:00}");
    }

    /// <summary>The decay of one millisecond to the power of so many, by squaring.</summary>
    private Int128 Decay(long milliseconds)
    {
        var power = (Int128)1 << FractionBits;
        Int128 square = _decayPerMillisecond;
        for (; milliseconds > 0; milliseconds >>= 1)
        {
            if ((milliseconds & 1) != 0)
            {
                power = (power * square) >> FractionBits;
            }

            square = (square * square) >> FractionBits;
        }

        return power;
    }
}
