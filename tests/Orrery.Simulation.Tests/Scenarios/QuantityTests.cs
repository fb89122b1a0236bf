using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Tests.Scenarios;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("1.5s", 1_500_000_000)]
    [InlineData("0s", 0)]
    [InlineData("200ms", 200_000_000)]
    [InlineData("0.25us", 250)]
    [InlineData("2min", 120_000_000_000)]
    [InlineData("1h", 3_600_000_000_000)]
    [InlineData("106751d", 9_223_286_400_000_000_000)]
    public void A_time_is_a_whole_number_of_nanoseconds(string text, long nanoseconds) => Assert.Equal(new Duration(nanoseconds), Parse<Duration>(text));

    [Theory]
    [InlineData("64KiB", 65_536)]
    [InlineData("1.5kB", 1_500)]
    [InlineData("3B", 3)]
    public void A_size_is_a_whole_number_of_bytes(string text, long bytes) => Assert.Equal(new ByteSize(bytes), Parse<ByteSize>(text));

    [Theory]
    [InlineData("10%", 1, 10)]
    [InlineData("3/1000", 3, 1000)]
    [InlineData("0.1%", 1, 1000)]
    [InlineData("200%", 2, 1)]
    [InlineData("0%", 0, 1)]
    public void A_ratio_is_a_fraction_in_lowest_terms(string text, long numerator, long denominator) =>
        Assert.Equal(new Ratio(numerator, denominator), Parse<Ratio>(text));

    [Fact]
    public void Ranges_rates_steps_of_clocks_times_and_comparisons_are_read()
    {
        Assert.Equal(new ByteRange(new ByteSize(64), new ByteSize(512)), Parse<ByteRange>("64B..512B"));
        Assert.Equal(new ByteRange(new ByteSize(64), new ByteSize(64)), Parse<ByteRange>("64B"));
        Assert.Equal(new ByteRate(256_000), Parse<ByteRate>("256kB/s"));
        Assert.Equal(new ClockShift(-90_000_000_000), Parse<ClockShift>("-90s"));
        Assert.Equal(new Times(2, int.MaxValue), Parse<Times>("2.."));
        Assert.Equal(new Times(1, 5), Parse<Times>("1..5"));
        Assert.Equal(new Comparison(">=", 3), Parse<Comparison>(">= 3"));
        Assert.Equal(new Comparison("==", -3), Parse<Comparison>("-3"));
    }

    [Theory]
    [InlineData("106752d")]
    [InlineData("1.2.3s")]
    [InlineData(".5s")]
    [InlineData("5.s")]
    [InlineData("1 s")]
    [InlineData("-1s")]
    [InlineData("1e3s")]
    [InlineData("1234567890123456789s")]
    [InlineData("s")]
    [InlineData("")]
    public void Anything_else_is_no_time(string text) => Assert.False(Duration.TryParse(text, out _, out _));

    [Theory]
    [InlineData("512B..64B")]
    [InlineData("64B..")]
    public void A_range_that_does_not_ascend_is_refused(string text) => Assert.False(ByteRange.TryParse(text, out _, out _));

    private static T Parse<T>(string text) where T : struct, IScenarioScalar<T>
    {
        Assert.True(T.TryParse(text, out var value, out var problem), problem);
        Assert.Matches(T.Pattern, text);
        Assert.True(T.TryParse(value.ToString()!, out var again, out problem), problem);
        Assert.Equal(value, again);
        return value;
    }
}
