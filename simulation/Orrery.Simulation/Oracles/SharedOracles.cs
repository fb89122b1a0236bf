using Orrery.Mqtt;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>Shared subscriptions.</summary>
/// <remarks>A member that gets the topic by another subscription too is left out, since the two can't be told apart.</remarks>
internal static class SharedOracles
{
    private const long DispatchNanoseconds = 1_000_000_000;

    /// <summary>The rules.</summary>
    public static IReadOnlyList<Oracle> All { get; } =
    [
        Rule("H-1", ["MQTT-4.8.2-4"], "Each message goes to one member of a shared subscription."),
        Rule("H-2", ["MQTT-4.8.2-4", "MQTT-4.8.2-5"], "A message at QoS 2 that was begun stays with its member; one at QoS 1 goes to another when the member's session ends."),
        Rule("H-3", ["MQTT-4.8.2-6"], "A message that a member refuses goes to no other."),
        Rule("H-4", [], "A message waits no longer than a second while a member has room."),
        new("H-5", ["MQTT-4.8.2-3", "MQTT-3.8.3-4"], "A member gets messages at no more than its QoS, and No Local is not granted.", WithinGrant),
        new("H-6", ["MQTT-4.6.0-6"], "Each member gets what it gets in the order of the publisher.", InOrder),
    ];

    private static Oracle Rule(string id, string[] statements, string sentence) =>
        new(id, statements, sentence, view => view.Once(Broken).Where(broken => broken.Rule == id).Select(broken => broken.Violation));

    private static List<BrokenRule> Broken(HistoryView view)
    {
        var broken = new List<BrokenRule>();
        var groups = view.Sessions.SelectMany(session => session.Subscriptions).Where(subscription => subscription is { IsShared: true, IsRefused: false })
            .GroupBy(subscription => (subscription.Session.Broker, Filter: subscription.Options.Filter.ToString())).OrderBy(group => group.Min(member => member.Read.Index)).ToArray();
        if (groups.Length == 0) return broken;
        foreach (var publication in view.Publications.Where(publication => publication.Content.Only == publication && publication.CopiesMax > 0))
        {
            foreach (var group in groups.Where(group => group.Key.Broker == publication.Sends[0].Connection.Broker && group.First().Options.Filter.Matches(publication.Packet.Message.Topic)))
                Judge(view, publication, group.Key.Filter, [.. group], broken);
        }

        return broken;
    }

    private static void Judge(HistoryView view, Publication publication, string filter, SubscriptionView[] members, List<BrokenRule> broken)
    {
        var sessions = members.Select(member => member.Session).Distinct().ToArray();
        var isClear = Array.TrueForAll(sessions, session => IsOnly(view, session, publication.Packet.Message.Topic, filter));
        var firsts = sessions.Where(session => IsOnly(view, session, publication.Packet.Message.Topic, filter))
            .SelectMany(session => session.Transmissions.Where(sent => sent.IsFirst && sent.Content == publication.Content)).OrderBy(sent => sent.Sent.Index).ToArray();
        for (var i = publication.CopiesMax; i < firsts.Length; i++)
        {
            if (!MayMove(firsts[..i], firsts[i])) broken.Add(TwoMembers(publication, filter, firsts[..(i + 1)]));
        }

        if (firsts.Length == 0 && isClear) Miss(view, publication, filter, members, sessions, broken);
    }

    private static bool IsOnly(HistoryView view, SessionView session, Mqtt.Topics.TopicName topic, string filter) =>
        view.Subscriptions.Matching(session.Broker, topic).Where(subscription => subscription.Session == session).All(subscription => subscription.Options.Filter.ToString() == filter);

    private static bool MayMove(Transmission[] before, Transmission next) => Array.Exists(before, earlier =>
        earlier.Packet.Message.QoS == QoS.AtLeastOnce && earlier.Session != next.Session && earlier.Session.EndEarliest <= next.Sent.Nanoseconds
        && earlier.Exchange is { IsRefused: false, IsCompletedSure: false });

    private static BrokenRule TwoMembers(Publication publication, string filter, Transmission[] firsts)
    {
        var (earlier, next) = (firsts[^2], firsts[^1]);
        var isRefused = earlier.Exchange is { IsRefused: true } exchange && exchange.Completed!.Index < next.Sent.Index;
        var rule = isRefused ? "H-3" : earlier.Packet.Message.QoS == QoS.ExactlyOnce && earlier.Session != next.Session ? "H-2" : "H-1";
        var but = isRefused ? $", which refused it at {Say.Time(earlier.Exchange!.Completed!)}," : "";
        return new(rule, new Violation(
            $"{publication}, published once, went to {earlier.Session} at {Say.Time(earlier.Sent)}{but} and to {next.Session} at {Say.Time(next.Sent)}, both members of {filter}.",
            [publication.Sends[0].Sent, .. firsts.Select(first => first.Sent), earlier.Exchange?.Completed]));
    }

    /// <summary>A message that went to no member, though one had room, or will never go to one.</summary>
    private static void Miss(HistoryView view, Publication publication, string filter, SubscriptionView[] members, SessionView[] sessions, List<BrokenRule> broken)
    {
        if (publication.QoS == QoS.AtMostOnce || publication.Owned?.Answer is not { } owned || publication.SureBy == int.MaxValue) return;
        if (publication.Packet.Message.Properties?.MessageExpiryIntervalSeconds is not null) return;
        if (sessions.Any(session => view.Drops.Find(session.Broker, publication.Content.Sample, session.ClientId) is not null)) return;
        var broker = sessions[0].Broker;
        if (view.Drops.Find(broker, publication.Content.Sample, filter) is not null) return;
        var due = owned.Nanoseconds + DispatchNanoseconds + view.Facts.TimerGranularityNanoseconds;
        if (due > view.Facts.EndNanoseconds || view.World.HasEnded(broker, owned.Nanoseconds, view.Facts.EndNanoseconds)) return;

        // A slow member may have begun a message that no tap has seen.
        if (!Array.TrueForAll(sessions, session => session.Connections.TrueForAll(connection => view.IsPrompt(connection.Client)))) return;
        var ready = Array.Find(members, member => member.MustFrom < publication.MayFrom && member.MustTo > publication.SureBy && member.Granted > QoS.AtMostOnce && HasRoom(view, member, owned, due));
        if (ready is null) return;
        var moved = sessions.Any(session => session != ready.Session && session.EndEarliest is var end && end >= owned.Nanoseconds && end <= view.Facts.EndNanoseconds);
        var isLost = Array.TrueForAll(sessions, session => session.EndLatest <= view.Facts.EndNanoseconds || Losses.CanTake(view, session));
        broken.Add(new(isLost ? moved ? "H-2" : "H-1" : "H-4", new Violation(
            $"{publication}, which {broker} took over at {Say.Time(owned)}, {(isLost ? "went to no member" : $"had gone to no member by {Say.Time(due)}")} of {filter}, though {ready.Session} was connected and had room.",
            publication.Sends[0].Sent, owned, ready.Acknowledged)));
    }

    private static bool HasRoom(HistoryView view, SubscriptionView member, HistoryEvent owned, long until)
    {
        var session = member.Session;
        var connection = session.Connections.FindLast(connection => connection.ConnAckSent!.Index < owned.Index);
        if (connection is null || !view.IsCalm(connection, owned.Nanoseconds, until)) return false;
        var options = view.OptionsAt(session.Broker, connection.ConnAckSent!.Index);
        var limit = Math.Min(connection.ReceiveMaximum, Math.Min(options.InFlightMax, options.SharedInFlightMax));
        return connection.Connect!.MaximumPacketSize is null && Judging.InFlight(session, connection, owned.Index) < limit && Judging.InFlight(session, connection, view.IndexAt(until)) < limit;
    }

    private static IEnumerable<Violation> WithinGrant(HistoryView view)
    {
        foreach (var session in view.Sessions)
        {
            foreach (var subscription in session.Subscriptions.Where(subscription => subscription is { IsShared: true, IsRefused: false, Options.NoLocal: true, Acknowledged: not null }))
                yield return new Violation($"{session.Broker} granted {subscription} to {session} at {Say.Time(subscription.Acknowledged!)}, with No Local, which is a protocol error.", subscription.Read, subscription.Acknowledged);

            foreach (var sent in session.Transmissions.Where(sent => sent.IsFirst && sent.Packet.Message.QoS != QoS.AtMostOnce))
            {
                var own = view.Subscriptions.Matching(session.Broker, sent.Packet.Message.Topic).Where(s => s.Session == session && !s.IsRefused && s.MayFrom < sent.Sent.Index).ToArray();
                if (own.Length == 0 || !Array.TrueForAll(own, s => s.IsShared) || sent.Packet.Message.QoS <= own.Max(s => s.Granted ?? s.Options.MaximumQoS)) continue;
                yield return new Violation($"{session.Broker} sent {sent.Content} to {session} at {Say.Time(sent.Sent)} at QoS {(int)sent.Packet.Message.QoS}; it was granted QoS {(int)own.Max(s => s.Granted ?? s.Options.MaximumQoS)} for {own[^1]}.", own[^1].Acknowledged, sent.Sent);
            }
        }
    }

    private static IEnumerable<Violation> InOrder(HistoryView view)
    {
        foreach (var session in view.Sessions.Where(session => session.Subscriptions.Exists(subscription => subscription.IsShared)))
        {
            // What comes back from a member that left goes to another one late.
            var filters = session.Subscriptions.Where(subscription => subscription.IsShared).Select(subscription => subscription.Options.Filter).ToHashSet();
            var isStable = view.Sessions.Where(other => other.Broker == session.Broker && other.Subscriptions.Exists(s => filters.Contains(s.Options.Filter)))
                .All(other => other.Connections is [{ CloseEarliest: null }] && other.Subscriptions.TrueForAll(s => s.Ended is null) && view.IsPrompt(other.Last.Client));
            if (!isStable) continue;
            foreach (var (message, evidence) in OrderOracles.Swapped(view, session, isShared: true)) yield return new Violation(message, evidence);
        }
    }

    private sealed record BrokenRule(string Rule, Violation Violation);
}
