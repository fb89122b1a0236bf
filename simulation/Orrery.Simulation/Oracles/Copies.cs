using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>How often one session was sent one content for the first time as a live message, and how often it may have been.</summary>
/// <param name="Session">To whom.</param>
/// <param name="Content">What.</param>
/// <param name="Firsts">Each first PUBLISH, in order.</param>
/// <param name="Allowed">How many there may be, and from which index on.</param>
/// <param name="Sources">The publications that may have led to them.</param>
/// <param name="Subscriptions">The subscriptions that they may have come by.</param>
internal sealed record Copies(
    SessionView Session, Content Content, IReadOnlyList<Transmission> Firsts, IReadOnlyList<(int From, long Count)> Allowed, IReadOnlyList<Publication> Sources,
    IReadOnlyList<SubscriptionView> Subscriptions)
{
    /// <summary>The first PUBLISH that is one too many at its time; null when none is.</summary>
    public Transmission? Surplus { get; } = Firsts.Where((sent, i) => AllowedBefore(Allowed, sent) < i + 1).FirstOrDefault();

    /// <summary>How many there may be up to a PUBLISH.</summary>
    public long AllowedBefore(Transmission sent) => AllowedBefore(Allowed, sent);

    /// <summary>What shows that there are too many.</summary>
    public IReadOnlyList<HistoryEvent?> Evidence => [.. Sources.Select(source => source.Sends[0].Sent).Take(5), .. Firsts.Select(first => first.Sent).Take(10)];

    /// <summary>Counts everything that every session was sent, but for the brokers' own topics.</summary>
    public static IReadOnlyList<Copies> Of(HistoryView view)
    {
        var all = new List<Copies>();
        foreach (var session in view.Sessions)
        {
            foreach (var group in session.Transmissions.Where(sent => sent.IsFirst && !RetainedOracles.IsRetainedCopy(view, sent)).GroupBy(sent => sent.Content))
            {
                if (!group.Key.Topic.StartsWith("$SYS/", StringComparison.Ordinal)) all.Add(Of(view, session, group.Key, [.. group]));
            }
        }

        return all;
    }

    private static long AllowedBefore(IReadOnlyList<(int From, long Count)> allowed, Transmission sent)
    {
        var count = 0L;
        foreach (var one in allowed)
        {
            if (one.From < sent.Sent.Index) count += one.Count;
        }

        return count;
    }

    private static Copies Of(HistoryView view, SessionView session, Content content, Transmission[] firsts)
    {
        var all = view.Subscriptions.Matching(session.Broker, content.Sample.Topic);
        var own = all.Where(subscription => subscription.Session == session).ToArray();
        var shared = own.Where(s => s is { IsShared: true, IsRefused: false }).Select(s => s.Options.Filter).ToHashSet();
        var sources = new List<Publication>();
        var used = new HashSet<SubscriptionView>();
        var allowed = new List<(int From, long Count)>();
        foreach (var publication in content.Publications.Where(publication => publication.CopiesMax > 0 && publication.Sends[0].Connection.Broker == session.Broker))
        {
            // A message is passed on once for all plain subscriptions, and once for each shared one, which may have had other members then.
            var may = all.Where(s => (s.Session == session ? !IsKeptBack(s, publication) : s.IsShared && shared.Contains(s.Options.Filter))
                && s.MayFrom <= publication.MayTo && s.MayTo >= publication.MayFrom).ToArray();
            var ways = (Array.Exists(may, s => !s.IsShared) ? 1 : 0) + may.Where(s => s.IsShared).Select(s => s.Options.Filter).Distinct().Count();
            if (ways == 0) continue;
            allowed.Add((publication.MayFrom, ways * publication.CopiesMax));
            sources.Add(publication);
            used.UnionWith(may);
        }

        // Wills have rules of their own, and so have retained messages where they can be told from live ones.
        if (own.Length > 0 && content.Wills.Exists(will => will.Broker == session.Broker)) allowed.Add((-1, int.MaxValue));
        if (content.Publications.Exists(publication => publication.Packet.Message.Retain) && Array.Exists(own, s => s.Options.RetainAsPublished))
            allowed.AddRange(own.Where(s => s is { IsShared: false, IsRefused: false }).Select(s => (s.Read.Index, 1L)));
        return new Copies(session, content, firsts, allowed, sources, [.. used.OrderBy(s => s.Read.Index)]);
    }

    private static bool IsKeptBack(SubscriptionView subscription, Publication publication) =>
        subscription.Options.NoLocal && !subscription.IsShared && publication.Sends[0].Connection.Session is { } publisher
        && publisher.Broker == subscription.Session.Broker && publisher.ClientId == subscription.Session.ClientId;
}
