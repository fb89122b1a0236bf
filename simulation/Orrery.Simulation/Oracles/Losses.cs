using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>A message that a broker owned and that a session surely subscribed to, and that never came.</summary>
/// <param name="Session">Who lacks it.</param>
/// <param name="Publication">One of the publications of its content.</param>
/// <param name="Subscription">The subscription.</param>
/// <param name="QoS">At what QoS it should have come.</param>
/// <param name="Missing">How many copies are missing.</param>
internal sealed record Loss(SessionView Session, Publication Publication, SubscriptionView Subscription, QoS QoS, int Missing)
{
    /// <summary>What shows it.</summary>
    public IReadOnlyList<HistoryEvent?> Evidence =>
        [Subscription.Acknowledged, Publication.Sends[0].Sent, Publication.Owned?.Answer, .. Session.Transmissions.Where(sent => sent.Content == Publication.Content).Select(sent => sent.Sent).Take(5)];

    /// <summary>Says it.</summary>
    public string Message(HistoryView view) =>
        $"{Session} never got {Publication}, which {Publication.Client} published at {Say.Time(Publication.Sends[0].Sent)} and {Session.Broker} took over at {Say.Time(Publication.Owned!.Answer!)}; "
        + $"it was subscribed to {Subscription} from {Say.Time(Subscription.Acknowledged!)} on, and connected undisturbed until {Say.Time(view.Facts.EndNanoseconds)}.";
}

/// <summary>Finds what was lost. Only sessions count whose client was there, undisturbed and with room, at the end of the run.</summary>
internal static class Losses
{
    // By then a client that is back has got all that waited for it, where nothing stands in the way.
    private const long CalmNanoseconds = 3_000_000_000;

    /// <summary>Every loss of a history, in the order of sessions and publications.</summary>
    public static IReadOnlyList<Loss> Of(HistoryView view)
    {
        var owed = new Dictionary<(SessionView, Content), List<(Publication Publication, SubscriptionView Subscription, QoS QoS)>>();
        var order = new List<(SessionView, Content)>();
        var since = Since(view);
        foreach (var publication in view.Publications)
        {
            if (publication.QoS == QoS.AtMostOnce || publication.Owned is not { } owned || publication.SureBy == int.MaxValue) continue;
            if (publication.Content.Topic.StartsWith("$SYS/", StringComparison.Ordinal) || MayExpire(view, publication)) continue;
            var publisher = owned.Connection.Session!;
            foreach (var match in view.Subscriptions.Of(publisher.Broker, publication.Packet.Message.Topic, publisher.ClientId, publication.MayFrom, publication.SureBy, publication.MayTo))
            {
                if (match.SureGrant is not { } grant || grant == QoS.AtMostOnce || owned.Answer!.Nanoseconds > since || !CanTake(view, match.Session)) continue;
                var key = (match.Session, publication.Content);
                if (!owed.TryGetValue(key, out var list))
                {
                    owed.Add(key, list = []);
                    order.Add(key);
                }

                list.Add((publication, match.Must.First(s => s.Granted == grant), publication.QoS < grant ? publication.QoS : grant));
            }
        }

        var got = DeliveriesOf(view);
        var losses = new List<Loss>();
        foreach (var key in order)
        {
            var (session, content) = key;
            var missing = owed[key].Count - got.GetValueOrDefault(key) - view.Drops.Count(session.Broker, content.Sample, session.ClientId);
            if (missing > 0) losses.Add(new Loss(session, owed[key][^1].Publication, owed[key][^1].Subscription, owed[key][^1].QoS, missing));
        }

        return losses;
    }

    /// <summary>Whether a session is there at the end, and its connection has been well for long enough.</summary>
    /// <remarks>Asked for each message, and looked at once.</remarks>
    public static bool CanTake(HistoryView view, SessionView session)
    {
        var known = view.Once(NothingKnown);
        if (!known.TryGetValue(session, out var canTake)) known.Add(session, canTake = IsWellAtTheEnd(view, session));
        return canTake;
    }

    /// <summary>What happened up to then must have come to its end.</summary>
    public static long Since(HistoryView view) => view.Facts.EndNanoseconds - CalmNanoseconds - (2 * view.LatencyMax());

    private static Dictionary<SessionView, bool> NothingKnown(HistoryView view) => [];

    private static bool IsWellAtTheEnd(HistoryView view, SessionView session)
    {
        var (end, last) = (view.Facts.EndNanoseconds, session.Last);
        var since = Since(view);
        if (session.EndLatest <= end || session.EndEarliest <= end || last.ConnAckSent!.Nanoseconds > since || last.CloseEarliest is not null) return false;
        if (!view.IsCalm(last, since, end) || last.BrokerSent.Exists(sent => sent.Nanoseconds <= since && last.ReadOf(sent) is null)) return false;

        // A client that acknowledges nothing more gets nothing more.
        return !view.IsScripted(last.Client)
            && Judging.InFlight(session, last, int.MaxValue) < Math.Min(last.ReceiveMaximum, view.OptionsAt(session.Broker, last.ConnAckSent!.Index).InFlightMax);
    }

    private static bool MayExpire(HistoryView view, Publication publication) =>
        publication.Packet.Message.Properties?.MessageExpiryIntervalSeconds is { } seconds
        && publication.Owned!.Read!.Nanoseconds + (seconds * 1_000_000_000L) <= view.Facts.EndNanoseconds;

    private static Dictionary<(SessionView, Content), int> DeliveriesOf(HistoryView view)
    {
        var got = new Dictionary<(SessionView, Content), int>();
        foreach (var delivery in view.Deliveries)
        {
            if (view.Connection(delivery.Connection)?.Session is not { } session || delivery.Packet?.Packet is not PublishPacket publish) continue;
            if (view.ContentOf(publish.Message) is not { } content) continue;
            got[(session, content)] = got.GetValueOrDefault((session, content)) + 1;
        }

        return got;
    }
}
