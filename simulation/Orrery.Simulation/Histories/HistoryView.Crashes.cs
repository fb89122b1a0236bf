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
        if (KeepsAllAt(connection.Broker, ended)) return;
        var answered = AnsweredBy(connection);
        var since = KeptBefore(connection.Broker, ended);
        var first = connection.BrokerRead.Find(read => read.Index > answered && read.Nanoseconds >= since);
        if (first is not null) connection.ForgottenFrom = first.Index;
    }

    /// <summary>Whether a process was stopped in order: then it has kept everything, if its store took anything.</summary>
    private bool KeepsAllAt(string broker, long ended) =>
        History.Events.Skip(IndexAt(ended)).First(e => e.Kind == HistoryKind.ProcessEnded && e.Node == broker).Name == "stop"
        && !Stalls.Any(stall => stall.Node == broker && stall.Overlaps(ended, ended));

    /// <summary>When the process ended that may have hidden what became of the CONNECT of a connection: it may have been kept, and nobody was told; null for never.</summary>
    public long? HiddenBy(ConnectionView connection) =>
        UnseenBy(connection) is { } ended && Survives(connection.Broker, ended) && (connection.CloseLatest ?? ended) >= KeptBefore(connection.Broker, ended) ? ended : null;

    /// <summary>When the process ended without an answer to the CONNECT of a connection; null for never.</summary>
    /// <remarks>The answer to a CONNECT waits for nothing but the store. One that was there for longer than what it leads to takes to be kept,
    /// and whose connection was open all the while, was not hidden by the end of the process: the broker has not worked on it.</remarks>
    private long? UnseenBy(ConnectionView connection) =>
        connection is { ConnectRead: { } read, ConnAckSent: null } && BrokerOf(connection.Broker).Persistence != Persistence.Memory
        && World.EndAfter(connection.Broker, read.Nanoseconds) is { } ended
        && read.Nanoseconds >= KeptBefore(connection.Broker, Math.Min(ended, connection.BrokerEnded?.Nanoseconds ?? long.MaxValue))
            ? ended
            : null;

    /// <summary>The latest instant at which a session may end that a CONNECT has left of which an end of the process hid what became of it; null for none.</summary>
    public long? HiddenSessionEndsBy(ConnectionView connection)
    {
        if (HiddenBy(connection) is not { } ended) return null;
        var seconds = connection.SessionExpirySeconds(OptionsOf(connection.Broker).SessionExpiryIntervalMaxSeconds);
        return seconds == uint.MaxValue ? long.MaxValue : ExpiresBy(connection.Broker, ended, ended, seconds * NanosecondsPerSecond);
    }

    /// <summary>The CONNECTs of which an end of the process may have hidden what became of them: they were kept, and nobody was told.</summary>
    /// <param name="earlier">The session of before; null for none.</param>
    /// <param name="next">The connection that asks for a session.</param>
    private List<ConnectionView> UnseenBefore(SessionView? earlier, ConnectionView next)
    {
        _unseen ??= _connections.FindAll(connection => UnseenBy(connection) is not null);
        return _unseen.FindAll(unseen => unseen.Broker == next.Broker && unseen.ClientId == next.ClientId
            && unseen.ConnectRead!.Index is var read && read < next.ConnAckSent!.Index && (earlier is null || read > earlier.Last.ConnAckSent!.Index)
            && UnseenBy(unseen) <= next.ConnAckSent.Nanoseconds);
    }

    private List<ConnectionView>? _unseen;

    /// <summary>What a new connection should find where an end of the process hid what became of CONNECTs before it. One that only goes on with
    /// the session, and for as long, is no reason to lose it.</summary>
    private bool? AfterUnseen(SessionView? earlier, ConnectionView next, List<ConnectionView> hidden, bool? isPresent)
    {
        if (next.Connect!.CleanStart) return isPresent;
        var max = OptionsOf(next.Broker).SessionExpiryIntervalMaxSeconds;
        var counts = hidden.Exists(unseen => isPresent != true || unseen.Connect!.CleanStart
            || unseen.SessionExpirySeconds(max) < earlier!.Last.SessionExpirySeconds(max));
        return counts ? null : isPresent;
    }

    /// <summary>From when on the session of before is perhaps another one: a clean start was read, and nobody was told what became of it.</summary>
    private static long PerhapsEndedFrom(List<ConnectionView> hidden) => hidden
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

    /// <summary>What a broker with a store had read before this instant it had surely kept when its process ended.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="ended">When its process ended.</param>
    /// <remarks>That is a second before its end, and the longest that the disk takes. Where something stood in the way in that time, it is as long before that began.</remarks>
    public long KeptBefore(string broker, long ended)
    {
        var disk = BrokerOf(broker).Node?.Disk;
        var time = KeepNanoseconds + (TailFactor * new[] { disk?.Read, disk?.Write, disk?.Sync }.Sum(delay => delay?.Fixed?.Nanoseconds ?? delay?.ExpMean?.Nanoseconds ?? 0));
        _hindrances ??= Hindrances();
        var since = ended - time;
        for (var before = long.MaxValue; since < before;)
        {
            before = since;
            since = _hindrances.Where(hindrance => hindrance.Node == broker && hindrance.Overlaps(before, ended)).Select(hindrance => hindrance.From - time).Append(since).Min();
        }

        return since;
    }

    private List<Stretch>? _hindrances;

    /// <summary>The stretches in which a broker kept nothing, or only later: its disk was slow, full or failed, its store was full or given up, or it stood still.</summary>
    private List<Stretch> Hindrances() =>
    [
        .. World.Faults.Where(fault => fault.Name is "disk_stall" or "disk_full" or "disk_error" or "D1" or "D5"),
        .. World.Pauses,
        .. Stalls,
    ];

    /// <summary>The stretches in which a store took nothing.</summary>
    public IReadOnlyList<Stretch> Stalls => _stalls ??= [.. StoreStretches(JudgedDecisions.StoreFailed, null), .. StoreStretches(JudgedDecisions.StoreFull, JudgedDecisions.StoreHasRoom)];

    private List<Stretch>? _stalls;

    /// <summary>The stretches that a line of the log begins, and another one or the end of the process ends.</summary>
    public IEnumerable<Stretch> StoreStretches(string begins, string? ends)
    {
        foreach (var begin in _decisions.Where(decision => JudgedDecisions.Is(decision, begins)))
        {
            var end = History.Events.Skip(begin.Index + 1).FirstOrDefault(happened => happened.Node == begin.Node
                && (happened.Kind == HistoryKind.ProcessEnded || (ends is not null && JudgedDecisions.Is(happened, ends))));
            yield return new Stretch(begin.Node, begins, begin.Nanoseconds, end?.Nanoseconds ?? Facts.EndNanoseconds, begin.Index);
        }
    }
}
