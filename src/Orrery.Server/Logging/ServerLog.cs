using Microsoft.Extensions.Logging;

namespace Orrery.Server.Logging;

/// <summary>What the host says of itself. Event ids 4000 to 4099; an id is never used again for something else.</summary>
internal static partial class ServerLog
{
    /// <summary>The line that mosquitto writes, which log parsers know.</summary>
    [LoggerMessage(4000, LogLevel.Information, "New connection from {Remote} on port {Listener}.")]
    public static partial void NewConnection(ILogger logger, string remote, string listener);

    [LoggerMessage(4001, LogLevel.Information, "Broker {Broker} listens on {EndPoint}.")]
    public static partial void Listening(ILogger logger, string broker, string endPoint);

    [LoggerMessage(4002, LogLevel.Information, "Seed of this run: {Seed}.")]
    public static partial void Seeded(ILogger logger, ulong seed);

    [LoggerMessage(4003, LogLevel.Information, "Stopping: connections have {Seconds} s to take their goodbyes.")]
    public static partial void Stopping(ILogger logger, int seconds);

    [LoggerMessage(4004, LogLevel.Warning, "Connections were dropped: they did not end within {Seconds} s.")]
    public static partial void StopTimedOut(ILogger logger, int seconds);

    [LoggerMessage(4006, LogLevel.Warning, "No connection can be accepted: the process has no file left to open (ulimit -n).")]
    public static partial void NoFilesLeft(ILogger logger);

    [LoggerMessage(4007, LogLevel.Critical, "Broker {Broker} gave up: this process stops, to be started again.")]
    public static partial void BrokerGaveUp(ILogger logger, string broker);

    [LoggerMessage(4005, LogLevel.Information, "Stopped.")]
    public static partial void Stopped(ILogger logger);
}
