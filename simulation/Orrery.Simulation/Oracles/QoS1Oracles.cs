using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>QoS 1, and what holds for every exchange that is acknowledged.</summary>
internal static class QoS1Oracles
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<Oracle> All { get; } =
    [
        new("Q1-1", ["MQTT-4.3.2-4"], "A message at QoS 1 that the broker took over reaches every session that was surely subscribed.", NothingIsLost),
        new("Q1-2", ["MQTT-4.3.2-4", "MQTT-4.3.2-5"], "Each PUBLISH at QoS 1 is answered by exactly one PUBACK with its identifier.", OnePubAck),
        new("Q1-3", ["MQTT-4.4.0-1"], "A message comes again only when its publisher sent it again, or with DUP and its identifier on a later connection.", NoRepeat),
        new("Q1-4", ["MQTT-3.3.1-1", "MQTT-3.3.1-3"], "DUP is 0 when a message is first sent, and 1 when it is sent again.", Marked),
        new("Q1-5", ["MQTT-4.4.0-2"], "What a client refused with 0x80 or above is not sent again.", NotAfterRefusal),
        new("Q1-6", ["MQTT-2.2.1-3", "MQTT-2.2.1-4"], "A packet identifier is not 0, and not in use for another message of the session.", IdentifierIsFree),
    ];

    private static IEnumerable<Violation> NothingIsLost(HistoryView view) =>
        view.Losses().Where(loss => loss.QoS == QoS.AtLeastOnce && LossRules.Of(view, loss) == LossRules.Plain).Select(loss => new Violation(loss.Message(view), loss.Evidence));

    private static IEnumerable<Violation> OnePubAck(HistoryView view)
    {
        foreach (var connection in view.Connections)
        {
            var answers = Answers.Of(connection,
                packet => packet is PublishPacket { Message.QoS: QoS.AtLeastOnce } publish ? publish.PacketIdentifier.Value : null,
                packet => packet is PubAckPacket ack ? ack.PacketIdentifier.Value : null);
            foreach (var unasked in answers.Unasked)
                yield return new Violation($"{connection.Broker} sent PUBACK {IdOf(unasked)} on {connection} at {Say.Time(unasked)}, and no PUBLISH at QoS 1 with this identifier waits for one.", unasked);
            foreach (var read in answers.Missing(view))
                yield return new Violation($"{connection.Broker} read PUBLISH {IdOf(read)} at QoS 1 on {connection} at {Say.Time(read)}, and never answered it with PUBACK.", read);
        }
    }

    private static IEnumerable<Violation> NoRepeat(HistoryView view)
    {
        foreach (var sent in Faulty(view, TransmissionFault.RepeatedOnConnection))
            yield return new Violation($"{Sends(sent)} a second time on {sent.Connection}, at {Say.Time(sent.Sent)}; it may be repeated on a later connection only.", sent.FaultEvidence, sent.Sent);
        foreach (var sent in Faulty(view, TransmissionFault.RepeatedAfterEnd))
            yield return new Violation($"{Sends(sent)} again at {Say.Time(sent.Sent)}, though it read the PUBACK at {Say.Time(sent.FaultEvidence!)}.", sent.FaultEvidence, sent.Sent);
        foreach (var copies in view.Copies().Where(copies => copies.Surplus is { Packet.Message.QoS: QoS.AtLeastOnce } && Surpluses.KindOf(view, copies) == Surplus.Repeated))
            yield return new Violation(Surpluses.Message(copies), copies.Evidence);
    }

    private static IEnumerable<Violation> Marked(HistoryView view)
    {
        foreach (var sent in Faulty(view, TransmissionFault.FirstIsMarked))
            yield return new Violation($"{Sends(sent)} with DUP 1 at {Say.Time(sent.Sent)}, and it is the first time in its session.", sent.Sent);
        foreach (var sent in Faulty(view, TransmissionFault.RepeatIsUnmarked))
            yield return new Violation($"{Sends(sent)} again with DUP 0 at {Say.Time(sent.Sent)}; it is in flight since {Say.Time(sent.Exchange!.Sends[0].Sent)}.", sent.FaultEvidence, sent.Sent);
    }

    private static IEnumerable<Violation> NotAfterRefusal(HistoryView view) => Faulty(view, TransmissionFault.RepeatedAfterRefusal).Select(sent => new Violation(
        $"{Sends(sent)} again at {Say.Time(sent.Sent)}, though the client refused it at {Say.Time(sent.FaultEvidence!)}.", sent.FaultEvidence, sent.Sent));

    private static IEnumerable<Violation> IdentifierIsFree(HistoryView view)
    {
        foreach (var sent in view.Sessions.SelectMany(session => session.Transmissions).Where(sent => sent.Packet.Message.QoS != QoS.AtMostOnce && sent.Packet.PacketIdentifier.IsNone))
            yield return new Violation($"{Sends(sent)} with packet identifier 0 at {Say.Time(sent.Sent)}.", sent.Sent);
        foreach (var sent in Faulty(view, TransmissionFault.IdentifierInUse))
            yield return new Violation($"{Sends(sent)} at {Say.Time(sent.Sent)}, and its identifier is in use for another message since {Say.Time(sent.FaultEvidence!)}.", sent.FaultEvidence, sent.Sent);
    }

    private static IEnumerable<Transmission> Faulty(HistoryView view, TransmissionFault fault) =>
        view.Sessions.SelectMany(session => session.Transmissions).Where(sent => sent.Fault == fault);

    private static string Sends(Transmission sent) => $"{sent.Session.Broker} sent {sent.Content} (identifier {sent.Packet.PacketIdentifier}) to {sent.Session}";

    private static ushort IdOf(HistoryEvent happened) => happened.Packet!.Packet switch
    {
        PublishPacket publish => publish.PacketIdentifier.Value,
        AcknowledgementPacket acknowledgement => acknowledgement.PacketIdentifier.Value,
        _ => 0,
    };
}
