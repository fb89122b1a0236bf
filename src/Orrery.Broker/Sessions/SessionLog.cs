using Microsoft.Extensions.Logging;
using Orrery.Mqtt;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Sessions;

/// <summary>What is said of sessions. Ids 200 to 299.</summary>
internal static partial class SessionLog
{
    [LoggerMessage(200, LogLevel.Debug, "Session of {ClientId} ended with {Queued} messages waiting.")]
    public static partial void Ended(ILogger logger, string clientId, int queued);

    [LoggerMessage(201, LogLevel.Warning, "Session of {ClientId} has lost {Lost} messages: its queue is full at {Queued} messages, {Bytes} bytes.")]
    public static partial void QueueFull(ILogger logger, string clientId, long lost, int queued, long bytes);

    [LoggerMessage(202, LogLevel.Warning, "A retained message of {ClientId} for {Topic} was delivered but not kept: the limit of retained messages is reached.")]
    public static partial void RetainedRefused(ILogger logger, string clientId, TopicName topic);

    [LoggerMessage(206, LogLevel.Warning, "{ClientId} speaks MQTT 3.1, which has no word for it: its subscription to {Filter} was refused with {ReasonCode}, and it was told QoS 0.")]
    public static partial void RefusalHidden(ILogger logger, string clientId, TopicFilter filter, ReasonCode reasonCode);

    [LoggerMessage(203, LogLevel.Warning, "{ClientId} was refused a session: the limit of {Sessions} sessions is reached.")]
    public static partial void Refused(ILogger logger, string clientId, int sessions);

    [LoggerMessage(204, LogLevel.Debug, "{ClientId} may not publish to {Topic}: the message was dropped.")]
    public static partial void PublishRefused(ILogger logger, string clientId, TopicName topic);

    [LoggerMessage(206, LogLevel.Warning, "{ClientId} had subscribed to {Filter}: there is no room for the subscription any more.")]
    public static partial void SubscriptionLost(ILogger logger, string clientId, TopicFilter filter);

    [LoggerMessage(205, LogLevel.Error, "The session of {ClientId} failed and is lost.")]
    public static partial void Failed(ILogger logger, string? clientId, Exception cause);
}
