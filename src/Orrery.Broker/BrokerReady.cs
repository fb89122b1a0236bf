using Orrery.Broker.Persistence;

namespace Orrery.Broker;

/// <summary>What a broker has recovered, or why it can't serve. Immutable.</summary>
/// <param name="Failure">Null if it serves; else its store can't be opened, and it takes no connection.</param>
/// <param name="Sessions">Sessions that were recovered.</param>
/// <param name="Subscriptions">Subscriptions that are active again.</param>
/// <param name="QueuedMessages">Messages that wait for sessions.</param>
/// <param name="RetainedMessages">Retained messages that were recovered.</param>
public sealed record BrokerReady(StoreFailure? Failure, long Sessions, long Subscriptions, long QueuedMessages, long RetainedMessages);
