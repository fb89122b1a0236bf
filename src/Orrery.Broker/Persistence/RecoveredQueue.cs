using Orrery.Mqtt;
using Orrery.Mqtt.Flows;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Persistence;

/// <summary>A session or shared subscription as the store kept it.</summary>
/// <param name="Queue">Its name and id.</param>
/// <param name="ExpiryIntervalSeconds">How long it outlives a connection; uint.MaxValue for ever. Of no meaning for a group.</param>
/// <param name="ExpiresAtTicks">When it ends, in UTC ticks; 0 when a client was bound to it, long.MaxValue for never.</param>
/// <param name="Will">The will that was not published; null for none.</param>
/// <param name="WillDueAtTicks">When it is due, in UTC ticks; 0 when a client was bound to the session.</param>
/// <param name="Subscriptions">In the order in which they were made.</param>
/// <param name="Exchanges">Messages in flight to the client, in the order in which they were started.</param>
/// <param name="Inbound">Identifiers of QoS 2 messages from the client that wait for PUBREL.</param>
/// <param name="QueuedCount">Messages that wait and have no identifier yet.</param>
/// <param name="QueuedBytes">Their topics and payloads, in bytes.</param>
public sealed record RecoveredQueue(
    StoredQueue Queue, uint ExpiryIntervalSeconds, long ExpiresAtTicks, Will? Will, long WillDueAtTicks,
    IReadOnlyList<RecoveredSubscription> Subscriptions, IReadOnlyList<RecoveredExchange> Exchanges,
    IReadOnlyList<PacketIdentifier> Inbound, long QueuedCount, long QueuedBytes);

/// <summary>One subscription of a session.</summary>
/// <param name="Subscription">What was granted.</param>
/// <param name="Identifier">Subscription Identifier; null for none.</param>
public sealed record RecoveredSubscription(Subscription Subscription, uint? Identifier);

/// <summary>A message in flight to a client.</summary>
/// <param name="Entry">The message.</param>
/// <param name="PacketIdentifier">Its identifier.</param>
/// <param name="State">How far the exchange has come.</param>
/// <param name="Order">Its place among the session's exchanges.</param>
public sealed record RecoveredExchange(StoredEntry Entry, PacketIdentifier PacketIdentifier, OutboundState State, long Order);

/// <summary>A message in a queue.</summary>
/// <param name="Message">The message.</param>
/// <param name="QoS">1 or 2.</param>
/// <param name="Retain">The RETAIN flag that the subscriber sees.</param>
/// <param name="Identifiers">Subscription Identifiers to send along; null for none.</param>
public sealed record StoredEntry(StoredMessage Message, QoS QoS, bool Retain, uint[]? Identifiers);
