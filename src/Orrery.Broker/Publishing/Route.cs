using Orrery.Actors;
using Orrery.Broker.Persistence;
using Orrery.Mqtt;

namespace Orrery.Broker.Publishing;

/// <summary>Who gets what one publisher sends to one topic, as of one routing version.</summary>
internal sealed class Route
{
    private readonly QueueTarget[]?[] _queues = [];    // by QoS and RETAIN, once found

    public static Route Empty { get; } = new([]);

    public Route(RouteTarget[] targets)
    {
        Targets = targets;
        foreach (var (_, grant) in targets)
        {
            IsDurable |= grant.Queue is not null && grant.MaximumQoS != QoS.AtMostOnce;
        }

        if (IsDurable)
        {
            _queues = new QueueTarget[]?[2 * ((int)QoS.ExactlyOnce + 1)];
        }
    }

    /// <summary>One entry a subscriber, in the order in which they first matched.</summary>
    public RouteTarget[] Targets { get; }

    public bool IsEmpty => Targets.Length == 0;

    /// <summary>The queues of the store that a message joins, empty for one at QoS 0. Of a durable route.</summary>
    public QueueTarget[] QueuesFor(QoS qos, bool retain)
    {
        return _queues[(2 * (int)qos) + (retain ? 1 : 0)] ??= FindQueues(qos, retain);
    }

    /// <summary>True when the store keeps messages above QoS 0 for somebody on it.</summary>
    public bool IsDurable { get; }

    private QueueTarget[] FindQueues(QoS qos, bool retain)
    {
        var queues = new List<QueueTarget>();
        foreach (var (_, grant) in Targets)
        {
            var granted = qos < grant.MaximumQoS ? qos : grant.MaximumQoS;
            if (grant.Queue is { } queue && granted != QoS.AtMostOnce)
            {
                queues.Add(new QueueTarget(queue, granted, retain && grant.RetainAsPublished, grant.Identifiers));
            }
        }

        return [.. queues];
    }
}

/// <summary>One subscriber on a <see cref="Route"/>.</summary>
internal readonly record struct RouteTarget(IActorRef Session, Grant Grant);
