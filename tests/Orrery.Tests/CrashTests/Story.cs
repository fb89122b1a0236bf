using Orrery.CrashTests;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Tests.CrashTests;

/// <summary>A history made by hand, told to a judge: publisher "p" and subscriber "s" with lasting sessions, unless said otherwise.</summary>
internal sealed class Story
{
    private readonly Dictionary<string, int> _connections = [];
    private readonly HashSet<string> _open = [];
    private long _number;

    public CrashJudge Judge { get; } = new();

    public double Now { get; set; }

    public static TopicName Topic { get; } = TopicName.Parse("t");

    /// <summary>Both are there, and the subscription is granted.</summary>
    public static Story Subscribed(string filter = "t", QoS qos = QoS.ExactlyOnce, ushort? receiveMaximum = null) =>
        new Story().Connect("p").Connect("s", receiveMaximum: receiveMaximum).Subscribe("s", filter, qos);

    public Story Connect(string client, bool isPresent = false, ushort? receiveMaximum = null, bool cleanStart = false, Will? will = null) =>
        Begin(client, receiveMaximum, cleanStart, will).Received(client, new ConnAckPacket { SessionPresent = isPresent });

    /// <summary>CONNECT without an answer.</summary>
    public Story Begin(string client, ushort? receiveMaximum = null, bool cleanStart = false, Will? will = null)
    {
        _connections[client] = _connections.GetValueOrDefault(client) + 1;
        _open.Add(client);
        return Sent(client, new ConnectPacket
        {
            ClientId = client,
            CleanStart = cleanStart,
            SessionExpiryIntervalSeconds = 1_000,
            ReceiveMaximum = receiveMaximum,
            Will = will,
        });
    }

    public Story Subscribe(string client, string filter, QoS qos = QoS.ExactlyOnce, bool isGranted = true)
    {
        Sent(client, new SubscribePacket { PacketIdentifier = new(9_000), Subscriptions = [new Subscription(TopicFilter.Parse(filter), qos)] });
        return isGranted ? Received(client, new SubAckPacket { PacketIdentifier = new(9_000), ReasonCodes = [(ReasonCode)qos] }) : this;
    }

    public Story Unsubscribe(string client, string filter, bool isAnswered = true)
    {
        Sent(client, new UnsubscribePacket { PacketIdentifier = new(9_001), Filters = [TopicFilter.Parse(filter)] });
        return isAnswered ? Received(client, new UnsubAckPacket { PacketIdentifier = new(9_001), ReasonCodes = [ReasonCode.Success] }) : this;
    }

    /// <summary>"p" publishes its message of a number, with that as its identifier too.</summary>
    public Story Publish(ushort number, QoS qos = QoS.ExactlyOnce, bool duplicate = false, bool retain = false, string topic = "t") =>
        Sent("p", Packet(number, number, qos, duplicate, retain, topic), new MessageTag("p", number));

    /// <summary>PUBACK or PUBREC to "p".</summary>
    public Story Accept(ushort number, QoS qos = QoS.ExactlyOnce) =>
        Received("p", qos == QoS.ExactlyOnce ? new PubRecPacket { PacketIdentifier = new(number) } : new PubAckPacket { PacketIdentifier = new(number) });

    /// <summary>The exchange of "p" to its end.</summary>
    public Story Published(ushort number, QoS qos = QoS.ExactlyOnce)
    {
        Publish(number, qos).Accept(number, qos);
        return qos == QoS.ExactlyOnce ? Release(number).Received("p", new PubCompPacket { PacketIdentifier = new(number) }) : this;
    }

    public Story Release(ushort number) => Sent("p", new PubRelPacket { PacketIdentifier = new(number) });

    /// <summary>"p"'s message comes to a client.</summary>
    public Story Deliver(ushort number, ushort identifier, QoS qos = QoS.ExactlyOnce, bool duplicate = false, string to = "s", bool retain = false, string topic = "t") =>
        Received(to, Packet(number, identifier, qos, duplicate, retain, topic), new MessageTag("p", number));

    /// <summary>A client answers a message that came.</summary>
    public Story Answer(ushort identifier, QoS qos = QoS.ExactlyOnce, string by = "s") =>
        Sent(by, qos == QoS.ExactlyOnce ? new PubRecPacket { PacketIdentifier = new(identifier) } : new PubAckPacket { PacketIdentifier = new(identifier) });

    public Story Released(ushort identifier, string to = "s") => Received(to, new PubRelPacket { PacketIdentifier = new(identifier) });

    public Story Complete(ushort identifier, string by = "s") => Sent(by, new PubCompPacket { PacketIdentifier = new(identifier) });

    /// <summary>A message comes to "s" and is finished.</summary>
    public Story Delivered(ushort number, ushort identifier, QoS qos = QoS.ExactlyOnce)
    {
        Deliver(number, identifier, qos).Answer(identifier, qos);
        return qos == QoS.ExactlyOnce ? Released(identifier).Complete(identifier) : this;
    }

    /// <summary>The broker is killed and started again.</summary>
    public Story Crash()
    {
        Add(CrashEventKind.Killing, "");
        foreach (var client in _open) Add(CrashEventKind.Closed, client);
        _open.Clear();
        return Add(CrashEventKind.Killed, "").Add(CrashEventKind.Started, "").Add(CrashEventKind.Listening, "");
    }

    public Story Close(string client)
    {
        _open.Remove(client);
        return Add(CrashEventKind.Closed, client);
    }

    public Story Abort(string client) => Add(CrashEventKind.Aborting, client).Close(client);

    public Story Read(string client) => Add(CrashEventKind.Read, client);

    public Story Sent(string client, Packet packet, MessageTag? message = null) => Add(CrashEventKind.Sent, client, packet, message);

    public Story Received(string client, Packet packet, MessageTag? message = null) => Add(CrashEventKind.Received, client, packet, message);

    public Story Wait(double seconds)
    {
        Now += seconds;
        return this;
    }

    public Story Settle()
    {
        Judge.Settle(new CrashEvent(++_number, Now, CrashEventKind.Read, "", 1));
        return this;
    }

    /// <summary>Nothing is wrong.</summary>
    public void Holds() => Assert.Equal([], Judge.Findings.Select(finding => $"{finding.Rule}: {finding.Text}"));

    /// <summary>One rule is broken, and no other.</summary>
    public void Breaks(CrashRule rule) => Assert.Equal([rule], Judge.Findings.Select(finding => finding.Rule).Distinct());

    private static PublishPacket Packet(ushort number, ushort identifier, QoS qos, bool duplicate, bool retain, string topic) => new()
    {
        Message = new ApplicationMessage { Topic = TopicName.Parse(topic), Payload = new MessageTag("p", number).ToPayload(20), QoS = qos, Retain = retain },
        PacketIdentifier = new(identifier),
        Duplicate = duplicate,
    };

    private Story Add(CrashEventKind kind, string client, Packet? packet = null, MessageTag? message = null)
    {
        Judge.Add(new CrashEvent(++_number, Now, kind, client, _connections.GetValueOrDefault(client), packet, message));
        return this;
    }
}
