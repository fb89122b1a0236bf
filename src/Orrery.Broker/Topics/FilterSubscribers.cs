namespace Orrery.Broker.Topics;

/// <summary>Everyone who subscribes to one filter, as of one publication. Immutable.</summary>
internal sealed class FilterSubscribers(OrderedList<SubscriberEntry> entries, OrderedList<SharedGroup> groups)
{
    /// <summary>Those who get every message, in the order in which they came.</summary>
    public OrderedList<SubscriberEntry> Entries { get; } = entries;

    /// <summary>Those who share the messages, in the order in which the groups came.</summary>
    public OrderedList<SharedGroup> Groups { get; } = groups;

    public void CopyTo(List<SubscriberEntry> entries, List<SharedGroup> groups)
    {
        Entries.CopyTo(entries);
        Groups.CopyTo(groups);
    }
}
