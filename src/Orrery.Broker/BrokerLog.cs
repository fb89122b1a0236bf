using Microsoft.Extensions.Logging;

namespace Orrery.Broker;

/// <summary>What is said of a whole broker. Ids 600 to 699.</summary>
internal static partial class BrokerLog
{
    [LoggerMessage(600, LogLevel.Information, "The limits have changed: {Options}.")]
    public static partial void OptionsChanged(ILogger logger, string options);

    [LoggerMessage(601, LogLevel.Error, "The limits stay as they are: {Faults}")]
    public static partial void OptionsRefused(ILogger logger, string faults);
}
