using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>Retained messages.</summary>
internal static class RetainedOracles
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The rules.</summary>
    public static IReadOnlyList<Oracle> All { get; } =
    [
        Rule("R-1", ["MQTT-3.3.1-9"], "A new subscription gets the retained message of each topic once, with a value that was current when it was sent."),
        Rule("R-2", ["MQTT-3.3.1-10", "MQTT-3.3.1-11", "MQTT-3.8.4-4"], "Retain Handling decides which subscriptions get retained messages."),
        Rule("R-3", ["MQTT-3.3.1-6", "MQTT-3.3.1-7", "MQTT-3.3.1-8"], "An empty message removes what is retained and is not retained; one without RETAIN changes nothing."),
        new("R-4", ["MQTT-3.3.1-12", "MQTT-3.3.1-13"], "RETAIN is kept on a live message where the subscription asks for it, and cleared elsewhere.", FlagOfLiveMessages),
        Rule("R-5", ["MQTT-3.3.2-5", "MQTT-3.3.2-6"], "A retained message expires, and is sent with what is left of its interval."),
        Rule("R-6", ["MQTT-3.8.4-8"], "A retained message is sent at the lower of its QoS and the one granted, and not to shared subscriptions."),
        Rule("R-7", [], "A retained message of before a broker's end is there afterwards as its store promises, and not otherwise."),
    ];

    private static Oracle Rule(string id, string[] statements, string sentence) =>
        new(id, statements, sentence, view => view.Once(Broken).Where(broken => broken.Rule == id).Select(broken => broken.Violation));

    private static List<BrokenRule> Broken(HistoryView view)
    {
        var model = view.Once(RetainedModel.Of);
        var broken = new List<BrokenRule>();
        foreach (var session in view.Sessions)
        {
            foreach (var connection in session.Connections)
            {
                var copies = session.Transmissions.FindAll(sent => sent.Connection == connection && sent.IsFirst && sent.Packet.Message.Retain);
                foreach (var sent in copies) JudgeValue(view, model, sent, broken);
                JudgeCounts(view, model, session, connection, copies, broken);
            }
        }

        return broken;
    }

    /// <summary>Whether a PUBLISH is an answer to a subscription, and no live message, by its flag and what was published.</summary>
    internal static bool IsRetainedCopy(HistoryView view, Transmission sent) =>
        sent.Packet.Message.Retain && (sent.Content.Publications.Count > 0 || sent.Content.Wills.Count > 0) && !MayBeLive(view, sent)
        && view.Subscriptions.Matching(sent.Session.Broker, sent.Packet.Message.Topic).Any(s => s.Session == sent.Session && s.Connection == sent.Connection && s.Read.Index < sent.Sent.Index);

    /// <summary>Whether the session may have got this with RETAIN 1 as a live message.</summary>
    private static bool MayBeLive(HistoryView view, Transmission sent) =>
        view.Subscriptions.Matching(sent.Session.Broker, sent.Packet.Message.Topic).Any(subscription => subscription.Session == sent.Session && subscription.Options.RetainAsPublished && subscription.MayFrom < sent.Sent.Index);

    /// <summary>The subscriptions that a retained message may answer.</summary>
    private static SubscriptionView[] AskedFor(HistoryView view, SessionView session, ConnectionView connection, ApplicationMessage sample, int before) =>
    [
        .. view.Subscriptions.Matching(session.Broker, sample.Topic).Where(subscription =>
            subscription.Session == session && subscription.Connection == connection && !subscription.IsShared && !subscription.IsRefused && subscription.Read.Index < before),
    ];

    private static bool IsOwed(SubscriptionView subscription) => subscription.Options.RetainHandling switch
    {
        RetainHandling.SendAtSubscribe => true,
        RetainHandling.SendIfNewSubscription => subscription.Replaces is null,
        _ => false,
    };

    private static void JudgeValue(HistoryView view, RetainedModel model, Transmission sent, List<BrokenRule> broken)
    {
        var (session, message) = (sent.Session, sent.Packet.Message);
        if (message.Topic.IsSystem || !IsRetainedCopy(view, sent)) return;
        var owed = Array.FindAll(AskedFor(view, session, sent.Connection, message, sent.Sent.Index), IsOwed);
        if (owed.Length == 0) return;                       // counted below
        var (from, to) = (owed[0].Read.Index, sent.Sent.Index);
        var says = $"{session.Broker} sent {sent.Content} to {session} as retained message at {Say.Time(sent.Sent)}";
        var writes = model.WritesTo(session.Broker, sent.Content.Topic);
        if (message.Payload.IsEmpty)
        {
            broken.Add(new("R-3", new Violation($"{says}, and it is empty.", sent.Sent)));
            return;
        }

        var possible = model.Possible(session.Broker, sent.Content.Topic, from, to).Where(write => write.Content == sent.Content).ToArray();
        if (possible.Length == 0)
        {
            var wrote = writes.LastOrDefault(write => write.Content == sent.Content && write.MayFrom < to);
            var by = wrote is null ? null : RetainedModel.SupersededBy(writes, wrote, from);
            var rule = wrote is null ? "R-3" : by?.Content is null ? "R-7" : by.IsRemoval ? "R-3" : "R-1";
            var why = wrote is null ? sent.Content.Publications.Count == 0 ? "nobody published it" : "it was not published with RETAIN 1"
                : by!.Content is null ? $"the broker ended at {Say.Time(by.Event!)} and keeps nothing"
                : $"{(by.IsRemoval ? "it was removed" : $"{by.Content} took its place")} before the subscription at {Say.Time(owed[0].Read)}";
            broken.Add(new(rule, new Violation($"{says}, and {why}.", wrote?.Event, by?.Event, owed[0].Read, sent.Sent)));
            return;
        }

        if (owed.Length == 1 && possible is [{ Content.Only: { } only }] && owed[0].Granted is { } granted)
        {
            var due = only.QoS < granted ? only.QoS : granted;
            if (message.QoS != due) broken.Add(new("R-6", new Violation($"{says} at QoS {(int)message.QoS}; published at QoS {(int)only.QoS} and granted QoS {(int)granted}, it should have QoS {(int)due}.", only.Sends[0].Sent, owed[0].Acknowledged, sent.Sent)));
            JudgeExpiry(view, only, sent, says, broken);
        }
    }

    private static void JudgeExpiry(HistoryView view, Publication publication, Transmission sent, string says, List<BrokenRule> broken)
    {
        if (publication.Packet.Message.Properties?.MessageExpiryIntervalSeconds is not { } seconds || view.World.CountsOtherwise(sent.Session.Broker)) return;

        // One that its publisher sent again may have been taken in again, and counts from then.
        var reads = publication.Sends.Where(send => send.Read is { } read && read.Index < sent.Sent.Index).ToArray();
        var isRepeated = reads.Length > 1;
        var waited = sent.Sent.Nanoseconds - (isRepeated ? reads[^1].Read! : view.History.Events[publication.MayFrom]).Nanoseconds;
        if (waited > (seconds + 1) * NanosecondsPerSecond)
            broken.Add(new("R-5", new Violation($"{says}, {Say.Time(waited)} after it was published with an expiry of {seconds} s.", publication.Sends[0].Sent, sent.Sent)));
        else if (!isRepeated && sent.Connection.Version == MqttVersion.V5 && !Expiry.IsRight(seconds, waited, sent.Packet.Message.Properties?.MessageExpiryIntervalSeconds))
            broken.Add(new("R-5", new Violation($"{says} with {Expiry.Describe(sent.Packet)}, {Say.Time(waited)} after it was published with an expiry of {seconds} s.", publication.Sends[0].Sent, sent.Sent)));
    }

    /// <summary>How many retained messages of each topic a connection got, against the subscriptions that asked for them.</summary>
    private static void JudgeCounts(HistoryView view, RetainedModel model, SessionView session, ConnectionView connection, List<Transmission> copies, List<BrokenRule> broken)
    {
        foreach (var group in copies.GroupBy(sent => sent.Content.Topic))
        {
            var last = group.Last();
            if (last.Packet.Message.Topic.IsSystem || MayBeLive(view, last)) continue;
            var asked = AskedFor(view, session, connection, last.Packet.Message, last.Sent.Index);
            var owed = asked.Count(IsOwed);
            if (group.Count() <= owed) continue;
            var isShared = asked.Length == 0 && view.Subscriptions.Matching(session.Broker, last.Packet.Message.Topic).Any(subscription => subscription.Session == session && subscription.IsShared);
            var rule = isShared ? "R-6" : asked.Length > owed ? "R-2" : "R-1";
            if (asked.Length == 0 && !isShared) continue;   // a live message with a flag that it should not have
            broken.Add(new(rule, new Violation(
                $"{session.Broker} sent {Say.Count(group.Count(), "retained message")} of {group.Key} to {session} on {connection} (at {Say.Times(group.Select(sent => sent.Sent))}), and {Say.Count(owed, "subscription")} asked for it.",
                [.. asked.Select(subscription => subscription.Read), .. group.Select(sent => sent.Sent)])));
        }

        var asking = session.Subscriptions.FindAll(subscription => subscription.Connection == connection && subscription is { IsShared: false, IsRefused: false, Acknowledged: not null } && IsOwed(subscription));
        if (asking.Count == 0) return;
        foreach (var (broker, sample) in model.Topics.Where(topic => topic.Broker == session.Broker && !topic.Sample.Topic.IsSystem))
        {
            // One that asks again while the answer to the one before is due may be answered by it.
            SubscriptionView[] matching = [.. asking.Where(subscription => subscription.Options.Filter.Matches(sample.Topic))];
            SubscriptionView[] owed = [.. matching.Where((subscription, i) => i == 0 || subscription.Read.Nanoseconds > matching[i - 1].Acknowledged!.Nanoseconds + NanosecondsPerSecond || !subscription.Options.Filter.Equals(matching[i - 1].Options.Filter))];
            if (owed.Length == 0) continue;
            var got = copies.Count(sent => sent.Content.Topic == sample.Topic.ToString());
            if (got >= owed.Length || !Array.TrueForAll(owed, subscription => MustCome(view, model, session, connection, subscription, sample))) continue;
            var written = model.WritesTo(broker, sample.Topic.ToString()).LastOrDefault(write => write.SureBy < owed[got].Read.Index)?.Event;
            var ended = written is null ? null : view.World.EndAfter(broker, written.Nanoseconds);
            var isForgotten = ended < owed[got].Read.Nanoseconds;
            broken.Add(new(owed[got].Replaces is not null ? "R-2" : isForgotten ? "R-7" : "R-1", new Violation(
                $"{session} got {Say.Count(got, "retained message")} of {sample.Topic} on {connection}, and {Say.Count(owed.Length, "subscription")} asked for it: {owed[got]}, acknowledged at {Say.Time(owed[got].Acknowledged!)}, got none{(isForgotten ? $"; the broker ended meanwhile, at {Say.Time(ended!.Value)}, and should have kept it" : "")}.",
                [written, owed[got].Read, owed[got].Acknowledged])));
        }
    }

    private static bool MustCome(HistoryView view, RetainedModel model, SessionView session, ConnectionView connection, SubscriptionView subscription, ApplicationMessage sample)
    {
        var until = subscription.Acknowledged!.Nanoseconds + Judging.AftermathNanoseconds;
        if (until > view.Facts.EndNanoseconds || !view.IsPrompt(connection.Client) || !view.IsCalm(connection, subscription.Read.Nanoseconds, until)) return false;
        if (connection.Connect!.MaximumPacketSize is not null || view.Drops.Find(session.Broker, sample, session.ClientId) is not null) return false;
        var limit = Math.Min(connection.ReceiveMaximum, view.OptionsAt(session.Broker, connection.ConnAckSent!.Index).InFlightMax);
        if (Judging.InFlight(session, connection, view.IndexAt(until)) >= limit) return false;

        // An UNSUBSCRIBE right behind it may come before the retained message.
        return (subscription.Ended is null || subscription.Ended.Nanoseconds > until) && model.SurelyHasValue(session.Broker, sample.Topic.ToString(), subscription.Read.Index, view.IndexAt(until));
    }

    private static IEnumerable<Violation> FlagOfLiveMessages(HistoryView view)
    {
        foreach (var sent in view.Sessions.SelectMany(session => session.Transmissions).Where(sent => sent.IsFirst))
        {
            if (sent.Content.Only is not { } publication || publication.Sends.Count > 1) continue;
            var own = view.Subscriptions.Matching(sent.Session.Broker, sent.Packet.Message.Topic).Where(s => s.Session == sent.Session && !s.IsRefused && s.MayFrom < sent.Sent.Index && s.MayTo > publication.MayFrom).ToArray();

            // The last subscription was over and done with for a second when it was published: it is live.
            var read = publication.MayFrom == int.MaxValue ? 0 : view.History.Events[publication.MayFrom].Nanoseconds;
            if (own.Length == 0 || Array.Exists(own, s => s.Acknowledged is not { } done || done.Nanoseconds + NanosecondsPerSecond > read)) continue;
            if (own.Select(s => s.Options.RetainAsPublished).Distinct().Count() > 1) continue;
            var due = publication.Packet.Message.Retain && own[0].Options.RetainAsPublished;
            if (sent.Packet.Message.Retain == due || !view.IsPrompt(sent.Connection.Client)) continue;
            yield return new Violation(
                $"{sent.Session.Broker} sent {sent.Content} to {sent.Session} at {Say.Time(sent.Sent)} with RETAIN {(sent.Packet.Message.Retain ? 1 : 0)}; it was published with RETAIN {(publication.Packet.Message.Retain ? 1 : 0)}, and the subscription has Retain As Published {(own[0].Options.RetainAsPublished ? 1 : 0)}.",
                publication.Sends[0].Sent, own[0].Read, sent.Sent);
        }
    }

    private sealed record BrokenRule(string Rule, Violation Violation);
}
