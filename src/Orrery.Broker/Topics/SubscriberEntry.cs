using Orrery.Actors;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Topics;

/// <summary>One session's subscription to one filter, as routing sees it.</summary>
/// <param name="Session">Who gets the messages. A session has one entry a filter: another one takes its place.</param>
/// <param name="ClientId">The session's client identifier.</param>
/// <param name="SubscriptionId">The session's own number for it, which answers repeat.</param>
/// <param name="Subscription">Filter and options as granted.</param>
/// <param name="SubscriptionIdentifier">What PUBLISH packets carry for it (MQTT 5 §3.8.2.1.2), or null.</param>
public sealed record SubscriberEntry(
    IActorRef Session,
    string ClientId,
    long SubscriptionId,
    Subscription Subscription,
    uint? SubscriptionIdentifier) : IKeyed<IActorRef>
{
    /// <summary>The group that this entry is a member of; null if it gets every message itself.</summary>
    public string? ShareName => Subscription.Filter.ShareName;

    IActorRef IKeyed<IActorRef>.Key => Session;
}
