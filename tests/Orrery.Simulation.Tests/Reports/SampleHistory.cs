using System.Buffers;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;

namespace Orrery.Simulation.Tests.Reports;

/// <summary>Makes histories by hand: connections whose packets take 5 ms, unless they never arrive.</summary>
internal sealed class SampleHistory
{
    private const long Latency = 5_000_000;

    private readonly Dictionary<(string Connection, bool IsToBroker), int> _numbers = [];
    private long _now;

    public History History { get; } = new();

    /// <summary>One message at QoS 2 from `pub` through `b1`, a PUBREL that is lost with its connection, and a claim that fails.</summary>
    public static RunResult ExactlyOnce()
    {
        var sample = new SampleHistory();
        sample.Step("pub", "connect");
        sample.Connect("pub", "b1", 1);
        var publish = new PublishPacket { PacketIdentifier = new PacketIdentifier(1), Message = Message("a/b", "pub/1", QoS.ExactlyOnce) };
        sample.Step("pub", "publish");
        var received = sample.Exchange("pub#1", "pub", "b1", publish);
        sample.Decide("b1", "pub#1", "MessageStored", "the message waits for PUBREL");
        sample.Exchange("pub#1", "b1", "pub", new PubRecPacket { PacketIdentifier = new PacketIdentifier(1) }, received);
        sample.At(1_000);
        sample.Add(HistoryKind.FaultStarted, "pub->b1", name: "reset", detail: "for 1 s");
        var lost = sample.Send("pub#1", "pub", "b1", new PubRelPacket { PacketIdentifier = new PacketIdentifier(1) });
        sample.Add(HistoryKind.ConnectionEnded, "b1", "pub#1", "pub", "reset");
        sample.Add(HistoryKind.ConnectionEnded, "pub", "pub#1", "b1", "reset");
        sample.At(2_000);
        sample.Connect("pub", "b1", 2);
        var again = sample.Exchange("pub#2", "pub", "b1", new PubRelPacket { PacketIdentifier = new PacketIdentifier(1) });
        sample.Exchange("pub#2", "b1", "pub", new PubCompPacket { PacketIdentifier = new PacketIdentifier(1) }, again);
        sample.Exchange("pub#2", "pub", "b1", new DisconnectPacket());
        sample.Add(HistoryKind.ConnectionEnded, "pub", "pub#2", "b1", "closed");
        sample.Add(HistoryKind.ConnectionEnded, "b1", "pub#2", "pub", "fin");
        return sample.Result(Verdict.Fail, new Finding("Q2-1", "MQTT-4.3.3-8", "pub sent PUBREL 1 twice.", [lost.Index, again.Index]));
    }

    public static ApplicationMessage Message(string topic, string payload, QoS qos) =>
        new() { Topic = TopicName.Parse(topic), Payload = System.Text.Encoding.UTF8.GetBytes(payload), QoS = qos };

    public void At(long milliseconds) => _now = milliseconds * 1_000_000;

    public HistoryEvent Add(
        HistoryKind kind, string node, string? connection = null, string? peer = null, string? name = null, string? detail = null, WirePacket? packet = null, int cause = -1) =>
        History.Add(new HistoryEvent
        {
            Index = 0,
            Nanoseconds = _now,
            Kind = kind,
            Node = node,
            Connection = connection,
            Peer = peer,
            Name = name,
            Detail = detail,
            Packet = packet,
            Cause = cause,
        });

    public void Step(string node, string verb) => Add(HistoryKind.Step, node, name: verb);

    public void Decide(string node, string connection, string name, string detail) => Add(HistoryKind.Decision, node, connection, name: name, detail: detail);

    /// <summary>Opens a connection and says CONNECT and CONNACK on it.</summary>
    public void Connect(string client, string broker, int number, MqttVersion version = MqttVersion.V5)
    {
        var connection = $"{client}#{number}";
        Add(HistoryKind.ConnectionRequested, client, connection, broker);
        _now += Latency;
        Add(HistoryKind.ConnectionAccepted, broker, connection, client);
        _now += Latency;
        Add(HistoryKind.ConnectionOpened, client, connection, broker);
        var asked = Exchange(connection, client, broker, new ConnectPacket { Version = version, ClientId = client, KeepAliveSeconds = 60, CleanStart = number == 1 }, version: version);
        Exchange(connection, broker, client, new ConnAckPacket { SessionPresent = number > 1 }, asked, version);
    }

    /// <summary>A packet that is sent and received; returns its receipt.</summary>
    public HistoryEvent Exchange(string connection, string from, string to, Packet packet, HistoryEvent? cause = null, MqttVersion version = MqttVersion.V5)
    {
        var sent = Send(connection, from, to, packet, cause, version);
        _now += Latency;
        return Add(HistoryKind.PacketReceived, to, connection, from, packet: sent.Packet, cause: sent.Index);
    }

    public HistoryEvent Send(string connection, string from, string to, Packet packet, HistoryEvent? cause = null, MqttVersion version = MqttVersion.V5)
    {
        var isToBroker = connection.StartsWith(from + "#", StringComparison.Ordinal);
        var number = _numbers.GetValueOrDefault((connection, isToBroker));
        _numbers[(connection, isToBroker)] = number + 1;
        var bytes = new ArrayBufferWriter<byte>();
        PacketWriter.Write(bytes, packet, version);
        return Add(HistoryKind.PacketSent, from, connection, to, packet: new WirePacket(isToBroker, number, version, packet, bytes.WrittenMemory), cause: cause?.Index ?? -1);
    }

    public RunResult Result(Verdict verdict, params Finding[] findings) =>
        new("sample/one[x=1]", 7, new string('a', 64), verdict, "0123456789abcdef", findings, History, _now, 1234);
}
