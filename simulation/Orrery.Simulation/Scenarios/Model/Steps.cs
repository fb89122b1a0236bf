using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Scenarios.Model;

/// <summary>Something that happens at a time, some time after the step before, or upon a trigger.</summary>
[Choice(By = "do")]
[OneOf("at", "after", "when")]
[Needs("else", "when")]
public abstract record Step
{
    /// <summary>Absolute virtual time.</summary>
    public Duration? At { get; init; }

    /// <summary>Time since the previous step.</summary>
    public Duration? After { get; init; }

    /// <summary>What it waits for.</summary>
    public Trigger? When { get; init; }

    /// <summary>The trigger where a target cannot see the one of `when`.</summary>
    public Trigger? Else { get; init; }

    /// <summary>A name, by which a fault is healed and reports speak of the step.</summary>
    [Text(TextKind.Name)] public string? Id { get; init; }

    /// <summary>What must come of it.</summary>
    [OneOrMany] public IReadOnlyList<Expectation> Expect { get; init; } = [];
}

/// <summary>A step of one client.</summary>
public abstract record ClientStep : Step
{
    /// <summary>The client or group.</summary>
    [Refers(ReferenceKind.Client)] public required string Client { get; init; }
}

/// <summary>Opens a connection and sends CONNECT.</summary>
[Case("connect")]
public sealed record ConnectStep : ClientStep
{
    /// <summary>Clean Start, where it differs from the client's.</summary>
    public bool? CleanStart { get; init; }

    /// <summary>The address it comes from; a new one makes it a second owner of its client identifier.</summary>
    public string? Address { get; init; }

    /// <summary>True opens the connection and sends nothing on it, not even CONNECT.</summary>
    public bool Silent { get; init; }
}

/// <summary>Ends a connection.</summary>
[Case("disconnect")]
public sealed record DisconnectStep : ClientStep
{
    /// <summary>How.</summary>
    public DisconnectKind Kind { get; init; } = DisconnectKind.Packet;

    /// <summary>Reason Code of DISCONNECT.</summary>
    [Within(0, 255)] public int Code { get; init; }

    /// <summary>Session Expiry Interval in DISCONNECT.</summary>
    public Duration? SessionExpiry { get; init; }
}

/// <summary>How a client ends a connection.</summary>
public enum DisconnectKind
{
    /// <summary>By DISCONNECT, then FIN.</summary>
    Packet,

    /// <summary>By FIN alone.</summary>
    Fin,

    /// <summary>By RST.</summary>
    Reset,
}

/// <summary>Sends SUBSCRIBE.</summary>
[Case("subscribe")]
[OneOf("filter", "filters")]
[OneOf("filters", "qos", IsOptional = true)]
public sealed record SubscribeStep : ClientStep
{
    /// <summary>The only filter.</summary>
    [Text(TextKind.TopicFilter)] public string? Filter { get; init; }

    /// <summary>Maximum QoS of the only filter.</summary>
    [Key("qos"), Within(0, 2)] public int QoS { get; init; }

    /// <summary>Several filters, or one with options.</summary>
    public IReadOnlyList<SubscriptionRequest> Filters { get; init; } = [];

    /// <summary>Subscription Identifier.</summary>
    [Within(1, 268_435_455)] public int? Identifier { get; init; }
}

/// <summary>Sends UNSUBSCRIBE.</summary>
[Case("unsubscribe")]
public sealed record UnsubscribeStep : ClientStep
{
    /// <summary>One filter, or several.</summary>
    [OneOrMany, Text(TextKind.TopicFilter)] public required IReadOnlyList<string> Filter { get; init; }
}

/// <summary>Sends PUBLISH, once or in a row.</summary>
[Case("publish")]
[OneOf("payload", "size", IsOptional = true)]
public sealed record PublishStep : ClientStep
{
    /// <summary>The topic.</summary>
    [Text(TextKind.TopicName)] public required string Topic { get; init; }

    /// <summary>The payload as UTF-8; numbered texts when neither this nor `size` is there.</summary>
    public string? Payload { get; init; }

    /// <summary>Size of a payload that is drawn.</summary>
    public ByteRange? Size { get; init; }

    /// <summary>The QoS.</summary>
    [Key("qos"), Within(0, 2)] public int QoS { get; init; }

    /// <summary>Whether it is retained.</summary>
    public bool Retain { get; init; }

    /// <summary>The DUP flag.</summary>
    public bool Duplicate { get; init; }

    /// <summary>How many messages.</summary>
    [Within(1, int.MaxValue)] public int Count { get; init; } = 1;

    /// <summary>Time between them; all at once when absent.</summary>
    public Duration? Every { get; init; }

    /// <summary>Packet Identifier, where the client's next one will not do.</summary>
    [Within(1, 65_535)] public int? PacketIdentifier { get; init; }

    /// <summary>Message Expiry Interval, in whole seconds.</summary>
    public Duration? Expiry { get; init; }

    /// <summary>Content Type.</summary>
    public string? ContentType { get; init; }

    /// <summary>Response Topic.</summary>
    [Text(TextKind.TopicName)] public string? ResponseTopic { get; init; }

    /// <summary>Correlation Data, as UTF-8.</summary>
    public string? Correlation { get; init; }

    /// <summary>Topic Alias.</summary>
    [Within(1, 65_535)] public int? TopicAlias { get; init; }

    /// <summary>User Properties.</summary>
    public NameDictionary<string> User { get; init; } = new([]);
}

/// <summary>Sends acknowledgements that were held.</summary>
[Case("ack")]
public sealed record AckStep : ClientStep
{
    /// <summary>Which packets; all when empty.</summary>
    [OneOrMany] public IReadOnlyList<PacketName> Packet { get; init; } = [];

    /// <summary>How many, oldest first; all when absent.</summary>
    [Within(1, 65_535)] public int? Count { get; init; }

    /// <summary>The one packet identifier.</summary>
    [Within(1, 65_535)] public int? PacketIdentifier { get; init; }

    /// <summary>Reason Code.</summary>
    [Within(0, 255)] public int Code { get; init; }
}

/// <summary>Stops acknowledging.</summary>
[Case("hold_acks")]
public sealed record HoldAcksStep : ClientStep
{
    /// <summary>Which packets; all when empty.</summary>
    [OneOrMany] public IReadOnlyList<PacketName> Packet { get; init; } = [];

    /// <summary>How long; until `ack` when absent.</summary>
    public Duration? For { get; init; }
}

/// <summary>Sends any bytes.</summary>
[Case("send_raw")]
public sealed record SendRawStep : ClientStep
{
    /// <summary>The bytes as hexadecimal digits.</summary>
    [Text(TextKind.Hex)] public required string Hex { get; init; }
}

/// <summary>Sends PINGREQ.</summary>
[Case("ping")]
public sealed record PingStep : ClientStep;

/// <summary>Does nothing: a place in time for what follows and for `expect`.</summary>
[Case("wait")]
public sealed record WaitStep : Step;

/// <summary>Checks the state of the world.</summary>
[Case("assert")]
public sealed record AssertStep : Step
{
    /// <summary>The path of a number, such as session(c).inflight.</summary>
    [Text(TextKind.StatePath), Refers(ReferenceKind.State)] public required string State { get; init; }

    /// <summary>What it must be.</summary>
    public required Comparison Is { get; init; }
}

/// <summary>Keeps the state of the world for the report.</summary>
[Case("snapshot")]
public sealed record SnapshotStep : Step
{
    /// <summary>Names the snapshot in the report.</summary>
    public required string Name { get; init; }
}

/// <summary>Ends a fault.</summary>
[Case("heal")]
[OneOf("id", "all")]
public sealed record HealStep : Step
{
    /// <summary>The fault that ends.</summary>
    [Refers(ReferenceKind.Fault)] public new string? Id { get; init; }

    /// <summary>True ends every fault.</summary>
    public bool All { get; init; }
}

/// <summary>Switches a bridge.</summary>
[Case("bridge")]
public sealed record BridgeStep : Step
{
    /// <summary>The bridge, by its ends.</summary>
    [Refers(ReferenceKind.Bridge)] public required string Bridge { get; init; }

    /// <summary>Whether it runs.</summary>
    public required bool Up { get; init; }
}
