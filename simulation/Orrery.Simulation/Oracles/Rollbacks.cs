using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>Judges runs in which a broker came back with less than it had told its clients, and said so to nobody.</summary>
/// <remarks>
/// Other brokers are judged as ever, and so is that one up to each such end. Behind it a client and its broker may disagree about what was before, and
/// neither of them is wrong. So each stretch is judged by itself, without what was there before: what is said on a connection, and sessions that
/// began in it, with what was first published in it.
/// </remarks>
internal static class Rollbacks
{
    // A longer message lies on several pages of the store, which a disk that lied may have of different times.
    private const int PageBytes = 2_048;

    /// <summary>What breaks a rule.</summary>
    public static IEnumerable<Violation> Judge(Oracle oracle, HistoryView view)
    {
        var stretches = view.Once(Stretches.Of);
        if (stretches.Brokers.Count == 0 || HoldsThroughout(oracle.Id)) return oracle.Judge(view);
        return [.. oracle.Judge(stretches.Others), .. stretches.All.SelectMany(stretch => stretch.Judge(oracle)), .. oracle.Id == QoS0Oracles.FromNowhere ? FromNowhere(view, stretches) : []];
    }

    /// <summary>Rules that ask for nothing that a store keeps.</summary>
    private static bool HoldsThroughout(string id) => id.StartsWith("X-", StringComparison.Ordinal) || id is "L-2" or "L-3" or "P-1" or "F-6";

    /// <summary>Rules about one connection at a time, or about what a session shows of itself.</summary>
    private static bool HoldsForRestored(string id) =>
        id.StartsWith("K-", StringComparison.Ordinal) || id is "Q1-2" or "O-4" or "S-1" or "S-2" or "S-4" or "S-7" or "S-8" or "F-1" or "F-3" or "F-7" or "SB-1" or "P-5" or "P-6";

    /// <summary>Rules that may be broken by what is left of sessions that nobody sees: they are counted, and members of shared subscriptions.</summary>
    private static bool DependsOnUnseen(string id) => id.StartsWith("H-", StringComparison.Ordinal) || id is "S-5" or "L-4" || id == QoS0Oracles.FromNowhere;

    /// <summary>Messages of a broker that rolled back that nobody had published: whatever it lost, it invents nothing.</summary>
    private static IEnumerable<Violation> FromNowhere(HistoryView view, Stretches stretches)
    {
        foreach (var sent in view.Sessions.Where(session => stretches.Brokers.Contains(session.Broker)).SelectMany(session => session.Transmissions))
        {
            var (content, broker) = (sent.Content, sent.Session.Broker);
            if (sent.Packet.Message.Topic.IsSystem || sent.Sent.Packet!.Bytes.Length > PageBytes || view.IsOfCorrupted(content)) continue;
            if (content.Publications.Exists(publication => publication.Sends[0].Connection.Broker == broker && publication.MayFrom < sent.Sent.Index)) continue;
            if (content.Wills.Exists(will => will.Broker == broker && will.ConnectRead!.Index < sent.Sent.Index)) continue;
            yield return new Violation($"{broker} sent {content} to {sent.Session} at {Say.Time(sent.Sent)}, and nobody had published it there.", sent.Sent);
        }
    }

    /// <summary>The stretches of the brokers that rolled back, and the history without them.</summary>
    private sealed record Stretches(IReadOnlyList<string> Brokers, HistoryView Others, IReadOnlyList<Stretch> All)
    {
        public static Stretches Of(HistoryView view)
        {
            var all = new List<Stretch>();
            var brokers = new List<string>();
            foreach (var broker in view.Facts.Brokers.Keys.Order(StringComparer.Ordinal))
            {
                HistoryEvent[] rollbacks = [.. view.RollbacksOf(broker)];
                if (rollbacks.Length == 0) continue;
                brokers.Add(broker);
                for (var i = 0; i <= rollbacks.Length; i++)
                {
                    var from = i == 0 ? null : rollbacks[i - 1];
                    all.Add(new Stretch(view, view.Between(broker, from, i == rollbacks.Length ? null : rollbacks[i]), from));
                }
            }

            return new Stretches(brokers, brokers.Count == 0 ? view : view.Without(brokers), all);
        }
    }

    /// <summary>One of them.</summary>
    /// <param name="Whole">The history that it is a part of.</param>
    /// <param name="View">The stretch.</param>
    /// <param name="From">The rollback that it begins with; null for the start of the run.</param>
    private sealed record Stretch(HistoryView Whole, HistoryView View, HistoryEvent? From)
    {
        public IEnumerable<Violation> Judge(Oracle oracle)
        {
            if (From is null || HoldsForRestored(oracle.Id)) return oracle.Judge(View);
            return DependsOnUnseen(oracle.Id) ? [] : oracle.Judge(View).Where(violation => !violation.Events.OfType<HistoryEvent>().Any(IsUnsure));
        }

        /// <summary>Whether an event may be what it is because of what was before.</summary>
        private bool IsUnsure(HistoryEvent happened)
        {
            if (happened.Packet is null) return View.Connection(happened.Connection)?.Session is { } own && IsUnsure(own);
            return happened.Packet.Packet switch
            {
                // Whether a message is new does not depend on its publisher's session, where its packet identifier is not remembered.
                PublishPacket publish when IsOld(publish.Message) => true,
                PublishPacket { Message.QoS: not QoS.ExactlyOnce } when happened.Packet.IsToBroker => false,
                PubAckPacket when !happened.Packet.IsToBroker => false,
                ConnectPacket { Will: { } will } when IsOld(will.Message) => true,
                _ => View.Connection(happened.Connection)?.Session is { } session && IsUnsure(session),
            };
        }

        // The other members of a shared subscription may be sessions of before.
        private static bool IsUnsure(SessionView session) => session.IsRestored || session.Subscriptions.Exists(subscription => subscription.IsShared);

        private bool IsOld(ApplicationMessage message) => Whole.ContentOf(message) is { } content
            && (content.Publications.Exists(publication => publication.Sends[0].Sent.Index < From!.Index) || content.Wills.Exists(will => will.ConnectRead!.Index < From!.Index));
    }
}
