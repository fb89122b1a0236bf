using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Scenarios.Model;

/// <summary>A point of the run that is told by what happens, not by a time.</summary>
[Choice]
public abstract record Trigger
{
    /// <summary>Which occurrence.</summary>
    [Within(1, int.MaxValue)] public int Nth { get; init; } = 1;
}

/// <summary>A packet at a stage of its way.</summary>
[Case("packet")]
public sealed record PacketTrigger : Trigger
{
    /// <summary>The type of packet.</summary>
    public required PacketName Packet { get; init; }

    /// <summary>Which way, seen from the broker.</summary>
    public required Direction Dir { get; init; }

    /// <summary>The connection, `client#n`; any when absent.</summary>
    [Refers(ReferenceKind.Connection)] public string? Conn { get; init; }

    /// <summary>How far it is.</summary>
    public PacketStage Stage { get; init; } = PacketStage.Sent;
}

/// <summary>A type of packet.</summary>
public enum PacketName
{
    /// <summary>CONNECT.</summary>
    [Key("CONNECT")] Connect = 1,

    /// <summary>CONNACK.</summary>
    [Key("CONNACK")] ConnAck,

    /// <summary>PUBLISH.</summary>
    [Key("PUBLISH")] Publish,

    /// <summary>PUBACK.</summary>
    [Key("PUBACK")] PubAck,

    /// <summary>PUBREC.</summary>
    [Key("PUBREC")] PubRec,

    /// <summary>PUBREL.</summary>
    [Key("PUBREL")] PubRel,

    /// <summary>PUBCOMP.</summary>
    [Key("PUBCOMP")] PubComp,

    /// <summary>SUBSCRIBE.</summary>
    [Key("SUBSCRIBE")] Subscribe,

    /// <summary>SUBACK.</summary>
    [Key("SUBACK")] SubAck,

    /// <summary>UNSUBSCRIBE.</summary>
    [Key("UNSUBSCRIBE")] Unsubscribe,

    /// <summary>UNSUBACK.</summary>
    [Key("UNSUBACK")] UnsubAck,

    /// <summary>PINGREQ.</summary>
    [Key("PINGREQ")] PingReq,

    /// <summary>PINGRESP.</summary>
    [Key("PINGRESP")] PingResp,

    /// <summary>DISCONNECT.</summary>
    [Key("DISCONNECT")] Disconnect,

    /// <summary>AUTH.</summary>
    [Key("AUTH")] Auth,
}

/// <summary>Which way a packet goes, seen from the broker.</summary>
public enum Direction
{
    /// <summary>To the broker.</summary>
    In,

    /// <summary>From the broker.</summary>
    Out,
}

/// <summary>How far a packet is.</summary>
public enum PacketStage
{
    /// <summary>Decided on, and not handed to the link.</summary>
    BeforeSend,

    /// <summary>Handed to the link.</summary>
    Sent,

    /// <summary>Read by the peer.</summary>
    Received,
}

/// <summary>An operation of a broker's disk.</summary>
[Case("disk")]
public sealed record DiskTrigger : Trigger
{
    /// <summary>How far it is.</summary>
    public required DiskStage Disk { get; init; }

    /// <summary>What is written, such as inbound_qos2, or "open" and "close" of the store itself; any commit when absent.</summary>
    [Text(TextKind.StoreTag)] public string? Tag { get; init; }

    /// <summary>The broker; any when absent.</summary>
    [Refers(ReferenceKind.Broker)] public string? Node { get; init; }
}

/// <summary>How far a write is.</summary>
public enum DiskStage
{
    /// <summary>Asked for.</summary>
    Submit,

    /// <summary>Written.</summary>
    Written,

    /// <summary>Synced.</summary>
    Synced,
}

/// <summary>A number of the world's state that becomes what is asked.</summary>
[Case("state")]
public sealed record StateTrigger : Trigger
{
    /// <summary>The path of a number, such as session(c).inflight.</summary>
    [Text(TextKind.StatePath), Refers(ReferenceKind.State)] public required string State { get; init; }

    /// <summary>What it must become.</summary>
    public required Comparison Is { get; init; }
}

/// <summary>Something that the broker decides.</summary>
[Case("event")]
public sealed record EventTrigger : Trigger
{
    /// <summary>The event, such as will_armed.</summary>
    [Text(TextKind.Event)] public required string Event { get; init; }

    /// <summary>The client it is about; any when absent.</summary>
    [Refers(ReferenceKind.Client)] public string? Client { get; init; }
}

/// <summary>Messages that clients have got.</summary>
[Case("delivered")]
public sealed record DeliveredTrigger : Trigger
{
    /// <summary>Which messages, and how many.</summary>
    public required DeliveredCount Delivered { get; init; }
}

/// <summary>A number of messages that clients have got.</summary>
public sealed record DeliveredCount
{
    /// <summary>The topics.</summary>
    [Text(TextKind.TopicFilter)] public required string Topic { get; init; }

    /// <summary>The client that got them; any when absent.</summary>
    [Refers(ReferenceKind.Client)] public string? Client { get; init; }

    /// <summary>How many.</summary>
    [Within(1, int.MaxValue)] public int Count { get; init; } = 1;
}
