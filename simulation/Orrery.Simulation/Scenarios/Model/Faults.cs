using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Scenarios.Model;

/// <summary>A fault of the network, of a disk, or of the order of a broker's actors. It lasts until it is healed by its id, or for a time.</summary>
[Case("fault"), Choice(By = "kind")]
public abstract record FaultStep : Step
{
    /// <summary>How long; until healed when absent.</summary>
    public Duration? For { get; init; }
}

/// <summary>A fault of one link.</summary>
public abstract record LinkFault : FaultStep
{
    /// <summary>`from->to` for one direction or the connection that `from` made, `from&lt;->to` for both, or a link's name.</summary>
    [Refers(ReferenceKind.Link)] public required string Link { get; init; }
}

/// <summary>Bytes take longer.</summary>
[Case("latency")]
public sealed record LatencyFault : LinkFault
{
    /// <summary>The latency in place of the link's.</summary>
    public required Delay Latency { get; init; }
}

/// <summary>Bytes pass more slowly.</summary>
[Case("bandwidth")]
public sealed record BandwidthFault : LinkFault
{
    /// <summary>The rate in place of the link's.</summary>
    public required ByteRate Rate { get; init; }
}

/// <summary>Bytes arrive in pieces.</summary>
[Case("segment")]
public sealed record SegmentFault : LinkFault
{
    /// <summary>The largest piece.</summary>
    public required ByteSize Size { get; init; }
}

/// <summary>Bytes wait in one direction, then burst.</summary>
[Case("clog")]
public sealed record ClogFault : LinkFault;

/// <summary>A peer vanishes: no FIN, no RST, and local writes succeed until the buffer is full.</summary>
[Case("half_open")]
public sealed record HalfOpenFault : LinkFault;

/// <summary>The connection ends by RST.</summary>
[Case("reset")]
public sealed record ResetFault : LinkFault
{
    /// <summary>How many bytes pass before; at once when absent.</summary>
    public ByteSize? AfterBytes { get; init; }
}

/// <summary>The connection ends by FIN.</summary>
[Case("fin")]
public sealed record FinFault : LinkFault
{
    /// <summary>How many bytes pass before; at once when absent.</summary>
    public ByteSize? AfterBytes { get; init; }
}

/// <summary>One direction ends by FIN; the other stays.</summary>
[Case("half_close")]
public sealed record HalfCloseFault : LinkFault;

/// <summary>New connections are refused.</summary>
[Case("refuse")]
public sealed record RefuseFault : LinkFault;

/// <summary>New connections get no answer.</summary>
[Case("hang")]
public sealed record HangFault : LinkFault;

/// <summary>A middlebox forgets connections that are idle, and drops what follows.</summary>
[Case("idle_drop")]
public sealed record IdleDropFault : LinkFault
{
    /// <summary>How long without a byte.</summary>
    public required Duration Idle { get; init; }
}

/// <summary>The client's address changes, as a middlebox does it.</summary>
[Case("rebind")]
public sealed record RebindFault : LinkFault;

/// <summary>Bits flip, which TCP rules out: for `profile: { base: hostile }` alone. Of clients on the link are judged, and that the others notice nothing.</summary>
[Case("corrupt")]
public sealed record CorruptFault : LinkFault
{
    /// <summary>The chance of each byte.</summary>
    public required Ratio Rate { get; init; }
}

/// <summary>Nodes that cannot reach each other.</summary>
[Case("partition")]
public sealed record PartitionFault : FaultStep
{
    /// <summary>Nodes of one side; all others are the other side.</summary>
    [OneOrMany, Refers(ReferenceKind.Node)] public required IReadOnlyList<string> Nodes { get; init; }

    /// <summary>True when only what these nodes send is lost.</summary>
    public bool OneWay { get; init; }
}

/// <summary>One actor of a broker waits while others get turns: an unlucky order of turns, and one that must do.</summary>
[Case("starve")]
public sealed record StarveFault : FaultStep
{
    /// <summary>The broker.</summary>
    [Refers(ReferenceKind.Broker)] public required string Node { get; init; }

    /// <summary>The first that wants a turn of these: `session(c)`, `connection(c)`, or a path below the broker such as `sessions/*`, `topics/a`.</summary>
    [Text(TextKind.Actor), Refers(ReferenceKind.Actor)] public required string Actor { get; init; }

    /// <summary>How many turns others get while it wants one; it goes sooner when nobody else does, and waits again the next time.</summary>
    [Within(1, 1_000_000)] public int Turns { get; init; } = 100;
}
