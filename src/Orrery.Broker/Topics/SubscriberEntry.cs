using Orrery.Actors;
using Orrery.Broker.Persistence;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Topics;

/// <summary>One subscription to one filter, as routing sees it.</summary>
/// <param name="Session">Who gets the messages: a session, or a shared subscription, which gives each to a member. It has
/// one entry a filter: another one takes its place.</param>
/// <param name="ClientId">The session's client identifier.</param>
/// <param name="SubscriptionId">The subscriber's own number for it, which answers repeat.</param>
/// <param name="Subscription">Filter and options as granted.</param>
/// <param name="SubscriptionIdentifier">What PUBLISH packets carry for it (MQTT 5 §3.8.2.1.2), or null.</param>
public sealed record SubscriberEntry(
    IActorRef Session,
    string ClientId,
    long SubscriptionId,
    Subscription Subscription,
    uint? SubscriptionIdentifier) : IKeyed<IActorRef>
{
    /// <summary>The queue that outlives the process, of a durable session or shared subscription; null for what ends with it.</summary>
    public StoredQueue? Queue { get; init; }

    IActorRef IKeyed<IActorRef>.Key => Session;
}
