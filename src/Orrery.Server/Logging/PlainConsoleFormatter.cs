using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Orrery.Server.Hosting;

namespace Orrery.Server.Logging;

/// <summary>One line an event: time (UTC), level, the broker in brackets if it has a name, what happened. The words are
/// mosquitto's where it has such a line.</summary>
public sealed class PlainConsoleFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    /// <summary>The name to select this formatter with.</summary>
    public const string FormatterName = "plain";

    /// <summary>Formats with the machine's clock.</summary>
    public PlainConsoleFormatter()
        : this(TimeProvider.System)
    {
    }

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        if (string.IsNullOrEmpty(message) && logEntry.Exception is null) return;

        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        textWriter.WriteLine($"{now} {Word(logEntry.LogLevel)} {BrokerOf(logEntry.Category)}{message}");
        if (logEntry.Exception is { } exception) textWriter.WriteLine(exception.ToString());
    }

    private static string BrokerOf(string category)
    {
        const string Brokers = "Orrery.Broker.";
        return category.StartsWith(Brokers, StringComparison.Ordinal) && category[Brokers.Length..] is var name && name != BrokerRegistration.Unnamed
            ? $"[{name}] "
            : "";
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info ",
        LogLevel.Warning => "warn ",
        LogLevel.Error => "error",
        _ => "fatal",
    };
}
