using Orrery.Actors;
using Orrery.Broker.Persistence;
using Orrery.Mqtt;

namespace Orrery.Broker.Publishing;

/// <summary>Who gets what one publisher sends to one topic, as of one routing version.</summary>
internal sealed class Route
{
    public static Route Empty { get; } = new([]);

    public Route(RouteTarget[] targets)
    {
        Targets = targets;
        foreach (var (_, grant) in targets)
        {
            IsDurable |= grant.Queue is not null && grant.MaximumQoS != QoS.AtMostOnce;
        }
    }

    /// <summary>One entry a subscriber, in the order in which they first matched.</summary>
    public RouteTarget[] Targets { get; }

    public bool IsEmpty => Targets.Length == 0;

    /// <summary>The queues of the store that a message joins, empty for one at QoS 0.</summary>
    public List<QueueTarget> QueuesFor(QoS qos, bool retain)
    {
        var queues = new List<QueueTarget>(qos == QoS.AtMostOnce ? 0 : Targets.Length);
        foreach (var (_, grant) in Targets)
        {
            var granted = qos < grant.MaximumQoS ? qos : grant.MaximumQoS;
            if (grant.Queue is { } queue && granted != QoS.AtMostOnce)
            {
                queues.Add(new QueueTarget(queue, granted, retain && grant.RetainAsPublished, grant.Identifiers));
            }
        }

        return queues;
    }

    /// <summary>True when the store keeps messages above QoS 0 for somebody on it.</summary>
    public bool IsDurable { get; }
}

/// <summary>One subscriber on a <see cref="Route"/>.</summary>
internal readonly record struct RouteTarget(IActorRef Session, Grant Grant);
