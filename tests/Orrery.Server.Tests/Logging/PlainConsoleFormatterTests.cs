using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orrery.Server.Logging;

namespace Orrery.Server.Tests.Logging;

public sealed class PlainConsoleFormatterTests
{
    [Theory]
    [InlineData("Orrery.Broker.broker", LogLevel.Information, "info  it happened")]
    [InlineData("Orrery.Broker.plant-1", LogLevel.Warning, "warn  [plant-1] it happened")]
    [InlineData("Orrery.Server.Hosting.BrokerHost", LogLevel.Error, "error it happened")]
    public void A_line_has_the_time_the_level_and_the_name_of_a_broker_that_has_one(string category, LogLevel level, string expected)
    {
        var writer = new StringWriter();

        new PlainConsoleFormatter(new StoppedTime()).Write(
            new LogEntry<string>(level, category, default, "it happened", null, (state, _) => state), null, writer);

        Assert.Equal($"2026-01-02T03:04:05.006Z {expected}{Environment.NewLine}", writer.ToString());
    }

    private sealed class StoppedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, 6, TimeSpan.Zero);
    }
}
