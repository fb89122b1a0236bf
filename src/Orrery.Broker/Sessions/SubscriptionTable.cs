using System.Diagnostics.CodeAnalysis;
using Orrery.Broker.Topics;

namespace Orrery.Broker.Sessions;

/// <summary>The subscriptions of one session, by filter and by number. Takes memory from the first one on.</summary>
internal sealed class SubscriptionTable
{
    private OrderedDictionary<string, SubscriberEntry>? _byFilter;      // oldest first
    private Dictionary<long, SubscriberEntry>? _byNumber;

    public int Count => _byFilter?.Count ?? 0;

    /// <summary>All of them, oldest first.</summary>
    public IReadOnlyCollection<SubscriberEntry> Entries => _byFilter is null ? [] : _byFilter.Values;

    public bool Contains(long subscriptionId) => _byNumber is not null && _byNumber.ContainsKey(subscriptionId);

    public bool TryGet(long subscriptionId, [NotNullWhen(true)] out SubscriberEntry? entry)
    {
        entry = null;
        return _byNumber is not null && _byNumber.TryGetValue(subscriptionId, out entry);
    }

    public bool TryGet(string filter, [NotNullWhen(true)] out SubscriberEntry? entry)
    {
        entry = null;
        return _byFilter is not null && _byFilter.TryGetValue(filter, out entry);
    }

    /// <summary>Adds a subscription, or replaces the one of the same filter, which has the same number.</summary>
    /// <returns>True when it is new.</returns>
    public bool Set(SubscriberEntry entry)
    {
        var isNew = !Contains(entry.SubscriptionId);
        (_byFilter ??= new OrderedDictionary<string, SubscriberEntry>(StringComparer.Ordinal))[entry.Subscription.Filter.ToString()] = entry;
        (_byNumber ??= [])[entry.SubscriptionId] = entry;
        return isNew;
    }

    public bool Remove(string filter, [NotNullWhen(true)] out SubscriberEntry? entry)
    {
        if (!TryGet(filter, out entry))
        {
            return false;
        }

        _byFilter!.Remove(filter);
        _byNumber!.Remove(entry.SubscriptionId);
        return true;
    }

    public void Clear()
    {
        _byFilter = null;
        _byNumber = null;
    }
}
