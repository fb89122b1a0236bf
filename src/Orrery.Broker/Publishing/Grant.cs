using Orrery.Broker.Persistence;
using Orrery.Mqtt;

namespace Orrery.Broker.Publishing;

/// <summary>What one subscriber is owed for one topic: its matching subscriptions, merged.</summary>
/// <remarks>Overlapping subscriptions give one copy, at the highest QoS, with every subscription identifier
/// [MQTT-3.3.4-2]. A session keeps the ids of its living subscriptions, and so knows a grant that has ended.</remarks>
internal sealed class Grant
{
    public Grant(long[] subscriptionIds, QoS maximumQoS, bool retainAsPublished, uint[]? identifiers, StoredQueue? queue = null)
    {
        Queue = queue;
        SubscriptionIds = subscriptionIds;
        MaximumQoS = maximumQoS;
        RetainAsPublished = retainAsPublished;
        Identifiers = identifiers;
    }

    /// <summary>The sessions' own numbers of the subscriptions behind this grant, at least one.</summary>
    public long[] SubscriptionIds { get; }

    /// <summary>The highest QoS that one of the subscriptions was granted.</summary>
    public QoS MaximumQoS { get; }

    /// <summary>True when one of the subscriptions keeps the RETAIN flag [MQTT-3.3.1-13].</summary>
    public bool RetainAsPublished { get; }

    /// <summary>Subscription Identifiers to send along, or null.</summary>
    public uint[]? Identifiers { get; }

    /// <summary>The subscriber's queue in the store; null where nothing is kept for it.</summary>
    public StoredQueue? Queue { get; }
}
