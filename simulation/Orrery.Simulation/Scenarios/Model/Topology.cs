using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Scenarios.Model;

/// <summary>The brokers, clients and what joins them.</summary>
public sealed record Topology
{
    /// <summary>Brokers, or kinds of generated brokers, by name. They share nothing unless bridges join them.</summary>
    [Text(TextKind.Name)] public NameDictionary<BrokerNode> Brokers { get; init; } = new([]);

    /// <summary>Links by name or by ends, `sensor->b1`; `default` is for all others, `client` and `bridge` for those of a kind.</summary>
    [Refers(ReferenceKind.Link)] public NameDictionary<Link> Links { get; init; } = new([]);

    /// <summary>Clients, or groups of them, by name.</summary>
    [Text(TextKind.Name)] public NameDictionary<ClientNode> Clients { get; init; } = new([]);

    /// <summary>Brokers by rule in place of by name.</summary>
    public Generate? Generate { get; init; }

    /// <summary>Bridges by their ends, `b1->b2`; in a generated tree `child->parent` stands for every one.</summary>
    public NameDictionary<Bridge> Bridges { get; init; } = new([]);
}

/// <summary>One broker, or one kind of generated broker.</summary>
public sealed record BrokerNode
{
    /// <summary>What its store survives.</summary>
    public Persistence Persistence { get; init; } = Persistence.Memory;

    /// <summary>How the disk below its store behaves; absent for a good one that may keep any part of what was not synced.</summary>
    public Disk? Disk { get; init; }

    /// <summary>Limits that differ from the broker's defaults.</summary>
    public Limits? Limits { get; init; }

    /// <summary>Whose turn it is among its actors; what a broker on many threads may do, it does in one of these orders.</summary>
    public TurnOrder Order { get; init; } = TurnOrder.Fifo;

    /// <summary>Whether its host reads and writes in small pieces now and then, and lets what arrives wait a little.</summary>
    public bool Buggify { get; init; }

    /// <summary>The most that its timers are late.</summary>
    public Duration? TimerLateness { get; init; }
}

/// <summary>Whose turn it is among actors that are ready at one instant.</summary>
public enum TurnOrder
{
    /// <summary>First come, first served.</summary>
    Fifo,

    /// <summary>Any, each as likely as another.</summary>
    Random,

    /// <summary>By random priorities that change a few times.</summary>
    Priority,
}

/// <summary>How a disk behaves, also when power is lost.</summary>
public sealed record Disk
{
    /// <summary>Sector within which a write at the moment of the crash may be torn; absent for whole writes.</summary>
    public ByteSize? TornWrite { get; init; }

    /// <summary>What is left of writes that were not synced.</summary>
    public Unsynced Unsynced { get; init; } = Unsynced.AnySubset;

    /// <summary>How long a read takes; absent for no time, as from a cache.</summary>
    public Delay? Read { get; init; }

    /// <summary>How long a write takes, into the system's cache; absent for 5 µs.</summary>
    public Delay? Write { get; init; }

    /// <summary>How long a sync takes; absent for 500 µs, as on a good solid-state disk.</summary>
    public Delay? Sync { get; init; }

    /// <summary>How many bytes all files may take; absent for no limit.</summary>
    public ByteSize? Capacity { get; init; }
}

/// <summary>What a power loss leaves of writes that were not synced.</summary>
public enum Unsynced
{
    /// <summary>Any of them, in any order between barriers.</summary>
    AnySubset,

    /// <summary>The first so many.</summary>
    Prefix,

    /// <summary>None.</summary>
    None,

    /// <summary>All.</summary>
    All,
}

/// <summary>Limits of a broker; absent for its default.</summary>
public sealed record Limits
{
    /// <summary>Clients at once.</summary>
    [Within(1, int.MaxValue)] public int? Connections { get; init; }

    /// <summary>Sessions, with and without a client.</summary>
    [Within(1, int.MaxValue)] public int? Sessions { get; init; }

    /// <summary>Messages queued for a session.</summary>
    [Within(1, int.MaxValue)] public int? Queue { get; init; }

    /// <summary>Bytes queued for a session.</summary>
    public ByteSize? QueueBytes { get; init; }

    /// <summary>Unacknowledged messages to a session.</summary>
    [Within(1, 65_535)] public int? InFlight { get; init; }

    /// <summary>Receive Maximum that the broker announces.</summary>
    [Within(1, 65_535)] public int? ReceiveMaximum { get; init; }

    /// <summary>The largest packet that the broker takes.</summary>
    public ByteSize? Packet { get; init; }

    /// <summary>Retained messages.</summary>
    [Within(0, int.MaxValue)] public int? Retained { get; init; }

    /// <summary>Bytes of retained messages.</summary>
    public ByteSize? RetainedBytes { get; init; }

    /// <summary>Subscriptions of a session.</summary>
    [Within(1, int.MaxValue)] public int? Subscriptions { get; init; }

    /// <summary>The longest keep-alive; longer ones are answered with this one.</summary>
    public Duration? KeepAlive { get; init; }

    /// <summary>The longest session expiry interval.</summary>
    public Duration? SessionExpiry { get; init; }
}

/// <summary>A byte stream between two nodes, with the same values in both directions.</summary>
public sealed record Link
{
    /// <summary>How long a byte is on its way.</summary>
    public Delay? Latency { get; init; }

    /// <summary>How many bytes pass in a second; absent for no limit.</summary>
    public ByteRate? Bandwidth { get; init; }

    /// <summary>The send buffer of each end; a full one is what a slow peer looks like.</summary>
    public ByteSize? Buffer { get; init; }

    /// <summary>The largest piece that arrives at once, in bytes.</summary>
    public ByteSize? Segment { get; init; }

    /// <summary>When the sending system gives up on a peer that acknowledges nothing, and resets.</summary>
    public Duration? GiveUp { get; init; }
}

/// <summary>A time that is fixed, or drawn: `5ms`, or a least time and an exponential tail.</summary>
[Shorthand("fixed")]
[OneOf("fixed", "exp_mean")]
[OneOf("fixed", "min", IsOptional = true)]
[OneOf("fixed", "max", IsOptional = true)]
public sealed record Delay
{
    /// <summary>The same each time.</summary>
    public Duration? Fixed { get; init; }

    /// <summary>The mean of the exponential distribution, counted from `min`.</summary>
    public Duration? ExpMean { get; init; }

    /// <summary>The least.</summary>
    public Duration? Min { get; init; }

    /// <summary>The greatest.</summary>
    public Duration? Max { get; init; }
}

/// <summary>Brokers by rule.</summary>
public sealed record Generate
{
    /// <summary>How they are joined.</summary>
    public required Shape Shape { get; init; }

    /// <summary>Children of each broker of a tree.</summary>
    [Within(1, 1_000)] public int? Fanout { get; init; }

    /// <summary>Levels below the root of a tree.</summary>
    [Within(1, 16)] public int? Depth { get; init; }

    /// <summary>Brokers of any other shape.</summary>
    [Within(1, 1_000_000)] public int? Count { get; init; }

    /// <summary>The kind of broker, from `brokers`.</summary>
    [Refers(ReferenceKind.Broker)] public required string Broker { get; init; }
}

/// <summary>How generated brokers are joined.</summary>
public enum Shape
{
    /// <summary>Not at all.</summary>
    Isolated,

    /// <summary>Each to its parent.</summary>
    Tree,

    /// <summary>Each to the first.</summary>
    Star,

    /// <summary>Each to the next.</summary>
    Line,

    /// <summary>Each to the next, and the last to the first.</summary>
    Ring,

    /// <summary>Each to every other.</summary>
    Mesh,
}

/// <summary>A bridge from one broker to another.</summary>
public sealed record Bridge
{
    /// <summary>What it carries.</summary>
    public required IReadOnlyList<BridgeTopic> Topics { get; init; }

    /// <summary>Whether a message that came over a bridge is kept from going back.</summary>
    public bool LoopGuard { get; init; } = true;
}

/// <summary>A filter that a bridge carries.</summary>
public sealed record BridgeTopic
{
    /// <summary>The topics.</summary>
    [Text(TextKind.TopicFilter)] public required string Filter { get; init; }

    /// <summary>The greatest QoS over the bridge.</summary>
    [Key("qos"), Within(0, 2)] public int QoS { get; init; }

    /// <summary>Which way, seen from the broker that is named first.</summary>
    public BridgeDirection Direction { get; init; } = BridgeDirection.Out;
}

/// <summary>Which way a bridge carries.</summary>
public enum BridgeDirection
{
    /// <summary>To the second broker.</summary>
    Out,

    /// <summary>From it.</summary>
    In,

    /// <summary>Both ways.</summary>
    Both,
}
