using Orrery.Actors;
using Orrery.Broker.Topics;

namespace Orrery.Broker.Publishing;

/// <summary>Who gets what one publisher sends to one topic, as of one routing version.</summary>
internal sealed class Route
{
    public static Route Empty { get; } = new([], []);

    public Route(RouteTarget[] targets, SharedGroup[] groups)
    {
        Targets = targets;
        Groups = groups;
    }

    /// <summary>One entry a session, in the order in which the sessions first matched.</summary>
    public RouteTarget[] Targets { get; }

    /// <summary>Groups of which one member each gets the message.</summary>
    public SharedGroup[] Groups { get; }

    public bool IsEmpty => Targets.Length == 0 && Groups.Length == 0;
}

/// <summary>One session on a <see cref="Route"/>.</summary>
internal readonly record struct RouteTarget(IActorRef Session, Grant Grant);
