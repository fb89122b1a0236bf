using Orrery.Actors;
using Orrery.Broker.Topics;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Publishing;

/// <summary>Finds the route of a topic for one publisher, and keeps it while nobody's subscriptions change.</summary>
internal sealed class Router
{
    // So that a gateway that publishes for a few hundred devices stays inside, and a publisher of endless topics costs little.
    private const int RoutesMax = 512;

    private readonly TopicTree _topics;
    private readonly IActorRef _publisher;
    private readonly List<SubscriberEntry> _entries = [];
    private Dictionary<TopicName, Route>? _routes;
    private TopicName? _lastTopic;
    private Route _lastRoute = Route.Empty;
    private long _version = -1;

    public Router(TopicTree topics, IActorRef publisher)
    {
        _topics = topics;
        _publisher = publisher;
    }

    public Route Find(TopicName topic)
    {
        // Read before the views: a change in between then only costs another look-up.
        var version = _topics.Version;
        if (version != _version)
        {
            _version = version;
            _routes?.Clear();
            _lastTopic = null;
        }

        if (ReferenceEquals(topic, _lastTopic))
        {
            return _lastRoute;
        }

        _routes ??= new Dictionary<TopicName, Route>();
        if (!_routes.TryGetValue(topic, out var route))
        {
            if (_routes.Count >= RoutesMax)
            {
                _routes.Clear();
            }

            route = Build(topic);
            _routes.Add(topic, route);
        }

        _lastTopic = topic;
        _lastRoute = route;
        return route;
    }

    private Route Build(TopicName topic)
    {
        _entries.Clear();
        _topics.Match(topic, _entries);
        return _entries.Count == 0 ? Route.Empty : new Route(Merge());
    }

    /// <summary>One target a session, however many of its subscriptions match: one copy, at the highest QoS.</summary>
    private RouteTarget[] Merge()
    {
        var targets = new List<RouteTarget>(_entries.Count);
        var places = new Dictionary<IActorRef, int>(_entries.Count);
        foreach (var entry in _entries)
        {
            // No Local: not back to the connection that published it [MQTT-3.8.3-3].
            if (entry.Subscription.NoLocal && entry.Session.Equals(_publisher))
            {
                continue;
            }

            var grant = GrantOf(entry);
            if (places.TryGetValue(entry.Session, out var place))
            {
                targets[place] = targets[place] with { Grant = Both(targets[place].Grant, grant) };
                continue;
            }

            places.Add(entry.Session, targets.Count);
            targets.Add(new RouteTarget(entry.Session, grant));
        }

        return targets.ToArray();
    }

    internal static Grant GrantOf(SubscriberEntry entry) => new(
        [entry.SubscriptionId],
        entry.Subscription.MaximumQoS,
        entry.Subscription.RetainAsPublished,
        entry.SubscriptionIdentifier is { } identifier ? [identifier] : null,
        entry.Queue);

    /// <summary>The two as one. Of a session that began anew, the later subscription's queue is the one that there is.</summary>
    internal static Grant Both(Grant one, Grant other) => new(
        [.. one.SubscriptionIds, .. other.SubscriptionIds],
        one.MaximumQoS > other.MaximumQoS ? one.MaximumQoS : other.MaximumQoS,
        one.RetainAsPublished || other.RetainAsPublished,
        one.Identifiers is null ? other.Identifiers
            : other.Identifiers is null ? one.Identifiers
            : [.. one.Identifiers, .. other.Identifiers],
        one.SubscriptionIds.Max() > other.SubscriptionIds.Max() ? one.Queue : other.Queue);
}
