using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Topics;

/// <summary>The members of one shared subscription (MQTT 5 §4.8.2): each message goes to one of them.</summary>
/// <remarks>A snapshot: when a member comes or goes, the tree publishes another instance.</remarks>
public sealed class SharedGroup : IKeyed<string>
{
    private readonly SubscriberEntry[] _members;

    internal SharedGroup(SubscriberEntry[] members)
    {
        _members = members;
        Filter = members[0].Subscription.Filter;
    }

    /// <summary>The whole filter, "$share/NAME/" included: the identity of the group [MQTT-4.8.2-1].</summary>
    public TopicFilter Filter { get; }

    /// <summary>The part of the filter that names the group.</summary>
    public string ShareName => Filter.ShareName!;

    /// <summary>At least one, in the order in which they joined.</summary>
    public ReadOnlySpan<SubscriberEntry> Members => _members;

    string IKeyed<string>.Key => ShareName;
}
