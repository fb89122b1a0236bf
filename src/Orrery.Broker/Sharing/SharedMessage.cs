using Orrery.Broker.Persistence;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Sharing;

/// <summary>A message of a shared subscription.</summary>
/// <param name="Message">The message.</param>
/// <param name="Sequence">Its place in the order in which the group got its messages: where it goes when it is given back.</param>
/// <param name="Stored">What the group's queue in the store has of it; null for nothing.</param>
/// <param name="Queue">That queue, which may have ended meanwhile; null without <paramref name="Stored"/>.</param>
internal readonly record struct SharedMessage(ApplicationMessage Message, long Sequence, StoredMessage? Stored = null, StoredQueue? Queue = null);
