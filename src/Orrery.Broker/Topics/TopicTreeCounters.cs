namespace Orrery.Broker.Topics;

/// <summary>What a topic tree holds. A snapshot that the root publishes after changes, so it may lag by one mailbox run.</summary>
/// <param name="Subscriptions">How many (subscriber, filter) pairs.</param>
/// <param name="RetainedMessages">How many topics have a retained message.</param>
/// <param name="RetainedBytes">The bytes of those messages, as <see cref="RetainedLedger.SizeOf"/> counts them.</param>
public sealed record TopicTreeCounters(long Subscriptions, int RetainedMessages, long RetainedBytes);
