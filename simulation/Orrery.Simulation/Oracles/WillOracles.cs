using Orrery.Mqtt;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>Wills, seen by those who subscribe to them.</summary>
/// <remarks>Wills that say what somebody publishes too are left out: the two can't be told apart.</remarks>
internal static class WillOracles
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<Oracle> All { get; } =
    [
        Rule("W-1", ["MQTT-3.1.2-8"], "The will of a connection is published once at the most."),
        Rule("W-2", ["MQTT-3.1.2-8", "MQTT-3.1.3-9"], "A will is published when its delay is over or its session ends, and not before."),
        Rule("W-3", ["MQTT-3.1.2-10", "MQTT-3.14.4-3"], "DISCONNECT with 0x00 takes the will back; nothing else that ends a connection does."),
        Rule("W-4", ["MQTT-3.1.3-9"], "A connection that resumes the session before the will is due takes it back."),
        Rule("W-5", ["MQTT-3.1.2-8", "MQTT-3.1.3-9"], "A takeover publishes the will unless its delay and its session go on."),
        Rule("W-7", [], "The will of a connection that was open when its broker ended is published after it is back and the delay is over, unless its client resumes the session before."),
        Rule("W-8", [], "The delay of a will goes on while its broker is away: it is published no earlier than due, and as soon as due and back."),
        new("W-6", ["MQTT-3.1.2-14", "MQTT-3.1.2-15"], "A will is published with its own QoS, RETAIN and properties.", AsWritten),
    ];

    private static Oracle Rule(string id, string[] statements, string sentence) =>
        new(id, statements, sentence, view => view.Once(Broken).Where(broken => broken.Rule == id).Select(broken => broken.Violation));

    private static List<BrokenRule> Broken(HistoryView view)
    {
        var fates = view.Once(WillFate.Of).ToDictionary(fate => fate.Connection);
        var broken = new List<BrokenRule>();
        foreach (var content in view.Contents.Where(content => content.Wills.Count > 0 && content.Publications.Count == 0))
        {
            foreach (var broker in content.Wills.Where(fates.ContainsKey).GroupBy(connection => connection.Broker, StringComparer.Ordinal))
                Judge(view, content, broker.Key, [.. broker.Select(connection => fates[connection]).OrderBy(fate => fate.From)], broken);
        }

        return broken;
    }

    private static void Judge(HistoryView view, Content content, string broker, WillFate[] fates, List<BrokenRule> broken)
    {
        var due = Array.FindAll(fates, fate => fate.Due != WillDue.Never);
        foreach (var session in view.Sessions.Where(session => session.Broker == broker))
        {
            // One copy by all plain subscriptions, and one by each shared one.
            var own = view.Subscriptions.Matching(broker, content.Sample.Topic).Where(subscription => subscription.Session == session).ToArray();
            var ways = Math.Max(1, (Array.Exists(own, one => !one.IsShared) ? 1 : 0) + own.Where(one => one.IsShared).Select(one => one.Options.Filter).Distinct().Count());
            var copies = new Dictionary<WillFate, int>();
            foreach (var sent in session.Transmissions.Where(sent => sent.IsFirst && sent.Content == content && !sent.Packet.Message.Retain))
            {
                var fate = Array.Find(due, fate => fate.From <= sent.Sent.Nanoseconds && copies.GetValueOrDefault(fate) < ways);
                if (fate is not null) copies[fate] = copies.GetValueOrDefault(fate) + 1;
                else broken.Add(Unexpected(fates, content, sent, [.. due.Where(copies.ContainsKey)]));
            }
        }

        foreach (var fate in due.Where(fate => fate.Due == WillDue.Surely && fate.To < view.Facts.EndNanoseconds))
        {
            var count = broken.Count;
            Miss(view, content, fate, broken);
            if (broken.Count == count && OfRestart(fate) is not null) MissAway(view, content, fate, broken);
        }
    }

    private static BrokenRule Unexpected(WillFate[] fates, Content content, Transmission sent, HashSet<WillFate> used)
    {
        var at = sent.Sent.Nanoseconds;
        var says = $"{sent.Session} got the will {content} at {Say.Time(sent.Sent)}";
        var taken = Array.FindLast(fates, fate => fate.Due == WillDue.Never && fate.Connection.CloseEarliest is { } closed && closed <= at);
        if (taken is not null)
            return new(taken.Rule, new Violation($"{says}; it should not be published, since {taken.Why}.", taken.Connection.ConnectRead, taken.Connection.BrokerEnded, sent.Sent));
        var early = Array.Find(fates, fate => fate.Due != WillDue.Never && !used.Contains(fate));
        if (early is not null)
            return new(OfRestart(early) ?? "W-2", new Violation($"{says}; it is due at {Say.Time(early.From)}, since {early.Why}.", early.Connection.ConnectRead, early.Connection.BrokerEnded, sent.Sent));
        return fates.Length > used.Count
            ? new("W-2", new Violation($"{says}, and {fates[0].Why}.", fates[0].Connection.ConnectRead, sent.Sent))
            : new("W-1", new Violation($"{says}, and had got it before: it is the will of {Say.Count(fates.Length, "connection")}.", [.. fates.Take(3).Select(fate => fate.Connection.ConnectRead), sent.Sent]));
    }

    /// <summary>A will that must have been published is missed by somebody who must have got it, in time.</summary>
    private static void Miss(HistoryView view, Content content, WillFate fate, List<BrokenRule> broken)
    {
        var (first, last) = (view.IndexAt(fate.From), view.IndexAt(fate.To + 1));
        var late = fate.To + Judging.AftermathNanoseconds;
        if (late > view.Facts.EndNanoseconds) return;
        foreach (var match in view.Subscriptions.Of(fate.Connection.Broker, content.Sample.Topic, fate.Connection.ClientId, first, last, last))
        {
            var session = match.Session;
            var connection = session.Connections.FindLast(connection => connection.ConnAckSent!.Nanoseconds < fate.From - view.Facts.TimerGranularityNanoseconds);
            if (match.Must.Count == 0 || connection is null || !view.IsPrompt(connection.Client) || !view.IsCalm(connection, fate.From, fate.To)) continue;
            if (view.Drops.Find(session.Broker, content.Sample, session.ClientId) is not null) continue;
            if (session.Transmissions.Exists(sent => sent.Content == content && sent.Sent.Nanoseconds >= fate.From && sent.Sent.Nanoseconds <= fate.To)) continue;
            var other = session.Transmissions.Find(sent => sent.IsFirst && sent.Content == content && sent.Sent.Nanoseconds > fate.To);
            broken.Add(other is null
                ? new(fate.Rule, new Violation($"{session} never got the will {content}; it was due between {Say.Time(fate.From)} and {Say.Time(fate.To)}, since {fate.Why}.", fate.Connection.ConnectRead, fate.Connection.BrokerEnded, match.Must[0].Acknowledged))
                : new(OfRestart(fate) ?? "W-2", new Violation($"{session} got the will {content} at {Say.Time(other.Sent)}; it was due between {Say.Time(fate.From)} and {Say.Time(fate.To)}, since {fate.Why}.", fate.Connection.ConnectRead, fate.Connection.BrokerEnded, other.Sent)));
            return;
        }
    }

    // A rule of restarts, where it is one.
    private static string? OfRestart(WillFate fate) => fate.Rule is "W-7" or "W-8" ? fate.Rule : null;

    /// <summary>A will that was published while somebody was away waits for them like any message.</summary>
    private static void MissAway(HistoryView view, Content content, WillFate fate, List<BrokenRule> broken)
    {
        if (fate.Connection.Will!.Message.QoS == QoS.AtMostOnce || fate.To + Judging.AftermathNanoseconds > Losses.Since(view)) return;
        var (first, last) = (view.IndexAt(fate.From), view.IndexAt(fate.To + 1));
        foreach (var match in view.Subscriptions.Of(fate.Connection.Broker, content.Sample.Topic, fate.Connection.ClientId, first, last, last))
        {
            var session = match.Session;
            if (match.SureGrant is not { } grant || grant == QoS.AtMostOnce || !Losses.CanTake(view, session) || session.Last.ConnAckSent!.Nanoseconds < fate.From) continue;
            if (view.Drops.Find(session.Broker, content.Sample, session.ClientId) is not null) continue;
            var got = session.Transmissions.Find(sent => sent.Content == content && sent.Sent.Nanoseconds >= fate.From);
            if (got is not null && got.Sent.Nanoseconds <= Math.Max(fate.To, session.Last.ConnAckSent.Nanoseconds) + Judging.AftermathNanoseconds) continue;
            broken.Add(new(fate.Rule, new Violation(
                $"{session}, which came back at {Say.Time(session.Last.ConnAckSent!)}, {(got is null ? "never got" : $"got at {Say.Time(got.Sent)}")} the will {content}; it was due between {Say.Time(fate.From)} and {Say.Time(fate.To)}, since {fate.Why}.",
                fate.Connection.ConnectRead, match.Must[0].Acknowledged, session.Last.ConnAckSent, got?.Sent)));
            return;
        }
    }

    private static IEnumerable<Violation> AsWritten(HistoryView view)
    {
        foreach (var sent in view.Sessions.SelectMany(session => session.Transmissions).Where(sent => sent.Content is { Wills.Count: > 0, Publications.Count: 0 }))
        {
            var wills = sent.Content.Wills.FindAll(will => will.Broker == sent.Session.Broker).ConvertAll(will => will.Will!.Message);
            if (wills.Count == 0) continue;
            var now = sent.Packet.Message;
            var properties = QoS0Oracles.PropertiesOf(now.Properties);
            if (sent.Connection.Version == MqttVersion.V5 && !wills.Exists(will => QoS0Oracles.PropertiesOf(will.Properties) == properties))
                yield return new Violation($"{sent.Session} got the will {sent.Content} at {Say.Time(sent.Sent)} with properties ({properties}) that it has not.", [.. sent.Content.Wills.Select(will => will.ConnectRead).Take(3), sent.Sent]);
            if (now.Retain && !wills.Exists(will => will.Retain))
                yield return new Violation($"{sent.Session} got the will {sent.Content} at {Say.Time(sent.Sent)} with RETAIN 1, and it is not retained.", [.. sent.Content.Wills.Select(will => will.ConnectRead).Take(3), sent.Sent]);
            var grants = view.Subscriptions.Matching(sent.Session.Broker, now.Topic).Where(subscription => subscription.Session == sent.Session && !subscription.IsRefused).Select(subscription => subscription.Granted ?? QoS.ExactlyOnce).Distinct().ToArray();
            if (grants.Length == 1 && !wills.Exists(will => (will.QoS < grants[0] ? will.QoS : grants[0]) == now.QoS))
                yield return new Violation($"{sent.Session}, which has a grant of QoS {(int)grants[0]}, got the will {sent.Content} at {Say.Time(sent.Sent)} at QoS {(int)now.QoS}; the will has QoS {(int)wills[0].QoS}.", [.. sent.Content.Wills.Select(will => will.ConnectRead).Take(3), sent.Sent]);
        }
    }

    private sealed record BrokenRule(string Rule, Violation Violation);
}
