using Microsoft.Extensions.Logging;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Sharing;

/// <summary>What is said of shared subscriptions. Ids 300 to 399.</summary>
internal static partial class SharedLog
{
    [LoggerMessage(300, LogLevel.Warning, "{Filter} has lost {Lost} messages: no member has room, and its queue is full at {Queued} messages, {Bytes} bytes.")]
    public static partial void QueueFull(ILogger logger, TopicFilter filter, long lost, int queued, long bytes);

    [LoggerMessage(302, LogLevel.Error, "The shared subscription {Filter} failed and is lost.")]
    public static partial void GroupFailed(ILogger logger, string? filter, Exception cause);

    [LoggerMessage(301, LogLevel.Information, "The last member of {Filter} left; {Queued} messages waited for it.")]
    public static partial void Ended(ILogger logger, TopicFilter filter, int queued);
}
