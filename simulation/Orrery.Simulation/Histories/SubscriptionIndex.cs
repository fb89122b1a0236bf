using Orrery.Mqtt;
using Orrery.Mqtt.Topics;

namespace Orrery.Simulation.Histories;

/// <summary>Whether a session was subscribed to a topic.</summary>
/// <param name="Session">The session.</param>
/// <param name="Must">Subscriptions that surely acted when the message was taken in.</param>
/// <param name="May">Those and the ones that may have acted.</param>
internal sealed record Match(SessionView Session, IReadOnlyList<SubscriptionView> Must, IReadOnlyList<SubscriptionView> May)
{
    /// <summary>The least QoS that the session's subscriptions grant the message; null when it may not be subscribed at all.</summary>
    public QoS? SureGrant => Must.Count == 0 ? null : Must.Max(subscription => subscription.Granted!.Value);
}

/// <summary>The subscriptions of every broker, found by topic.</summary>
internal sealed class SubscriptionIndex
{
    private readonly Dictionary<(string Broker, string Topic), List<SubscriptionView>> _plain = [];
    private readonly Dictionary<string, List<SubscriptionView>> _wild = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Broker, string Topic), IReadOnlyList<SubscriptionView>> _matches = [];

    /// <summary>Takes in the subscriptions of a view.</summary>
    public SubscriptionIndex(HistoryView view)
    {
        foreach (var session in view.Sessions)
        {
            foreach (var subscription in session.Subscriptions)
            {
                var filter = subscription.Options.Filter;
                if (filter.HasWildcards) Add(_wild, session.Broker, subscription);
                else Add(_plain, (session.Broker, TopicOf(filter)), subscription);
            }
        }
    }

    /// <summary>All subscriptions of a broker, at any time, whose filter matches a topic; in order of session and time.</summary>
    public IReadOnlyList<SubscriptionView> Matching(string broker, TopicName topic)
    {
        var key = (broker, topic.ToString());
        if (_matches.TryGetValue(key, out var known)) return known;
        var plain = _plain.GetValueOrDefault(key) ?? [];
        var wild = (_wild.GetValueOrDefault(broker) ?? []).Where(subscription => subscription.Options.Filter.Matches(topic));
        SubscriptionView[] found = [.. plain.Concat(wild).OrderBy(subscription => subscription.Read.Index)];
        _matches.Add(key, found);
        return found;
    }

    /// <summary>Who was subscribed to a topic while a message was taken in.</summary>
    /// <param name="broker">Where.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="publisher">Who published, for No Local; null for nobody.</param>
    /// <param name="mayFrom">The first index at which the message may have been taken in.</param>
    /// <param name="sureBy">The index by which it surely was; <see cref="int.MaxValue"/> when it may not have been.</param>
    /// <param name="mayTo">The last index at which it may have been.</param>
    public IEnumerable<Match> Of(string broker, TopicName topic, string? publisher, int mayFrom, int sureBy, int mayTo)
    {
        foreach (var session in Matching(broker, topic).Where(subscription => !subscription.IsShared).GroupBy(subscription => subscription.Session))
        {
            var isOwn = publisher is not null && session.Key.ClientId == publisher;
            var may = session.Where(s => s.MayFrom <= mayTo && s.MayTo >= mayFrom && !(isOwn && s.Options.NoLocal)).ToArray();
            if (may.Length == 0) continue;
            var must = sureBy == int.MaxValue ? [] : may.Where(s => s.MustFrom < mayFrom && CoveredTo(s) > sureBy).ToArray();
            if (must.Length > 0 && isOwn && session.Any(s => s.Options.NoLocal)) must = [];
            yield return new Match(session.Key, must, may);
        }
    }

    // A subscription that is replaced loses no message [MQTT-3.8.4-4].
    private static int CoveredTo(SubscriptionView subscription)
    {
        while (subscription.ReplacedBy is { Granted: not null } next && next.Granted >= subscription.Granted) subscription = next;
        return subscription.MustTo;
    }

    private static string TopicOf(TopicFilter filter)
    {
        var text = filter.ToString();
        return filter.IsShared ? text[($"$share/{filter.ShareName}/".Length)..] : text;
    }

    private static void Add<TKey>(Dictionary<TKey, List<SubscriptionView>> into, TKey key, SubscriptionView subscription)
        where TKey : notnull
    {
        if (!into.TryGetValue(key, out var list)) into.Add(key, list = []);
        list.Add(subscription);
    }
}
