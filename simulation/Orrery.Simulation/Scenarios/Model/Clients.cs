using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Scenarios.Model;

/// <summary>One client, or a group of like ones.</summary>
public sealed record ClientNode
{
    /// <summary>The protocol's version, or a mix of them over a group.</summary>
    public ProtocolChoice Protocol { get; init; } = new() { Version = ProtocolVersion.V5 };

    /// <summary>The client identifier; the client's name when absent, followed by -n in a group.</summary>
    public string? ClientId { get; init; }

    /// <summary>Where it connects to; the only broker when absent.</summary>
    [Refers(ReferenceKind.Broker)] public string? Broker { get; init; }

    /// <summary>Brokers that each have a group like this one.</summary>
    public Placement? Per { get; init; }

    /// <summary>How many there are, for each broker of `per`.</summary>
    [Within(1, 10_000_000)] public int Count { get; init; } = 1;

    /// <summary>Clean Start, which MQTT 3.1.1 calls Clean Session.</summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>Session Expiry Interval, in whole seconds.</summary>
    public Duration? SessionExpiry { get; init; }

    /// <summary>Keep Alive, in whole seconds; 0s for none.</summary>
    public Duration? KeepAlive { get; init; }

    /// <summary>The Will Message.</summary>
    public WillMessage? Will { get; init; }

    /// <summary>User name.</summary>
    public string? User { get; init; }

    /// <summary>Password.</summary>
    public string? Password { get; init; }

    /// <summary>Receive Maximum that the client announces.</summary>
    [Within(1, 65_535)] public int? ReceiveMaximum { get; init; }

    /// <summary>Maximum Packet Size that the client announces.</summary>
    public ByteSize? MaximumPacket { get; init; }

    /// <summary>Topic Alias Maximum that the client announces.</summary>
    [Within(0, 65_535)] public int? TopicAliasMaximum { get; init; }

    /// <summary>Subscriptions made after each CONNACK without a session.</summary>
    public IReadOnlyList<SubscriptionRequest> AutoSubscribe { get; init; } = [];

    /// <summary>Whether its session state outlives a crash of its own.</summary>
    public bool KeepState { get; init; }

    /// <summary>How long after the loss of a connection it connects again; never when absent.</summary>
    public Duration? Reconnect { get; init; }

    /// <summary>Which of the specification's two QoS 2 receiver methods it uses; drawn where there are both.</summary>
    [Key("qos2_method"), OneOrMany] public IReadOnlyList<ReceiverMethod> QoS2Method { get; init; } = [ReceiverMethod.A];

    /// <summary>How long it takes to acknowledge.</summary>
    public Delay? AcknowledgeAfter { get; init; }

    /// <summary>How fast it reads; absent for no limit.</summary>
    public ByteRate? ReadRate { get; init; }

    /// <summary>How fast its clock runs: 2/1 pings twice as often as it should.</summary>
    public Ratio? ClockRate { get; init; }
}

/// <summary>A version of MQTT, or a mix.</summary>
[Shorthand("version")]
[OneOf("version", "mix")]
public sealed record ProtocolChoice
{
    /// <summary>The version of all.</summary>
    public ProtocolVersion? Version { get; init; }

    /// <summary>The share of each version.</summary>
    public ProtocolMix? Mix { get; init; }
}

/// <summary>The share of each version of MQTT.</summary>
public sealed record ProtocolMix
{
    /// <summary>MQTT 3.1.</summary>
    public Ratio? V31 { get; init; }

    /// <summary>MQTT 3.1.1.</summary>
    public Ratio? V311 { get; init; }

    /// <summary>MQTT 5.0.</summary>
    public Ratio? V5 { get; init; }
}

/// <summary>A version of MQTT by its protocol level.</summary>
public enum ProtocolVersion
{
    /// <summary>MQTT 3.1.</summary>
    [Key("3")] V31 = 3,

    /// <summary>MQTT 3.1.1.</summary>
    [Key("4")] V311 = 4,

    /// <summary>MQTT 5.0.</summary>
    [Key("5")] V5 = 5,
}

/// <summary>Brokers that each have a group of clients.</summary>
public enum Placement
{
    /// <summary>Every broker.</summary>
    Broker,

    /// <summary>Every broker without children.</summary>
    LeafBroker,
}

/// <summary>When a QoS 2 receiver hands a message on (MQTT 5 §4.3.3, figure 4.3).</summary>
public enum ReceiverMethod
{
    /// <summary>On PUBREL.</summary>
    [Key("A")] A,

    /// <summary>On PUBLISH.</summary>
    [Key("B")] B,
}

/// <summary>A Will Message.</summary>
public sealed record WillMessage
{
    /// <summary>Its topic.</summary>
    [Text(TextKind.TopicName)] public required string Topic { get; init; }

    /// <summary>Its payload, as UTF-8.</summary>
    public string Payload { get; init; } = "";

    /// <summary>Its QoS.</summary>
    [Key("qos"), Within(0, 2)] public int QoS { get; init; }

    /// <summary>Whether it is retained.</summary>
    public bool Retain { get; init; }

    /// <summary>Will Delay Interval, in whole seconds.</summary>
    public Duration? Delay { get; init; }
}

/// <summary>One filter of a SUBSCRIBE.</summary>
public sealed record SubscriptionRequest
{
    /// <summary>The topic filter.</summary>
    [Text(TextKind.TopicFilter)] public required string Filter { get; init; }

    /// <summary>Maximum QoS.</summary>
    [Key("qos"), Within(0, 2)] public int QoS { get; init; }

    /// <summary>No Local.</summary>
    public bool NoLocal { get; init; }

    /// <summary>Retain As Published.</summary>
    public bool RetainAsPublished { get; init; }

    /// <summary>Retain Handling: 0 send, 1 send for a new subscription, 2 do not send.</summary>
    [Within(0, 2)] public int RetainHandling { get; init; }
}

/// <summary>Traffic of a group of clients.</summary>
public sealed record Workload
{
    /// <summary>What each publishes.</summary>
    public WorkloadPublish? Publish { get; init; }

    /// <summary>What each subscribes to.</summary>
    public IReadOnlyList<SubscriptionRequest> Subscribe { get; init; } = [];

    /// <summary>The stretch over which the group connects, evenly.</summary>
    public Duration? Start { get; init; }
}

/// <summary>A stream of messages from each client of a group.</summary>
public sealed record WorkloadPublish
{
    /// <summary>The topic, with $broker, $client and $index.</summary>
    [Text(TextKind.TopicName)] public required string Topic { get; init; }

    /// <summary>The QoS.</summary>
    [Key("qos"), Within(0, 2)] public int QoS { get; init; }

    /// <summary>Whether messages are retained.</summary>
    public bool Retain { get; init; }

    /// <summary>Time between messages.</summary>
    public required Duration Every { get; init; }

    /// <summary>How much each interval may differ, as a share of it.</summary>
    public Ratio? Jitter { get; init; }

    /// <summary>Size of each payload.</summary>
    public ByteRange? Size { get; init; }

    /// <summary>How many; without end when absent.</summary>
    [Within(1, int.MaxValue)] public int? Count { get; init; }
}
