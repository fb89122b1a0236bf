using Orrery.Mqtt;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>Why a session got a message, or got it too often: which rule that breaks.</summary>
internal enum Surplus
{
    /// <summary>It was not published, or nothing of the session asks for it.</summary>
    FromNowhere,

    /// <summary>It was published once and came twice.</summary>
    Repeated,

    /// <summary>It came once for each of several overlapping subscriptions.</summary>
    Overlapping,

    /// <summary>The subscription had ended.</summary>
    Unsubscribed,

    /// <summary>A filter that starts with a wildcard matched a topic that starts with '$'.</summary>
    SystemTopic,

    /// <summary>It was published before the session began.</summary>
    EarlierSession,

    /// <summary>It came from a connection that had been refused.</summary>
    Refused,

    /// <summary>A PUBLISH at QoS 2 that was repeated before its PUBREL was taken for another message.</summary>
    RepeatedExchange,

    /// <summary>So it was on a later connection.</summary>
    ResumedExchange,

    /// <summary>It is one of the session's own, and its subscription has No Local.</summary>
    Own,
}

/// <summary>Tells surpluses apart.</summary>
internal static class Surpluses
{
    /// <summary>Which rule a surplus breaks.</summary>
    public static Surplus KindOf(HistoryView view, Copies copies)
    {
        var (session, content) = (copies.Session, copies.Content);
        if (copies.AllowedBefore(copies.Surplus!) > 0)
        {
            var repeated = copies.Sources.Where(source => source.QoS == QoS.ExactlyOnce && source.Sends.Count(send => send.Read is not null) > 1).ToArray();
            if (repeated.Length > 0)
                return Array.Exists(repeated, source => source.Sends.Select(send => send.Connection).Distinct().Count() == 1) ? Surplus.RepeatedExchange : Surplus.ResumedExchange;
            return copies.Subscriptions.Where(s => !s.IsShared).Select(s => s.Options.Filter).Distinct().Count() > 1 ? Surplus.Overlapping : Surplus.Repeated;
        }

        var firstTaken = content.Publications.Select(publication => publication.MayFrom).DefaultIfEmpty(int.MaxValue).Min();
        if (content.Publications.Count == 0 && content.Wills.Count == 0) return Surplus.FromNowhere;
        if (content.Publications.Count > 0 && content.Publications.TrueForAll(p => p.Sends.TrueForAll(send => send.Connection.ConnAck is { } ack && ack.ReasonCode != ReasonCode.Success))) return Surplus.Refused;
        var topic = content.Sample.Topic;
        var own = view.Subscriptions.Matching(session.Broker, topic).Where(subscription => subscription.Session == session).ToArray();
        if (own.Length == 0 && topic.IsSystem && session.Subscriptions.Exists(StartsWithWildcard)) return Surplus.SystemTopic;
        var lastTaken = content.Publications.Select(publication => publication.MayTo).DefaultIfEmpty(-1).Max();
        if (lastTaken >= 0 && lastTaken < session.Started.Index && own.Length > 0) return Surplus.EarlierSession;
        if (firstTaken > copies.Surplus!.Sent.Index) return Surplus.FromNowhere;
        if (Array.Exists(own, subscription => subscription.EndAcknowledged is { } ended && ended.Index < firstTaken)) return Surplus.Unsubscribed;
        return own.Length > 0 && Array.TrueForAll(own, subscription => subscription.Options.NoLocal) ? Surplus.Own : Surplus.FromNowhere;
    }

    /// <summary>Says how often it came.</summary>
    public static string Message(Copies copies)
    {
        var sources = copies.Sources.Count == 0 ? "it was not published to it" : $"it was published {Say.Count(copies.Sources.Sum(source => source.CopiesMax), "time")} (at {Say.Times(copies.Sources.Select(source => source.Sends[0].Sent))})";
        return $"{copies.Session.Broker} sent {copies.Content} to {copies.Session} {Say.Count(copies.Firsts.Count, "time")} as a new message (at {Say.Times(copies.Firsts.Select(first => first.Sent))}), and {sources}.";
    }

    private static bool StartsWithWildcard(SubscriptionView subscription) =>
        subscription.Options.Filter.Levels[0].Span is [(byte)'+'] or [(byte)'#'];
}
