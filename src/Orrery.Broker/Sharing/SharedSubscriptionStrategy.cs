namespace Orrery.Broker.Sharing;

/// <summary>Which member of a shared subscription gets the next message, among those that have room for it.</summary>
public enum SharedSubscriptionStrategy
{
    /// <summary>One after the other.</summary>
    RoundRobin,

    /// <summary>Any, by a seeded random stream.</summary>
    Random,

    /// <summary>The one with the fewest messages that it has not finished.</summary>
    LeastInFlight,

    /// <summary>The same one for all messages of a publisher, as long as it has room.</summary>
    StickyByPublisher,
}
