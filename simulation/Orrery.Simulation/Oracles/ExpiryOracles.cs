using Orrery.Mqtt;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>Message expiry.</summary>
internal static class ExpiryOracles
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The rules.</summary>
    public static IReadOnlyList<Oracle> All { get; } =
    [
        new("ME-1", ["MQTT-3.3.2-5"], "A message that has expired is not sent.", view => NotStarted(view, isOffline: false)),
        new("ME-2", ["MQTT-3.3.2-6"], "A message is sent with what is left of its expiry.", view => Left(view, isOffline: false)),
        new("ME-3", ["MQTT-3.3.2-5", "MQTT-3.3.2-6"], "Expiry is counted while the client is away, too.", view => [.. NotStarted(view, isOffline: true), .. Left(view, isOffline: true)]),
    ];

    private static IEnumerable<Violation> NotStarted(HistoryView view, bool isOffline)
    {
        foreach (var (publication, sent, seconds, waited) in Timed(view).Where(entry => entry.Sent.IsFirst && IsOffline(view, entry.Publication, entry.Sent) == isOffline))
        {
            if (waited <= seconds * NanosecondsPerSecond) continue;
            yield return new Violation($"{sent.Session.Broker} sent {sent.Content} to {sent.Session} at {Say.Time(sent.Sent)}, {Say.Time(waited)} after it was published with an expiry of {seconds} s.", publication.Sends[0].Sent, sent.Sent);
        }
    }

    private static IEnumerable<Violation> Left(HistoryView view, bool isOffline)
    {
        foreach (var (publication, sent, seconds, waited) in Timed(view).Where(entry => entry.Sent.Connection.Version == MqttVersion.V5 && IsOffline(view, entry.Publication, entry.Sent) == isOffline))
        {
            if (sent.IsFirst && waited > seconds * NanosecondsPerSecond) continue;
            if (Expiry.IsRight(seconds, waited, sent.Packet.Message.Properties?.MessageExpiryIntervalSeconds)) continue;
            yield return new Violation($"{sent.Session.Broker} sent {sent.Content} to {sent.Session} at {Say.Time(sent.Sent)} with {Expiry.Describe(sent.Packet)}, {Say.Time(waited)} after it was published with an expiry of {seconds} s.", publication.Sends[0].Sent, sent.Sent);
        }
    }

    /// <summary>Every live PUBLISH of a message with an expiry, and how long it had waited; where the time of its sending tells that.</summary>
    private static IEnumerable<(Publication Publication, Transmission Sent, uint Seconds, long Waited)> Timed(HistoryView view)
    {
        foreach (var sent in view.Sessions.SelectMany(session => session.Transmissions))
        {
            if (sent.Content.Only is not { MayFrom: < int.MaxValue, Packet.Message.Properties.MessageExpiryIntervalSeconds: { } seconds } publication) continue;
            if (publication.Sends.Count(send => send.Read is not null) != 1 || RetainedOracles.IsRetainedCopy(view, sent) || !view.IsPrompt(sent.Connection.Client)) continue;
            var at = sent.Sent.Nanoseconds;
            if (view.World.CountsOtherwise(sent.Session.Broker) || !view.World.IsCalm(sent.Connection.Client, sent.Session.Broker, Math.Max(0, at - Judging.AftermathNanoseconds), at)) continue;
            yield return (publication, sent, seconds, at - view.History.Events[publication.MayFrom].Nanoseconds);
        }
    }

    private static bool IsOffline(HistoryView view, Publication publication, Transmission sent) => sent.Connection.ConnAckSent!.Nanoseconds > view.History.Events[publication.MayFrom].Nanoseconds;
}
