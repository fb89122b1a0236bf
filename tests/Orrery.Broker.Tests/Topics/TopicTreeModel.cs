using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Tests.Topics;

/// <summary>The naive tree: a list of subscriptions, and a list of retained messages in the order of their topics' first coming.</summary>
internal sealed class TopicTreeModel
{
    private readonly List<(string ClientId, TopicFilter Filter)> _subscriptions = [];
    private readonly Dictionary<string, string> _retained = new(StringComparer.Ordinal);

    public void Subscribe(string clientId, string filter)
    {
        var subscription = (clientId, TopicFilter.Parse(filter));
        if (!_subscriptions.Contains(subscription)) _subscriptions.Add(subscription);
    }

    public void Unsubscribe(string clientId, string filter) => _subscriptions.Remove((clientId, TopicFilter.Parse(filter)));

    public void Retain(string topic, string payload)
    {
        if (payload.Length == 0) _retained.Remove(topic);
        else _retained[topic] = payload;
    }

    /// <summary>As <see cref="TopicWorld.Match"/> says it, in ordinal order.</summary>
    public IEnumerable<string> Match(string topic) => _subscriptions
        .Where(one => one.Filter.Matches(TopicName.Parse(topic)))
        .Select(one => $"{one.ClientId}:{one.Filter}")
        .Order(StringComparer.Ordinal);

    /// <summary>As <see cref="TopicWorld.Retained"/> says it, in ordinal order.</summary>
    public IEnumerable<string> Retained(string filter) => _retained
        .Where(one => TopicFilter.Parse(filter).Matches(TopicName.Parse(one.Key)))
        .Select(one => $"{one.Key}={one.Value}")
        .Order(StringComparer.Ordinal);

    public int SubscriptionCount => _subscriptions.Count;

    public int RetainedCount => _retained.Count;

    /// <summary>How many nodes are needed, the root included: one for each different beginning of a filter or topic.</summary>
    public int NodeCount => _subscriptions
        .Select(one => string.Join('/', one.Filter.Levels.Select(level => System.Text.Encoding.UTF8.GetString(level.Span))))
        .Select(path => path == "#" ? "" : path.EndsWith("/#", StringComparison.Ordinal) ? "/" + path[..^2] : "/" + path)
        .Concat(_retained.Keys.Select(topic => "/" + topic))
        .SelectMany(path => path.Split('/').Select((_, index) => string.Join('/', path.Split('/').Take(index + 1))))
        .Append("")
        .Distinct(StringComparer.Ordinal)
        .Count();
}
