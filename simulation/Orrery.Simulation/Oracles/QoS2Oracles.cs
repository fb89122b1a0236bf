using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>QoS 2.</summary>
internal static partial class QoS2Oracles
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<Oracle> All { get; } =
    [
        new("Q2-1", ["MQTT-4.3.3-8", "MQTT-4.3.3-13"], "A message at QoS 2 that the broker took over reaches the application of every subscriber once; one that it may have taken over, at most once.", ExactlyOnce),
        new("Q2-2", ["MQTT-4.3.3-8", "MQTT-4.3.3-10"], "Every PUBLISH of an exchange is answered by a PUBREC until its PUBREL comes, and none but the first is passed on.", OnePubRec),
        new("Q2-3", ["MQTT-4.3.3-11"], "Every PUBREL is answered by one PUBCOMP, with 0x92 where the identifier is unknown.", OnePubComp),
        new("Q2-4", ["MQTT-4.3.3-6"], "Behind the PUBREL of an exchange its PUBLISH is not sent again.", NotBehindPubRel),
        new("Q2-5", ["MQTT-4.4.0-1"], "A session that is resumed gets what was in flight, PUBLISH or PUBREL, and nothing that was over.", Resumes),
        new("Q2-6", ["MQTT-4.3.3-9", "MQTT-4.3.3-12"], "An identifier whose exchange is over begins a new one.", IdentifierIsFreed),
        new("Q2-7", ["MQTT-4.3.3-7", "MQTT-4.3.3-13"], "An exchange that has begun goes on though its message expires.", ExpiryDoesNotInterrupt),
        new("Q2-8", ["MQTT-4.3.3-10", "MQTT-4.1.0-1"], "The identifiers of a session outlive its connection.", TableOutlivesConnection),
    ];

    private static IEnumerable<Violation> ExactlyOnce(HistoryView view)
    {
        foreach (var loss in view.Losses().Where(loss => loss.QoS == QoS.ExactlyOnce && LossRules.Of(view, loss) == LossRules.Plain))
            yield return new Violation(loss.Message(view), loss.Evidence);
        foreach (var copies in view.Copies().Where(copies => copies.Surplus is { Packet.Message.QoS: QoS.ExactlyOnce } && Surpluses.KindOf(view, copies) == Surplus.Repeated))
            yield return new Violation(Surpluses.Message(copies), copies.Evidence);

        // What the application got, whatever passed before.
        var handed = view.Deliveries.Where(delivery => delivery.Packet?.Packet is PublishPacket { Message.QoS: QoS.ExactlyOnce })
            .GroupBy(delivery => (Session: view.Connection(delivery.Connection)?.Session, Content: view.ContentOf(((PublishPacket)delivery.Packet!.Packet).Message)));
        foreach (var group in handed)
        {
            if (group.Key.Session is not { } session || group.Key.Content is not { } content || ForgetsState(view, session)) continue;
            var firsts = session.Transmissions.Count(sent => sent.IsFirst && sent.Content == content);
            if (group.Count() <= firsts) continue;
            yield return new Violation(
                $"The application of {group.First().Node} got {content} {Say.Count(group.Count(), "time")} (at {Say.Times(group)}), and the broker began to send it {Say.Count(firsts, "time")}.",
                [.. group, .. session.Transmissions.Where(transmission => transmission.Content == content).Select(transmission => transmission.Sent).Take(10)]);
        }
    }

    // A client that crashed without its state does not know what it has handed on.
    private static bool ForgetsState(HistoryView view, SessionView session) =>
        session.Connections.Exists(connection => connection.ClientEnded?.Name is "process_ended" or "vanished")
        || view.World.HasEnded(session.Connections[0].Client, session.Started.Nanoseconds, session.EndLatest);

    private static IEnumerable<Violation> OnePubRec(HistoryView view)
    {
        foreach (var connection in view.Connections)
        {
            var answers = Answers.Of(connection,
                packet => packet is PublishPacket { Message.QoS: QoS.ExactlyOnce } publish ? publish.PacketIdentifier.Value : null,
                packet => packet is PubRecPacket ack ? ack.PacketIdentifier.Value : null);
            foreach (var unasked in answers.Unasked)
                yield return new Violation($"{connection.Broker} sent PUBREC {IdOf(unasked)} on {connection} at {Say.Time(unasked)}, and no PUBLISH at QoS 2 with this identifier waits for one.", unasked);
            foreach (var read in answers.Missing(view))
                yield return new Violation($"{connection.Broker} read PUBLISH {IdOf(read)} at QoS 2 on {connection} at {Say.Time(read)}, and never answered it with PUBREC.", read);
        }

        foreach (var copies in view.Copies().Where(copies => copies.Surplus is not null && Surpluses.KindOf(view, copies) == Surplus.RepeatedExchange))
            yield return new Violation(Surpluses.Message(copies), copies.Evidence);
    }

    private static IEnumerable<Violation> OnePubComp(HistoryView view)
    {
        foreach (var connection in view.Connections)
        {
            foreach (var unasked in Releases(connection).Unasked)
                yield return new Violation($"{connection.Broker} sent PUBCOMP {IdOf(unasked)} on {connection} at {Say.Time(unasked)}, and no PUBREL with this identifier waits for one.", unasked);
            foreach (var read in Releases(connection).Missing(view))
                yield return new Violation($"{connection.Broker} read PUBREL {IdOf(read)} on {connection} at {Say.Time(read)}, and never answered it with PUBCOMP.", read);
        }

        foreach (var (read, answer, known, isLater) in ReleasesOf(view).Where(release => release.Connection.Version == MqttVersion.V5).Select(release => (release.Read, release.Answer, release.IsKnown, release.IsLater)))
        {
            var code = ((PubCompPacket)answer.Packet!.Packet).ReasonCode;
            if (known == true && code != ReasonCode.Success && !isLater)
                yield return new Violation($"{answer.Node} answered PUBREL {IdOf(read)} on {read.Connection} at {Say.Time(answer)} with {Say.Code(code)}, though its PUBLISH was there.", read, answer);
            if (known == false && code != ReasonCode.PacketIdentifierNotFound)
                yield return new Violation($"{answer.Node} answered PUBREL {IdOf(read)} on {read.Connection} at {Say.Time(answer)} with {Say.Code(code)}, though no exchange has this identifier: {Say.Code(ReasonCode.PacketIdentifierNotFound)} was due.", read, answer);
        }
    }

    private static IEnumerable<Violation> NotBehindPubRel(HistoryView view)
    {
        foreach (var sent in view.Sessions.SelectMany(session => session.Transmissions).Where(sent => sent.Fault == TransmissionFault.RepeatedAfterRelease))
        {
            yield return new Violation(
                $"{sent.Session.Broker} sent {sent.Content} (identifier {sent.Packet.PacketIdentifier}) to {sent.Session} again at {Say.Time(sent.Sent)}, though it had its PUBREC at {Say.Time(sent.FaultEvidence!)}.",
                [sent.FaultEvidence, .. sent.Exchange!.Releases.Take(2), sent.Sent]);
        }

        foreach (var publication in view.Publications.Where(publication => publication.IsBehindRelease && !view.IsScripted(publication.Client)))
            yield return new Violation($"{publication.Client} sent {publication} (identifier {publication.Packet.PacketIdentifier}) again at {Say.Time(publication.Sends[0].Sent)}, behind its own PUBREL.", publication.Sends[0].Sent);
    }

    private static IEnumerable<Violation> IdentifierIsFreed(HistoryView view) =>
        view.Losses().Where(loss => LossRules.Of(view, loss) == LossRules.Freed).Select(loss => new Violation(
            $"{loss.Message(view)} Its packet identifier {loss.Publication.Packet.PacketIdentifier} had served an earlier exchange.", loss.Evidence));

    private static IEnumerable<Violation> TableOutlivesConnection(HistoryView view)
    {
        foreach (var release in ReleasesOf(view).Where(release => release is { IsKnown: true, IsLater: true } && release.Connection.Version == MqttVersion.V5))
        {
            var code = ((PubCompPacket)release.Answer.Packet!.Packet).ReasonCode;
            if (code == ReasonCode.Success) continue;
            yield return new Violation(
                $"{release.Answer.Node} answered PUBREL {IdOf(release.Read)} on {release.Read.Connection} at {Say.Time(release.Answer)} with {Say.Code(code)}, though it had its PUBLISH on an earlier connection of the session.",
                release.Publish, release.Read, release.Answer);
        }

        foreach (var copies in view.Copies().Where(copies => copies.Surplus is not null && Surpluses.KindOf(view, copies) == Surplus.ResumedExchange))
            yield return new Violation(Surpluses.Message(copies), copies.Evidence);
    }

    private static Answers Releases(ConnectionView connection) => Answers.Of(connection,
        packet => packet is PubRelPacket release ? release.PacketIdentifier.Value : null,
        packet => packet is PubCompPacket complete ? complete.PacketIdentifier.Value : null);

    /// <summary>Every answered PUBREL, and whether the session knew its identifier; null where that can't be told.</summary>
    private static IEnumerable<Release> ReleasesOf(HistoryView view)
    {
        foreach (var session in view.Sessions)
        {
            var known = new Dictionary<ushort, (bool IsSure, HistoryEvent Publish)>();
            var answers = session.Connections.SelectMany(connection => Releases(connection).Pairs).Where(pair => pair.Answer is not null).ToDictionary(pair => pair.Read.Index, pair => pair.Answer!);
            var refused = session.Connections.SelectMany(connection => connection.BrokerSent).Where(sent => sent.Packet!.Packet is PubRecPacket { ReasonCode: >= ReasonCode.UnspecifiedError });
            foreach (var happened in session.Connections.SelectMany(connection => connection.BrokerRead).Concat(refused).OrderBy(happened => happened.Index))
            {
                var connection = session.Of(happened);
                switch (happened.Packet!.Packet)
                {
                    case PublishPacket { Message.QoS: QoS.ExactlyOnce } publish:
                        var wasSure = known.TryGetValue(publish.PacketIdentifier.Value, out var before) && before.IsSure;
                        known[publish.PacketIdentifier.Value] = (wasSure || connection.Handled(happened), wasSure ? before.Publish : happened);
                        break;
                    case PubRecPacket refusal:
                        if (!happened.Packet.IsToBroker) known.Remove(refusal.PacketIdentifier.Value);
                        break;
                    case PubRelPacket release:
                        var isKnown = known.TryGetValue(release.PacketIdentifier.Value, out var of);
                        if (answers.TryGetValue(happened.Index, out var answer))
                            yield return new Release(connection, happened, answer, isKnown ? of.IsSure ? true : null : false, isKnown ? of.Publish : null);
                        if (connection.Handled(happened)) known.Remove(release.PacketIdentifier.Value);
                        else if (isKnown) known[release.PacketIdentifier.Value] = (false, of.Publish);
                        break;
                }
            }
        }
    }

    private static ushort IdOf(HistoryEvent happened) => happened.Packet!.Packet switch
    {
        PublishPacket publish => publish.PacketIdentifier.Value,
        AcknowledgementPacket acknowledgement => acknowledgement.PacketIdentifier.Value,
        _ => 0,
    };

    private sealed record Release(ConnectionView Connection, HistoryEvent Read, HistoryEvent Answer, bool? IsKnown, HistoryEvent? Publish)
    {
        public bool IsLater => Publish is not null && Publish.Connection != Read.Connection;
    }
}
