using System.Globalization;
using Orrery.Broker.Statistics;

namespace Orrery.Broker.Tests.Statistics;

public class LoadAverageTests
{
    [Theory]
    [InlineData(60)]
    [InlineData(300)]
    [InlineData(900)]
    public void It_follows_the_exponential_to_the_second_decimal(int constantSeconds)
    {
        var average = constantSeconds switch
        {
            60 => LoadAverage.OverOneMinute(),
            300 => LoadAverage.OverFiveMinutes(),
            _ => LoadAverage.OverFifteenMinutes(),
        };
        var expected = 0.0;
        (long Events, long Milliseconds)[] intervals =
            [(100, 10_000), (0, 10_000), (123_456_789_012, 10_000), (1, 1), (7, 999), (0, 86_400_000), (5, 10_000), (0, 3_000), (0, 600_000_000_000)];

        foreach (var (events, milliseconds) in intervals)
        {
            average.Add(events, milliseconds);
            var rate = events * 60_000.0 / milliseconds;
            expected = rate + (Math.Exp(-milliseconds / (constantSeconds * 1_000.0)) * (expected - rate));

            var shown = double.Parse(average.ToString(), CultureInfo.InvariantCulture);
            Assert.True(Math.Abs(shown - expected) <= 0.006 + (expected * 1e-10), $"{shown} for {expected}");
        }
    }

    [Fact]
    public void A_steady_rate_becomes_the_load()
    {
        var average = LoadAverage.OverOneMinute();
        for (var i = 0; i < 200; i++)
        {
            average.Add(20, 10_000);
        }

        Assert.Equal("120.00", average.ToString());
    }

    [Fact]
    public void The_first_interval_gives_what_mosquitto_gives()
    {
        // 10 events in 10 s are 60 a minute; 60 - e^(-1/6) · 60 = 9.21 of them count after one interval.
        var average = LoadAverage.OverOneMinute();
        average.Add(10, 10_000);

        Assert.Equal("9.21", average.ToString());
    }
}
