using System.Buffers;
using System.Text;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Tests.Histories;

/// <summary>Writes a history by hand: one broker, b1, unless told otherwise, and clients whose packets arrive at the instant they are sent.</summary>
internal sealed class HistoryBuilder
{
    public const string BrokerName = "b1";

    private readonly Dictionary<string, Line> _lines = [];
    private readonly Dictionary<string, int> _connectionCounts = [];
    private long _now;

    /// <summary>Whose connections are opened and whose log is written.</summary>
    public string Broker { get; private set; } = BrokerName;

    public History History { get; private init; } = new();

    public RunFacts Facts { get; set; } = new() { EndNanoseconds = 0, Brokers = new Dictionary<string, BrokerFacts> { [BrokerName] = new() } };

    /// <summary>The judge's view of it; the run ends a minute after the last event unless told otherwise.</summary>
    public HistoryView View(double? endSeconds = null) =>
        HistoryView.Of(History, Facts with { EndNanoseconds = endSeconds is { } end ? Nanoseconds(end) : _now + 60_000_000_000 });

    public static long Nanoseconds(double seconds) => (long)Math.Round(seconds * 1_000_000_000);

    public static HistoryBuilder WithRoomFor(int events) => new() { History = new History(events) };

    public HistoryBuilder With(BrokerFacts facts)
    {
        Facts = Facts with { Brokers = new Dictionary<string, BrokerFacts> { [BrokerName] = facts } };
        return this;
    }

    /// <summary>What is opened and logged from here on is another broker's.</summary>
    public HistoryBuilder Of(string broker, BrokerFacts? facts = null)
    {
        Broker = broker;
        if (facts is not null) Facts = Facts with { Brokers = new Dictionary<string, BrokerFacts>(Facts.Brokers) { [broker] = facts } };
        return this;
    }

    public HistoryBuilder At(double seconds)
    {
        _now = Nanoseconds(seconds);
        return this;
    }

    public HistoryBuilder After(double seconds)
    {
        _now += Nanoseconds(seconds);
        return this;
    }

    /// <summary>Opens the client's next connection, and lets its CONNECT and CONNACK pass.</summary>
    public HistoryBuilder Connect(string client, ConnectPacket? connect = null, bool present = false, ConnAckPacket? answer = null)
    {
        var packet = connect ?? new ConnectPacket { CleanStart = true };
        if (packet.ClientId.Length == 0) packet = packet with { ClientId = client };
        var name = Open(client, packet.Version);
        return ToBroker(name, packet).FromBroker(name, answer ?? new ConnAckPacket { SessionPresent = present });
    }

    /// <summary>Opens the client's next connection.</summary>
    public string Open(string client, MqttVersion version = MqttVersion.V5)
    {
        var number = _connectionCounts[client] = _connectionCounts.GetValueOrDefault(client) + 1;
        var name = $"{client}#{number}";
        _lines.Add(name, new Line(client, Broker, version));
        Add(HistoryKind.ConnectionRequested, client, name, Broker);
        Add(HistoryKind.ConnectionAccepted, Broker, name, client);
        Add(HistoryKind.ConnectionOpened, client, name, Broker);
        return name;
    }

    /// <summary>Packets that the client sends and the broker reads.</summary>
    public HistoryBuilder ToBroker(string connection, params Packet[] packets)
    {
        foreach (var packet in packets) Pass(connection, packet, isToBroker: true, isSent: true, isRead: true);
        return this;
    }

    /// <summary>Packets that the broker sends and the client reads.</summary>
    public HistoryBuilder FromBroker(string connection, params Packet[] packets)
    {
        foreach (var packet in packets) Pass(connection, packet, isToBroker: false, isSent: true, isRead: true);
        return this;
    }

    /// <summary>A packet that is sent and not read.</summary>
    public HistoryBuilder Lose(string connection, Packet packet, bool isToBroker)
    {
        Pass(connection, packet, isToBroker, isSent: true, isRead: false);
        return this;
    }

    /// <summary>What the broker reads in place of the packet that the client sent last, which was lost.</summary>
    public HistoryBuilder Misread(string connection, Packet packet)
    {
        _lines[connection].ToBroker--;
        Pass(connection, packet, isToBroker: true, isSent: false, isRead: true);
        return this;
    }

    /// <summary>A SUBSCRIBE and its SUBACK.</summary>
    public HistoryBuilder Subscribe(string connection, string filter, QoS qos = QoS.ExactlyOnce, ushort id = 1, RetainHandling handling = RetainHandling.SendAtSubscribe,
        bool asPublished = false, bool noLocal = false, uint? identifier = null) =>
        ToBroker(connection, Subscription(filter, qos, id, handling, asPublished, noLocal, identifier)).FromBroker(connection, Granted(qos, id));

    public static SubscribePacket Subscription(string filter, QoS qos = QoS.ExactlyOnce, ushort id = 1, RetainHandling handling = RetainHandling.SendAtSubscribe,
        bool asPublished = false, bool noLocal = false, uint? identifier = null) => new()
        {
            PacketIdentifier = new PacketIdentifier(id),
            SubscriptionIdentifier = identifier,
            Subscriptions = [new Subscription(TopicFilter.Parse(filter), qos, noLocal, asPublished, handling)],
        };

    public static SubAckPacket Granted(QoS qos, ushort id = 1) => new() { PacketIdentifier = new PacketIdentifier(id), ReasonCodes = [(ReasonCode)(byte)qos] };

    /// <summary>An UNSUBSCRIBE and its UNSUBACK.</summary>
    public HistoryBuilder Unsubscribe(string connection, string filter, ushort id = 2) =>
        ToBroker(connection, new UnsubscribePacket { PacketIdentifier = new PacketIdentifier(id), Filters = [TopicFilter.Parse(filter)] })
            .FromBroker(connection, new UnsubAckPacket { PacketIdentifier = new PacketIdentifier(id), ReasonCodes = [ReasonCode.Success] });

    /// <summary>A message that the client publishes, with all answers of its QoS.</summary>
    public HistoryBuilder Publish(string connection, PublishPacket publish)
    {
        ToBroker(connection, publish);
        return publish.Message.QoS switch
        {
            QoS.AtMostOnce => this,
            QoS.AtLeastOnce => FromBroker(connection, new PubAckPacket { PacketIdentifier = publish.PacketIdentifier }),
            _ => FromBroker(connection, PubRec(publish.PacketIdentifier.Value)).ToBroker(connection, PubRel(publish.PacketIdentifier.Value))
                .FromBroker(connection, PubComp(publish.PacketIdentifier.Value)),
        };
    }

    /// <summary>A message that the broker sends and the client takes, with all answers of its QoS.</summary>
    public HistoryBuilder Deliver(string connection, PublishPacket publish)
    {
        FromBroker(connection, publish).Hand(connection, publish);
        return publish.Message.QoS switch
        {
            QoS.AtMostOnce => this,
            QoS.AtLeastOnce => ToBroker(connection, PubAck(publish.PacketIdentifier.Value)),
            _ => ToBroker(connection, PubRec(publish.PacketIdentifier.Value)).FromBroker(connection, PubRel(publish.PacketIdentifier.Value))
                .ToBroker(connection, PubComp(publish.PacketIdentifier.Value)),
        };
    }

    /// <summary>The client's application gets a message.</summary>
    public HistoryBuilder Hand(string connection, PublishPacket publish)
    {
        var line = _lines[connection];
        Add(HistoryKind.Delivered, line.Client, connection, line.Broker, packet: Wire(line, publish, false, line.FromBroker));
        return this;
    }

    /// <summary>Both ends of a connection end, or one.</summary>
    public HistoryBuilder End(string connection, string broker = "closed", string? client = "fin", string? detail = null)
    {
        var line = _lines[connection];
        Add(HistoryKind.ConnectionEnded, line.Broker, connection, line.Client, broker, detail);
        if (client is not null) Add(HistoryKind.ConnectionEnded, line.Client, connection, line.Broker, client);
        return this;
    }

    /// <summary>A line of the broker's log.</summary>
    public HistoryBuilder Decide(string name, string detail)
    {
        Add(HistoryKind.Decision, Broker, name: name, detail: detail);
        return this;
    }

    public HistoryBuilder Step(int number, string node = "script")
    {
        History.Add(new HistoryEvent { Index = 0, Nanoseconds = _now, Kind = HistoryKind.Step, Node = node, Step = number });
        return this;
    }

    public HistoryBuilder Add(
        HistoryKind kind, string node, string? connection = null, string? peer = null, string? name = null, string? detail = null, WirePacket? packet = null)
    {
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
        });
        return this;
    }

    public static PublishPacket Message(string topic, string payload, QoS qos = QoS.AtMostOnce, ushort id = 0, bool duplicate = false, bool retain = false,
        MessageProperties? properties = null) => new()
        {
            Message = new ApplicationMessage
            {
                Topic = TopicName.Parse(topic),
                Payload = Encoding.UTF8.GetBytes(payload),
                QoS = qos,
                Retain = retain,
                Properties = properties,
            },
            PacketIdentifier = new PacketIdentifier(qos == QoS.AtMostOnce ? (ushort)0 : id == 0 ? (ushort)1 : id),
            Duplicate = duplicate,
        };

    public static PubAckPacket PubAck(ushort id, ReasonCode code = ReasonCode.Success) => new() { PacketIdentifier = new PacketIdentifier(id), ReasonCode = code };

    public static PubRecPacket PubRec(ushort id, ReasonCode code = ReasonCode.Success) => new() { PacketIdentifier = new PacketIdentifier(id), ReasonCode = code };

    public static PubRelPacket PubRel(ushort id, ReasonCode code = ReasonCode.Success) => new() { PacketIdentifier = new PacketIdentifier(id), ReasonCode = code };

    public static PubCompPacket PubComp(ushort id, ReasonCode code = ReasonCode.Success) => new() { PacketIdentifier = new PacketIdentifier(id), ReasonCode = code };

    private void Pass(string connection, Packet packet, bool isToBroker, bool isSent, bool isRead)
    {
        var line = _lines[connection];
        var number = isToBroker ? line.ToBroker++ : line.FromBroker++;
        var wire = Wire(line, packet, isToBroker, number);
        var (sender, reader) = isToBroker ? (line.Client, line.Broker) : (line.Broker, line.Client);
        if (isSent) Add(HistoryKind.PacketSent, sender, connection, reader, packet: wire);
        if (isRead) Add(HistoryKind.PacketReceived, reader, connection, sender, packet: wire);
    }

    private static WirePacket Wire(Line line, Packet packet, bool isToBroker, int number)
    {
        var bytes = new ArrayBufferWriter<byte>();
        PacketWriter.Write(bytes, packet, line.Version);
        return new WirePacket(isToBroker, number, line.Version, packet, bytes.WrittenMemory);
    }

    private sealed class Line(string client, string broker, MqttVersion version)
    {
        public string Client => client;

        public string Broker => broker;

        public MqttVersion Version => version;

        public int ToBroker { get; set; }

        public int FromBroker { get; set; }
    }
}
