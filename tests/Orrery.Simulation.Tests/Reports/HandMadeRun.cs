using System.Buffers;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;

namespace Orrery.Simulation.Tests.Reports;

/// <summary>A history that a test writes down event by event, as a run would record it.</summary>
internal sealed class HandMadeRun(string broker = "b1")
{
    public const long Millisecond = 1_000_000;
    private readonly Dictionary<(string, bool), int> _numbers = [];

    public History History { get; } = new();

    public List<Finding> Findings { get; } = [];

    /// <summary>Virtual time of what is added next, in nanoseconds.</summary>
    public long Now { get; set; }

    public int Add(HistoryKind kind, string node, string? name = null, string? detail = null, string? connection = null, string? peer = null,
        WirePacket? packet = null, int cause = -1) =>
        History.Add(new HistoryEvent
        {
            Index = 0,
            Nanoseconds = Now,
            Kind = kind,
            Node = node,
            Name = name,
            Detail = detail,
            Connection = connection,
            Peer = peer,
            Packet = packet,
            Cause = cause,
        }).Index;

    /// <summary>A connection from asking to both ends, with one way of 5 ms.</summary>
    public int Open(string client, int number = 1)
    {
        var connection = $"{client}#{number}";
        var asked = Add(HistoryKind.ConnectionRequested, client, connection: connection, peer: broker);
        Now += 5 * Millisecond;
        var taken = Add(HistoryKind.ConnectionAccepted, broker, connection: connection, peer: client, cause: asked);
        Now += 5 * Millisecond;
        return Add(HistoryKind.ConnectionOpened, client, connection: connection, peer: broker, cause: taken);
    }

    public int End(string connection, bool atBroker, string name, string? detail = null, int cause = -1)
    {
        var client = connection[..connection.IndexOf('#', StringComparison.Ordinal)];
        return Add(HistoryKind.ConnectionEnded, atBroker ? broker : client, name, detail, connection, atBroker ? client : broker, cause: cause);
    }

    public int Send(string connection, bool toBroker, Packet packet, int cause = -1, MqttVersion version = MqttVersion.V5)
    {
        var client = connection[..connection.IndexOf('#', StringComparison.Ordinal)];
        var number = _numbers.GetValueOrDefault((connection, toBroker));
        _numbers[(connection, toBroker)] = number + 1;
        var bytes = new ArrayBufferWriter<byte>();
        PacketWriter.Write(bytes, packet, version);
        var wire = new WirePacket(toBroker, number, version, packet, bytes.WrittenSpan.ToArray());
        return Add(HistoryKind.PacketSent, toBroker ? client : broker, connection: connection, peer: toBroker ? broker : client, packet: wire, cause: cause);
    }

    public int Receive(int sent)
    {
        var happened = History.Events[sent];
        return Add(HistoryKind.PacketReceived, happened.Peer!, connection: happened.Connection, peer: happened.Node, packet: happened.Packet, cause: sent);
    }

    /// <summary>Sends, lets a time pass, receives; the index of receiving.</summary>
    public int Exchange(string connection, bool toBroker, Packet packet, int cause = -1, long nanoseconds = 5 * Millisecond)
    {
        var sent = Send(connection, toBroker, packet, cause);
        Now += nanoseconds;
        return Receive(sent);
    }

    public RunResult Result(string name = "hand-made", Verdict verdict = Verdict.Pass) =>
        new(name, 1, new string('a', 64), verdict, "0123456789abcdef", Findings, History, Now, History.Events.Count);
}
