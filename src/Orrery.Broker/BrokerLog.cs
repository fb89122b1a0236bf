using Microsoft.Extensions.Logging;

namespace Orrery.Broker;

/// <summary>What is said of a whole broker. Ids 600 to 699.</summary>
internal static partial class BrokerLog
{
    [LoggerMessage(600, LogLevel.Information, "The limits have changed: {Options}.")]
    public static partial void OptionsChanged(ILogger logger, string options);

    [LoggerMessage(601, LogLevel.Error, "The limits stay as they are: {Faults}")]
    public static partial void OptionsRefused(ILogger logger, string faults);

    [LoggerMessage(602, LogLevel.Error, "{Part} failed, and the broker with it: failure {Count} within {Seconds} s, of which {Max} are borne. Its connections are closed, and it begins anew with what was kept.")]
    public static partial void BrokerFailed(ILogger logger, string part, int count, double seconds, int max, Exception cause);

    [LoggerMessage(603, LogLevel.Critical, "{Part} failed, and the broker with it: failure {Count} within {Seconds} s, of which {Max} are borne. The broker gives up and stops.")]
    public static partial void GaveUp(ILogger logger, string part, int count, double seconds, int max, Exception cause);

    [LoggerMessage(604, LogLevel.Critical, "{Part} can't be made, or was killed: the broker gives up and stops.")]
    public static partial void PartNotMade(ILogger logger, string part, Exception cause);

    [LoggerMessage(605, LogLevel.Critical, "The broker failed, and can't open its store again: it gives up and stops.")]
    public static partial void NotReadyAgain(ILogger logger);

    [LoggerMessage(606, LogLevel.Error, "{Part} failed while the broker stopped: it ends with what was kept.")]
    public static partial void FailedWhileStopping(ILogger logger, string part, Exception cause);
}
