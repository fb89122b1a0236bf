using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Scenarios.Model;

/// <summary>A claim that a run confirms or refutes.</summary>
[Choice]
[OneOf("between", "until", IsOptional = true)]
public abstract record Expectation
{
    /// <summary>The earliest and the latest instant, `[15s, 16s]`.</summary>
    public IReadOnlyList<Duration> Between { get; init; } = [];

    /// <summary>The latest instant; the end of the run when absent.</summary>
    public Duration? Until { get; init; }

    /// <summary>How often; at least once when absent.</summary>
    public Times? Times { get; init; }
}

/// <summary>A broker ends a connection.</summary>
[Case("closed_by")]
public sealed record ClosedExpectation : Expectation
{
    /// <summary>Who ends it.</summary>
    [Refers(ReferenceKind.Node)] public required string ClosedBy { get; init; }

    /// <summary>The connection, `client#n`.</summary>
    [Refers(ReferenceKind.Connection)] public required string Conn { get; init; }

    /// <summary>Why, such as keep_alive_timeout.</summary>
    public string? Reason { get; init; }

    /// <summary>Reason Code of its DISCONNECT.</summary>
    [Within(0, 255)] public int? Code { get; init; }
}

/// <summary>A client gets messages.</summary>
[Case("delivered")]
[OneOf("times", "exactly_once", IsOptional = true)]
public sealed record DeliveredExpectation : Expectation
{
    /// <summary>Which messages.</summary>
    public required MessagePattern Delivered { get; init; }

    /// <summary>Whether each message published is got once, and none is lost.</summary>
    public bool ExactlyOnce { get; init; }

    /// <summary>Whether each message published is got.</summary>
    public bool AtLeastOnce { get; init; }

    /// <summary>The order they come in.</summary>
    public MessageOrder? Order { get; init; }
}

/// <summary>Messages that a client gets.</summary>
public sealed record MessagePattern
{
    /// <summary>The client; any when absent.</summary>
    [Refers(ReferenceKind.Client)] public string? Client { get; init; }

    /// <summary>The topics; all when absent.</summary>
    [Text(TextKind.TopicFilter)] public string? Topic { get; init; }

    /// <summary>The payload; any when absent.</summary>
    public string? Payload { get; init; }

    /// <summary>The QoS; any when absent.</summary>
    [Key("qos"), Within(0, 2)] public int? QoS { get; init; }

    /// <summary>The RETAIN flag; any when absent.</summary>
    public bool? Retain { get; init; }

    /// <summary>The Message Expiry Interval that is left, in whole seconds; any when absent.</summary>
    public Duration? Expiry { get; init; }
}

/// <summary>The order that messages come in.</summary>
public enum MessageOrder
{
    /// <summary>As their publisher sent them, for each topic and QoS (MQTT 5 §4.6).</summary>
    Publisher,
}

/// <summary>A broker is back after a crash.</summary>
[Case("recovered")]
public sealed record RecoveredExpectation : Expectation
{
    /// <summary>The broker.</summary>
    [Refers(ReferenceKind.Broker)] public required string Recovered { get; init; }

    /// <summary>What may be missing.</summary>
    public DataLoss DataLoss { get; init; } = DataLoss.None;
}

/// <summary>What may be missing after a crash.</summary>
public enum DataLoss
{
    /// <summary>Nothing that was acknowledged.</summary>
    None,

    /// <summary>What was not synced.</summary>
    Unsynced,

    /// <summary>Anything.</summary>
    All,
}

/// <summary>The answer to CONNECT.</summary>
[Case("connack")]
public sealed record ConnAckExpectation : Expectation
{
    /// <summary>What it holds.</summary>
    [Key("connack")] public required ConnAckPattern ConnAck { get; init; }

    /// <summary>The connection; the step's own when absent.</summary>
    [Refers(ReferenceKind.Connection)] public string? Conn { get; init; }
}

/// <summary>What a CONNACK holds.</summary>
public sealed record ConnAckPattern
{
    /// <summary>Reason Code, in the numbers of MQTT 5.</summary>
    [Within(0, 255)] public int Code { get; init; }

    /// <summary>Session Present; any when absent.</summary>
    public bool? SessionPresent { get; init; }
}

/// <summary>The answer to SUBSCRIBE.</summary>
[Case("suback")]
public sealed record SubAckExpectation : Expectation
{
    /// <summary>What it holds.</summary>
    [Key("suback")] public required SubAckPattern SubAck { get; init; }
}

/// <summary>What a SUBACK holds.</summary>
public sealed record SubAckPattern
{
    /// <summary>Reason Codes, one a filter.</summary>
    [Within(0, 255)] public required IReadOnlyList<int> Codes { get; init; }
}

/// <summary>A packet on its way.</summary>
[Case("packet")]
public sealed record PacketExpectation : Expectation
{
    /// <summary>The type of packet.</summary>
    public required PacketName Packet { get; init; }

    /// <summary>Which way, seen from the broker.</summary>
    public required Direction Dir { get; init; }

    /// <summary>The connection, `client#n`.</summary>
    [Refers(ReferenceKind.Connection)] public string? Conn { get; init; }

    /// <summary>Reason Code; any when absent.</summary>
    [Within(0, 255)] public int? Code { get; init; }

    /// <summary>The DUP flag; any when absent.</summary>
    public bool? Duplicate { get; init; }
}

/// <summary>A number of the world's state at the end, or within the times given.</summary>
[Case("state")]
public sealed record StateExpectation : Expectation
{
    /// <summary>The path of a number, such as session(c).inflight.</summary>
    [Text(TextKind.StatePath), Refers(ReferenceKind.State)] public required string State { get; init; }

    /// <summary>What it must be.</summary>
    public required Comparison Is { get; init; }
}
