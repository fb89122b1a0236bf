using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Simulation.Histories;

// What brokers published to their clients, and which exchange each packet belongs to.
internal sealed partial class HistoryView
{
    private void FindTransmissions()
    {
        foreach (var session in Sessions)
        {
            var exchanges = new Dictionary<ushort, OutboundExchange>();
            var events = session.Connections.SelectMany(connection => connection.BrokerSent.Concat(connection.BrokerRead)).OrderBy(happened => happened.Index);
            var byName = session.Connections.ToDictionary(connection => connection.Name, StringComparer.Ordinal);
            foreach (var happened in events)
            {
                var connection = byName[happened.Connection!];
                if (happened.Packet!.IsToBroker) Answered(connection, happened, exchanges);
                else Sent(session, connection, happened, exchanges);
            }
        }
    }

    private void Sent(SessionView session, ConnectionView connection, HistoryEvent sent, Dictionary<ushort, OutboundExchange> exchanges)
    {
        switch (sent.Packet!.Packet)
        {
            case PubRelPacket release when exchanges.TryGetValue(release.PacketIdentifier.Value, out var released):
                released.Releases.Add(sent);
                break;
            case PublishPacket publish:
                var transmission = new Transmission(session, connection, sent, publish, Know(publish.Message));
                session.Transmissions.Add(transmission);
                if (publish.Message.QoS == QoS.AtMostOnce) break;
                var exchange = exchanges.GetValueOrDefault(publish.PacketIdentifier.Value);
                if (exchange is not null && Repeats(exchange, transmission))
                {
                    transmission.IsFirst = false;
                    transmission.Exchange = exchange;
                    exchange.Sends.Add(transmission);
                    break;
                }

                if (exchange is null && publish.Duplicate) transmission.Fault = TransmissionFault.FirstIsMarked;
                if (transmission.Fault == TransmissionFault.FirstIsMarked && MayHaveBeenTried(transmission)) transmission.Fault = TransmissionFault.None;
                transmission.Exchange = new OutboundExchange(transmission);
                exchanges[publish.PacketIdentifier.Value] = transmission.Exchange;
                session.Exchanges.Add(transmission.Exchange);
                break;
        }
    }

    /// <summary>Whether the message was there before the connection before ended: it may have been decided on and not put on the link.</summary>
    private bool MayHaveBeenTried(Transmission sent)
    {
        var place = sent.Session.Connections.IndexOf(sent.Connection);
        if (place == 0) return false;
        var closed = sent.Session.Connections[place - 1].CloseLatest ?? long.MaxValue;
        return sent.Content.Wills.Count > 0
            || sent.Content.Publications.Exists(publication => publication.MayFrom < History.Events.Count && History.Events[publication.MayFrom].Nanoseconds <= closed);
    }

    /// <summary>Whether a PUBLISH belongs to the exchange that had its identifier last. Says what is wrong with it.</summary>
    private static bool Repeats(OutboundExchange exchange, Transmission next)
    {
        var isSame = exchange.Content == next.Content && exchange.QoS == next.Packet.Message.QoS;
        var isMarked = next.Packet.Duplicate;
        next.FaultEvidence = exchange.Completed ?? exchange.Received ?? exchange.Sends[^1].Sent;
        if (exchange.IsCompletedSure)
        {
            if (!isMarked) return false;
            next.Fault = !isSame ? TransmissionFault.FirstIsMarked
                : exchange.IsRefused ? TransmissionFault.RepeatedAfterRefusal
                : exchange.QoS == QoS.ExactlyOnce ? TransmissionFault.RepeatedAfterRelease
                : TransmissionFault.RepeatedAfterEnd;
            return isSame;
        }

        if (exchange.Completed is not null && (!isMarked || !isSame))
        {
            // Whether the end of the exchange was worked on can't be told: it may be a new one.
            if (isMarked) next.Fault = TransmissionFault.FirstIsMarked;
            return false;
        }

        if (!isSame)
        {
            next.Fault = TransmissionFault.IdentifierInUse;
            return false;
        }

        var isSameConnection = exchange.Sends[^1].Connection == next.Connection;
        next.Fault = exchange.IsReceivedSure || exchange.Releases.Count > 0 ? TransmissionFault.RepeatedAfterRelease
            : isSameConnection ? TransmissionFault.RepeatedOnConnection
            : !isMarked ? TransmissionFault.RepeatIsUnmarked
            : TransmissionFault.None;
        return true;
    }

    private static void Answered(ConnectionView connection, HistoryEvent read, Dictionary<ushort, OutboundExchange> exchanges)
    {
        if (read.Packet!.Packet is not AcknowledgementPacket packet || !exchanges.TryGetValue(packet.PacketIdentifier.Value, out var exchange)) return;
        if (exchange.Completed is not null && exchange.IsCompletedSure) return;
        var isFailure = packet.ReasonCode >= ReasonCode.UnspecifiedError;
        var isSure = connection.Handled(read);
        switch (packet)
        {
            case PubRecPacket when exchange.QoS == QoS.ExactlyOnce && !isFailure:
                exchange.Received ??= read;
                exchange.IsReceivedSure |= isSure;
                break;
            case PubRecPacket when exchange.QoS == QoS.ExactlyOnce && !exchange.IsReceivedSure:
            case PubAckPacket when exchange.QoS == QoS.AtLeastOnce:
            case PubCompPacket when exchange.QoS == QoS.ExactlyOnce:
                (exchange.Completed, exchange.IsCompletedSure) = (read, isSure);
                exchange.IsRefused = isFailure && packet is not PubCompPacket;
                break;
        }
    }
}
