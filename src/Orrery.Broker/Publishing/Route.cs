using Orrery.Actors;

namespace Orrery.Broker.Publishing;

/// <summary>Who gets what one publisher sends to one topic, as of one routing version.</summary>
internal sealed class Route
{
    public static Route Empty { get; } = new([]);

    public Route(RouteTarget[] targets) => Targets = targets;

    /// <summary>One entry a subscriber, in the order in which they first matched.</summary>
    public RouteTarget[] Targets { get; }

    public bool IsEmpty => Targets.Length == 0;
}

/// <summary>One subscriber on a <see cref="Route"/>.</summary>
internal readonly record struct RouteTarget(IActorRef Session, Grant Grant);
