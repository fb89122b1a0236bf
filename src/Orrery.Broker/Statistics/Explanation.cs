using Microsoft.Extensions.Logging;
using Orrery.Broker.Publishing;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Statistics;

/// <summary>Says of each message what became of it: a log category of its own, for finding out where a message went.</summary>
/// <remarks>
/// There is none unless the category is switched on when the broker starts, so that the question costs a null check.
/// It only speaks; nothing is decided by it. A message is named by a fingerprint of topic and payload, so that its lines
/// can be found among others; equal messages have equal ones. Ids 400 to 449.
/// </remarks>
internal sealed partial class Explanation
{
    private readonly ILogger _logger;

    private Explanation(ILogger logger) => _logger = logger;

    /// <summary>The explanation that writes to a log, or null where nobody reads its trace.</summary>
    public static Explanation? For(ILogger logger) => logger.IsEnabled(LogLevel.Trace) ? new Explanation(logger) : null;

    public void Received(string clientId, PublishPacket packet)
    {
        var message = packet.Message;
        LogReceived(
            _logger, Fingerprint(message), message.Topic, clientId,
            Flags(message.QoS, message.Retain, packet.Duplicate, packet.PacketIdentifier), message.Payload.Length);
    }

    public void Repeated(string clientId, PublishPacket packet) =>
        LogRepeated(_logger, Fingerprint(packet.Message), packet.Message.Topic, clientId, packet.PacketIdentifier.Value);

    public void Refused(string clientId, ApplicationMessage message, ReasonCode reasonCode) =>
        LogRefused(_logger, Fingerprint(message), message.Topic, clientId, reasonCode);

    public void WillIsDue(string clientId, ApplicationMessage message) =>
        LogWillIsDue(_logger, Fingerprint(message), message.Topic, clientId);

    public void Retained(ApplicationMessage message, bool isKept) =>
        LogRetained(_logger, Fingerprint(message), message.Topic, !isKept ? "was not kept: no room"
            : message.Payload.IsEmpty ? "removed what was kept" : "was kept");

    public void Routed(ApplicationMessage message, Route route)
    {
        var subscriptions = 0;
        foreach (var target in route.Targets)
        {
            subscriptions += target.Grant.SubscriptionIds.Length;
        }

        LogRouted(_logger, Fingerprint(message), message.Topic, subscriptions, route.Targets.Length);
    }

    public void Shared(ApplicationMessage message, TopicFilter filter, string clientId) =>
        LogShared(_logger, Fingerprint(message), message.Topic, clientId, filter);

    public void Queued(string clientId, ApplicationMessage message, int waiting) =>
        LogQueued(_logger, Fingerprint(message), message.Topic, clientId, waiting);

    public void Sent(string clientId, ApplicationMessage message, QoS qos, bool retain, bool duplicate, PacketIdentifier identifier) =>
        LogSent(_logger, Fingerprint(message), message.Topic, clientId, Flags(qos, retain, duplicate, identifier));

    public void Acknowledged(string clientId, ApplicationMessage message, ReasonCode reasonCode) =>
        LogAcknowledged(_logger, Fingerprint(message), message.Topic, clientId, reasonCode);

    public void Dropped(string clientId, ApplicationMessage message, Counter reason) =>
        LogDropped(_logger, Fingerprint(message), message.Topic, clientId, Why(reason));

    public void Void(string clientId, ApplicationMessage message) =>
        LogVoid(_logger, Fingerprint(message), message.Topic, clientId);

    public void RetainedUnsent(string clientId, TopicName topic) => LogRetainedUnsent(_logger, topic, clientId);

    private static string Fingerprint(ApplicationMessage message) =>
        ((uint)(Hashing.Hash(message.Payload.Span) ^ message.Topic.Hash)).ToString("x8", null);

    /// <summary>As mosquitto's log writes them.</summary>
    private static string Flags(QoS qos, bool retain, bool duplicate, PacketIdentifier identifier) =>
        $"d{(duplicate ? 1 : 0)}, q{(int)qos}, r{(retain ? 1 : 0)}, m{identifier.Value}";

    private static string Why(Counter reason) => reason switch
    {
        Counter.QueueFull => "the queue is full",
        Counter.QoS0Offline => "nobody is connected to take it, and QoS 0 does not wait",
        Counter.QoS0ConnectionEnded => "the connection ended before it was sent, and QoS 0 is not repeated",
        Counter.Expired => "it has expired",
        Counter.TooLargeForClient => "it is larger than the client's Maximum Packet Size",
        Counter.Unsubscribed => "the subscription has ended",
        Counter.SessionEnded => "the session has ended",
        Counter.SharedGroupEnded => "the last member of the shared subscription has left",
        Counter.SharedInFlightEnded => "the session has ended in the middle of the exchange",
        _ => reason.ToString(),
    };

    [LoggerMessage(400, LogLevel.Trace, "{Message} {Topic}: received from {ClientId} ({Flags}, {Bytes} bytes).")]
    private static partial void LogReceived(ILogger logger, string message, TopicName topic, string clientId, string flags, int bytes);

    [LoggerMessage(401, LogLevel.Trace, "{Message} {Topic}: received again from {ClientId} (m{PacketIdentifier}); it is only acknowledged.")]
    private static partial void LogRepeated(ILogger logger, string message, TopicName topic, string clientId, int packetIdentifier);

    [LoggerMessage(402, LogLevel.Trace, "{Message} {Topic}: refused to {ClientId} with {ReasonCode}.")]
    private static partial void LogRefused(ILogger logger, string message, TopicName topic, string clientId, ReasonCode reasonCode);

    [LoggerMessage(403, LogLevel.Trace, "{Message} {Topic}: the will of {ClientId} is due.")]
    private static partial void LogWillIsDue(ILogger logger, string message, TopicName topic, string clientId);

    [LoggerMessage(404, LogLevel.Trace, "{Message} {Topic}: as retained message it {Outcome}.")]
    private static partial void LogRetained(ILogger logger, string message, TopicName topic, string outcome);

    [LoggerMessage(405, LogLevel.Trace, "{Message} {Topic}: matched {Subscriptions} subscriptions of {Subscribers} subscribers.")]
    private static partial void LogRouted(ILogger logger, string message, TopicName topic, int subscriptions, int subscribers);

    [LoggerMessage(406, LogLevel.Trace, "{Message} {Topic}: given to {ClientId} as a member of {Filter}.")]
    private static partial void LogShared(ILogger logger, string message, TopicName topic, string clientId, TopicFilter filter);

    [LoggerMessage(407, LogLevel.Trace, "{Message} {Topic}: queued for {ClientId}, where {Waiting} wait.")]
    private static partial void LogQueued(ILogger logger, string message, TopicName topic, string clientId, int waiting);

    [LoggerMessage(408, LogLevel.Trace, "{Message} {Topic}: sent to {ClientId} ({Flags}).")]
    private static partial void LogSent(ILogger logger, string message, TopicName topic, string clientId, string flags);

    [LoggerMessage(409, LogLevel.Trace, "{Message} {Topic}: acknowledged by {ClientId} with {ReasonCode}.")]
    private static partial void LogAcknowledged(ILogger logger, string message, TopicName topic, string clientId, ReasonCode reasonCode);

    [LoggerMessage(410, LogLevel.Trace, "{Message} {Topic}: dropped for {ClientId}: {Reason}.")]
    private static partial void LogDropped(ILogger logger, string message, TopicName topic, string clientId, string reason);

    [LoggerMessage(411, LogLevel.Trace, "The retained message of {Topic} was not sent to {ClientId}: its connection ended before its turn came.")]
    private static partial void LogRetainedUnsent(ILogger logger, TopicName topic, string clientId);

    [LoggerMessage(412, LogLevel.Trace, "{Message} {Topic}: not taken from {ClientId}, whose connection had ended.")]
    private static partial void LogVoid(ILogger logger, string message, TopicName topic, string clientId);
}
