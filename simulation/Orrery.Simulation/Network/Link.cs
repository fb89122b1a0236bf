using Orrery.Simulation.Kernel;

namespace Orrery.Simulation.Network;

/// <summary>Which way bytes go on a link.</summary>
internal enum Direction
{
    /// <summary>From who asked for the connection to who listens.</summary>
    ToListener,

    /// <summary>Back.</summary>
    ToCaller,
}

/// <summary>The path between a caller and a listener, with all connections on it.</summary>
/// <remarks>A blocked direction loses nothing for good while the systems repeat what is not acknowledged: what was held arrives in
/// one burst when it opens. Clogs, partitions and silent peers are all of them directions blocked for a time.</remarks>
internal sealed class Link(SimulationKernel kernel, string name, LinkOptions options, IStreamListener listener) : EventTarget(name)
{
    private const int OpenKind = 0;

    private int _blocksToListener;
    private int _blocksToCaller;
    private readonly List<StreamConnection> _connections = [];
    private int _opened;

    /// <summary>How the link behaves; a change counts from the next segment, for open connections too.</summary>
    public LinkOptions Options { get; set; } = options;

    /// <summary>What happens to requests for connections on this link (N8); null as the listener says.</summary>
    public ListenerMode? RequestMode { get; set; }

    /// <summary>How many bytes in a million get a bit flipped (N11). Default: 0, which draws nothing.</summary>
    public int CorruptPerMillion { get; set; }

    /// <summary>What it shares with all links of the world.</summary>
    public Ether Ether { get; } = Ether.Of(kernel);

    /// <summary>Connections that are not over at both ends, in the order they were opened.</summary>
    public IReadOnlyList<StreamConnection> Connections => _connections;

    /// <summary>Asks for a connection. The owner learns the answer later.</summary>
    /// <param name="owner">Who holds the caller's end.</param>
    /// <param name="name">The connection's name; null for the link's and a number.</param>
    /// <param name="tap">Who watches it; null for nobody.</param>
    public StreamEnd Connect(IStreamOwner owner, string? name = null, IStreamTap? tap = null)
    {
        var connection = new StreamConnection(kernel, this, listener, name ?? $"{Name}#{++_opened}") { Tap = tap };
        _connections.Add(connection);
        connection.Call(owner);
        return connection.Caller;
    }

    /// <summary>Whether nothing passes in a direction now.</summary>
    public bool IsBlocked(Direction direction) => Blocks(direction) > 0;

    /// <summary>Lets nothing pass in a direction (N4, N5, N6). Blocks add up: each needs its own <see cref="Unblock"/>.</summary>
    /// <param name="direction">Which.</param>
    /// <param name="nanoseconds">For how long; null until it is undone.</param>
    public void Block(Direction direction, long? nanoseconds = null)
    {
        Blocks(direction)++;
        kernel.Observe(Name, "block", $"{direction}", (ulong)direction);
        if (nanoseconds is { } time) kernel.Schedule(kernel.NowNanoseconds + time, EventClass.Script, this, OpenKind, (long)direction);
    }

    /// <summary>Undoes one <see cref="Block"/>.</summary>
    public void Unblock(Direction direction)
    {
        if (Blocks(direction) == 0) throw new InvalidOperationException($"{Name} is not blocked in direction {direction}.");
        kernel.Observe(Name, "unblock", $"{direction}", (ulong)direction);
        if (--Blocks(direction) > 0) return;
        foreach (var connection in _connections)
        {
            connection.OnUnblocked(direction);
        }
    }

    /// <inheritdoc/>
    public override string Describe(int kind) => "block ends";

    /// <inheritdoc/>
    public override void OnEvent(int kind, long argument, object? state) => Unblock((Direction)argument);

    /// <summary>A connection is over at both ends.</summary>
    internal void Forget(StreamConnection connection) => _connections.Remove(connection);

    private ref int Blocks(Direction direction) => ref direction == Direction.ToListener ? ref _blocksToListener : ref _blocksToCaller;
}
