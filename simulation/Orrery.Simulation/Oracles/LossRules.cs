using Orrery.Mqtt;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>Which rule a loss breaks: the one that names how it came about, if there is one.</summary>
internal static class LossRules
{
    /// <summary>None but that nothing is lost.</summary>
    public const string Plain = "";

    /// <summary>A connection of the session was taken over while the message was on its way.</summary>
    public const string TakenOver = "S-3";

    /// <summary>The packet identifier of the publication had been freed before, and nobody got the message.</summary>
    public const string Freed = "Q2-6";

    /// <summary>The rule of a loss.</summary>
    public static string Of(HistoryView view, Loss loss)
    {
        var taken = loss.Publication.Owned!.Answer!.Nanoseconds;
        if (loss.Session.Connections.Exists(connection => connection.TakenOverBy is { } next && next.ConnAckSent!.Nanoseconds >= taken)) return TakenOver;
        var everybody = view.Losses().Where(other => other.Publication == loss.Publication).Count();
        return loss.Publication.QoS == QoS.ExactlyOnce && IsReused(view, loss.Publication)
            && everybody == view.Sessions.Count(session => view.Subscriptions.Matching(session.Broker, loss.Publication.Packet.Message.Topic).Any(s => s.Session == session && s.MustFrom < loss.Publication.MayFrom))
            ? Freed
            : Plain;
    }

    // An earlier message of the same client at QoS 2 had the identifier.
    private static bool IsReused(HistoryView view, Publication publication) => view.Publications.Any(other =>
        other != publication && other.QoS == QoS.ExactlyOnce && other.Client == publication.Client && other.MayTo < publication.MayFrom
        && other.Packet.PacketIdentifier == publication.Packet.PacketIdentifier);
}
