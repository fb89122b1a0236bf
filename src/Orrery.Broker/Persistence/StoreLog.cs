using Microsoft.Extensions.Logging;

namespace Orrery.Broker.Persistence;

/// <summary>What is said of the store. Ids 400 to 499.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(400, LogLevel.Error, "The store has no room: {Message} New durable work is refused until there is; what waits is tried again every {Seconds} s.")]
    public static partial void Full(ILogger logger, string message, double seconds);

    [LoggerMessage(401, LogLevel.Information, "The store has room again: what waited is kept.")]
    public static partial void HasRoom(ILogger logger);

    [LoggerMessage(402, LogLevel.Critical, "The store failed ({Kind}): {Message} Durable sessions are disconnected and refused until the broker starts again; nothing unkept was acknowledged.")]
    public static partial void Failed(ILogger logger, StoreFailureKind kind, string message);

    [LoggerMessage(403, LogLevel.Critical, "The store can't be opened ({Kind}): {Message}")]
    public static partial void OpenFailed(ILogger logger, StoreFailureKind kind, string message);

    [LoggerMessage(404, LogLevel.Information, "Recovering: {Sessions} sessions, {Retained} retained messages so far.")]
    public static partial void Progress(ILogger logger, long sessions, long retained);

    [LoggerMessage(405, LogLevel.Information, "Recovered {Sessions} sessions with {Subscriptions} subscriptions and {Queued} waiting messages, {Groups} shared subscriptions, {Retained} retained messages.")]
    public static partial void Recovered(ILogger logger, long sessions, long subscriptions, long queued, long groups, long retained);

    [LoggerMessage(406, LogLevel.Warning, "The retained message of {Topic} was kept and exceeds the limits now: it is not served.")]
    public static partial void RetainedRefused(ILogger logger, string topic);
}
