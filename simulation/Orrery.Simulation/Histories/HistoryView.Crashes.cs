using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Histories;

// What a broker with a store may have forgotten when its process ended.
internal sealed partial class HistoryView
{
    private const int TailFactor = 20;                      // an exponential draw exceeds twenty times its mean once in 5·10⁸ times
    private const long KeepNanoseconds = NanosecondsPerSecond;

    /// <summary>Notes what was read and not surely kept: all behind the last packet that was answered, and not long before the end.
    /// Answers leave in order, each when what it stands for is kept.</summary>
    private void FindForgotten(ConnectionView connection)
    {
        if (connection.ConnectRead is not { } connect || BrokerOf(connection.Broker).Persistence == Persistence.Memory) return;
        if (World.EndAfter(connection.Broker, connect.Nanoseconds) is not { } ended) return;
        if (History.Events.Skip(IndexAt(ended)).First(e => e.Kind == HistoryKind.ProcessEnded && e.Node == connection.Broker).Name == "stop") return;
        var answered = AnsweredBy(connection);
        var since = ended - KeptByNanoseconds(connection.Broker);
        var first = connection.BrokerRead.Find(read => read.Index > answered && read.Nanoseconds >= since);
        if (first is not null) connection.ForgottenFrom = first.Index;
    }

    /// <summary>The CONNECTs of which an end of the process may have hidden what became of them: they were kept, and nobody was told.</summary>
    /// <param name="earlier">The session of before; null for none.</param>
    /// <param name="next">The connection that asks for a session.</param>
    private IEnumerable<ConnectionView> UnseenBefore(SessionView? earlier, ConnectionView next) =>
        BrokerOf(next.Broker).Persistence == Persistence.Memory ? [] : _connections.Where(unseen =>
            unseen is { ConnectRead: { } read, ConnAckSent: null } && unseen.Broker == next.Broker && unseen.ClientId == next.ClientId
            && read.Index < next.ConnAckSent!.Index && (earlier is null || read.Index > earlier.Last.ConnAckSent!.Index)
            && World.HasEnded(next.Broker, read.Nanoseconds, next.ConnAckSent.Nanoseconds));

    /// <summary>What a new connection should find where an end of the process hid what became of CONNECTs before it. One that only goes on with
    /// the session, and for as long, is no reason to lose it.</summary>
    private bool? AfterUnseen(SessionView? earlier, ConnectionView next, bool? isPresent)
    {
        if (next.Connect!.CleanStart) return isPresent;
        var max = OptionsOf(next.Broker).SessionExpiryIntervalMaxSeconds;
        var counts = UnseenBefore(earlier, next).Any(unseen => isPresent != true || unseen.Connect!.CleanStart
            || unseen.SessionExpirySeconds(max) < earlier!.Last.SessionExpirySeconds(max));
        return counts ? null : isPresent;
    }

    /// <summary>From when on the session of before is perhaps another one: a clean start was read, and nobody was told what became of it.</summary>
    private long PerhapsEndedFrom(SessionView earlier, ConnectionView next) => UnseenBefore(earlier, next)
        .Where(unseen => unseen.Connect!.CleanStart)
        .Select(unseen => unseen.ConnectRead!.Nanoseconds)
        .DefaultIfEmpty(long.MaxValue)
        .Min();

    /// <summary>The index of the last packet of a connection that has an answer; -1 for none.</summary>
    private static int AnsweredBy(ConnectionView connection)
    {
        var waiting = new Dictionary<(ControlPacketType Answer, ushort Identifier), int>();
        var answered = -1;
        foreach (var happened in connection.BrokerRead.Concat(connection.BrokerSent).OrderBy(happened => happened.Index))
        {
            if (happened.Packet!.IsToBroker)
            {
                if (AnswerTo(happened.Packet.Packet) is { } answer) waiting[answer] = happened.Index;
            }
            else if (IdentifierOf(happened.Packet.Packet) is { } identifier && waiting.Remove((happened.Packet.Packet.Type, identifier), out var read))
            {
                answered = Math.Max(answered, read);
            }
        }

        return answered;
    }

    private static (ControlPacketType Answer, ushort Identifier)? AnswerTo(Packet packet) => packet switch
    {
        PublishPacket { Message.QoS: QoS.AtLeastOnce } publish => (ControlPacketType.PubAck, publish.PacketIdentifier.Value),
        PublishPacket { Message.QoS: QoS.ExactlyOnce } publish => (ControlPacketType.PubRec, publish.PacketIdentifier.Value),
        PubRecPacket received => (ControlPacketType.PubRel, received.PacketIdentifier.Value),
        PubRelPacket release => (ControlPacketType.PubComp, release.PacketIdentifier.Value),
        SubscribePacket subscribe => (ControlPacketType.SubAck, subscribe.PacketIdentifier.Value),
        UnsubscribePacket unsubscribe => (ControlPacketType.UnsubAck, unsubscribe.PacketIdentifier.Value),
        _ => null,
    };

    private static ushort? IdentifierOf(Packet packet) => packet switch
    {
        AcknowledgementPacket acknowledgement => acknowledgement.PacketIdentifier.Value,
        SubAckPacket subAck => subAck.PacketIdentifier.Value,
        UnsubAckPacket unsubAck => unsubAck.PacketIdentifier.Value,
        _ => null,
    };

    /// <summary>How long it may take until a broker has kept what it read.</summary>
    public long KeptByNanoseconds(string broker)
    {
        if (World.Faults.Any(fault => fault.Node == broker && (fault.Name.StartsWith("disk_", StringComparison.Ordinal) || fault.Name is "D1" or "D5"))) return long.MaxValue;
        var bracket = broker.IndexOf('[');
        var disk = Scenario?.Topology.Brokers.GetValueOrDefault(bracket < 0 ? broker : broker[..bracket])?.Disk;
        return KeepNanoseconds + (TailFactor * new[] { disk?.Read, disk?.Write, disk?.Sync }.Sum(delay => delay?.Fixed?.Nanoseconds ?? delay?.ExpMean?.Nanoseconds ?? 0));
    }
}
