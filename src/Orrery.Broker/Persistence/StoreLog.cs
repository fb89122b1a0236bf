using Microsoft.Extensions.Logging;

namespace Orrery.Broker.Persistence;

/// <summary>What is said of the store. Ids 500 to 599.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(500, LogLevel.Error, "The store has no room: {Message} New durable work is refused until there is; what waits is tried again every {Seconds} s.")]
    public static partial void StoreFull(ILogger logger, string message, double seconds);

    [LoggerMessage(501, LogLevel.Information, "The store has room again: what waited is kept.")]
    public static partial void StoreHasRoom(ILogger logger);

    [LoggerMessage(502, LogLevel.Critical, "The store failed ({Kind}): {Message} Durable sessions are disconnected and refused until the broker starts again; nothing unkept was acknowledged.")]
    public static partial void StoreFailed(ILogger logger, StoreFailureKind kind, string message);

    [LoggerMessage(503, LogLevel.Critical, "The store can't be opened ({Kind}): {Message}")]
    public static partial void StoreOpenFailed(ILogger logger, StoreFailureKind kind, string message);

    [LoggerMessage(504, LogLevel.Information, "Recovering: {Sessions} sessions, {Retained} retained messages so far.")]
    public static partial void StoreProgress(ILogger logger, long sessions, long retained);

    [LoggerMessage(505, LogLevel.Information, "Recovered {Sessions} sessions with {Subscriptions} subscriptions and {Queued} waiting messages, {Groups} shared subscriptions, {Retained} retained messages.")]
    public static partial void StoreRecovered(ILogger logger, long sessions, long subscriptions, long queued, long groups, long retained);

    [LoggerMessage(506, LogLevel.Warning, "The retained message of {Topic} was kept and exceeds the limits now: it is not served.")]
    public static partial void StoreRetainedRefused(ILogger logger, string topic);
}
