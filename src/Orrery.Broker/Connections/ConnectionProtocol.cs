using Orrery.Actors;
using Orrery.Broker.Publishing;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Connections;

/// <summary>The messages <see cref="ConnectionActor"/> accepts. All are immutable.</summary>
public static class ConnectionProtocol
{
    /// <summary>The host read bytes and decoded every whole packet in them.</summary>
    public sealed record Received(PacketBatch Batch);

    /// <summary>The peer took what was flushed: there is room again.</summary>
    public sealed record OutputDrained
    {
        /// <summary>The one instance.</summary>
        public static OutputDrained Instance { get; } = new();
    }

    /// <summary>The peer ended the connection, or the network did.</summary>
    /// <param name="Reason">In words, for the log.</param>
    public sealed record PeerClosed(string Reason);

    /// <summary>The broker is stopping: say goodbye and close.</summary>
    internal sealed record ShutDown(ReasonCode ReasonCode);

    /// <summary>The session accepted this connection as its own; CONNACK can leave.</summary>
    internal sealed record Attached(IActorRef Session, ConnAckPacket Answer);

    /// <summary>No session: CONNACK says why, and the connection ends.</summary>
    internal sealed record Refused(ReasonCode ReasonCode, string Reason);

    /// <summary>Packets and publications to send, in this order.</summary>
    /// <param name="Items">Filled up to <paramref name="Count"/>.</param>
    /// <param name="Count">How many of <paramref name="Items"/> are meant.</param>
    /// <param name="ReportBytes">Answer <see cref="Sessions.SessionProtocol.Transmitted"/> with this number once encoded; 0 asks for none.</param>
    internal sealed record Transmit(Outgoing[] Items, int Count, int ReportBytes);

    /// <summary>A delivery at QoS 0 that the session passes on as it is.</summary>
    internal sealed record TransmitRuns(DeliveryRun[] Runs, int ReportBytes);

    /// <summary>The publications in a message to a connection that nobody repeats if they get lost: those at QoS 0.</summary>
    internal static IEnumerable<ApplicationMessage> UnrepeatedOf(object message) => message switch
    {
        TransmitRuns runs => runs.Runs.SelectMany(run => run.Messages.Skip(run.Offset).Take(run.Count)),
        Transmit items => Outgoing.UnrepeatedOf(items.Items, items.Count),
        _ => [],
    };

    /// <summary>The session is done with the last batch: more may be read.</summary>
    internal sealed record InboundHandled
    {
        public static InboundHandled Instance { get; } = new();
    }

    /// <summary>Send DISCONNECT with this code, if the version has one, and close.</summary>
    /// <param name="ReasonCode">Null closes without a packet: the peer said goodbye itself.</param>
    /// <param name="Reason">In words: the Reason String for version 5, and the log's.</param>
    internal sealed record Disconnect(ReasonCode? ReasonCode, string Reason);
}

/// <summary>One packet, or one publication with the header that this subscriber gets.</summary>
internal readonly record struct Outgoing(Packet? Packet, ApplicationMessage? Message, PublishHeader Header)
{
    /// <summary>The publications that nobody repeats if they get lost.</summary>
    public static IEnumerable<ApplicationMessage> UnrepeatedOf(Outgoing[] items, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (items[i].Message is { } message && items[i].Header.QoS == QoS.AtMostOnce)
            {
                yield return message;
            }
        }
    }
}
