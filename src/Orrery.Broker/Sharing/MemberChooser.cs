using Orrery.Actors;
using Orrery.Actors.Extensions;

namespace Orrery.Broker.Sharing;

/// <summary>Chooses among the members that have room, by the broker's strategy.</summary>
internal sealed class MemberChooser(SharedSubscriptionStrategy strategy, IRandomStream random)
{
    // More publishers than this share places: still one member at a time, only less evenly.
    private const int StickyMax = 10_000;

    private readonly Dictionary<IActorRef, IActorRef> _sticky = [];
    private int _turn;

    /// <summary>The member that gets the next message; null when none has room.</summary>
    /// <param name="members">In the order in which they joined.</param>
    /// <param name="publisher">Who sent the message.</param>
    public SharedMember? Choose(List<SharedMember> members, IActorRef publisher) => strategy switch
    {
        SharedSubscriptionStrategy.RoundRobin => NextFrom(members, _turn),
        SharedSubscriptionStrategy.Random => members.Count == 0 ? null : NextFrom(members, random.NextInt32(members.Count)),
        SharedSubscriptionStrategy.LeastInFlight => Idlest(members),
        SharedSubscriptionStrategy.StickyByPublisher => Sticky(members, publisher),
        _ => throw new InvariantViolationException($"no rule for {strategy}"),
    };

    private SharedMember? NextFrom(List<SharedMember> members, int start)
    {
        for (var i = 0; i < members.Count; i++)
        {
            var place = (start + i) % members.Count;
            if (members[place].HasRoom)
            {
                _turn = place + 1;
                return members[place];
            }
        }

        return null;
    }

    private static SharedMember? Idlest(List<SharedMember> members)
    {
        SharedMember? best = null;
        foreach (var member in members)
        {
            if (member.HasRoom && (best is null || member.InFlight < best.InFlight))
            {
                best = member;
            }
        }

        return best;
    }

    private SharedMember? Sticky(List<SharedMember> members, IActorRef publisher)
    {
        if (_sticky.TryGetValue(publisher, out var session))
        {
            foreach (var member in members)
            {
                if (member.HasRoom && member.Session.Equals(session))
                {
                    return member;
                }
            }
        }

        var chosen = NextFrom(members, _turn);
        if (chosen is not null)
        {
            if (_sticky.Count >= StickyMax)
            {
                _sticky.Clear();
            }

            _sticky[publisher] = chosen.Session;
        }

        return chosen;
    }
}
