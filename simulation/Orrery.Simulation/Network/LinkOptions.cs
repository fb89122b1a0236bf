namespace Orrery.Simulation.Network;

/// <summary>How a link and the operating systems at its ends behave. Times are virtual nanoseconds.</summary>
internal sealed record LinkOptions
{
    /// <summary>The least time that a segment takes (N1). Default: 0.</summary>
    public long LatencyNanoseconds { get; init; }

    /// <summary>The mean of what chance adds to it, exponentially (N1). Default: 0, which draws nothing.</summary>
    public long JitterMeanNanoseconds { get; init; }

    /// <summary>The longest that the two make together (N1). Default: no limit.</summary>
    public long LatencyMaxNanoseconds { get; init; } = long.MaxValue;

    /// <summary>How many segments in a million take up to <see cref="TailNanoseconds"/> longer (N1). Default: 0.</summary>
    public int TailPerMillion { get; init; }

    /// <summary>The longest delay of the tail. Default: 5 s.</summary>
    public long TailNanoseconds { get; init; } = 5_000_000_000;

    /// <summary>The smallest segment in bytes, 1 or more, unless fewer wait (N2). Default: 1,460, Ethernet's.</summary>
    public int SegmentBytesMin { get; init; } = 1_460;

    /// <summary>The largest segment in bytes (N2). Default: 1,460. Each size between them is as likely as another.</summary>
    public int SegmentBytesMax { get; init; } = 1_460;

    /// <summary>Bandwidth of each direction in bytes a second (N3). Default: 0, no limit.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>What a sender's system keeps of bytes not yet acknowledged (N3). Default: 256 KiB.</summary>
    public int SendBufferBytes { get; init; } = 256 * 1024;

    /// <summary>What a receiver's system keeps of bytes not yet read; when full, nothing more is sent (N3). Default: 64 KiB.</summary>
    public int ReceiveBufferBytes { get; init; } = 64 * 1024;

    /// <summary>How long a system waits for a peer to acknowledge anything before it gives the connection up (N6).</summary>
    /// <value>Default: 15 min, about Linux's; Windows gives up after some 90 s, macOS after 7.5 min.</value>
    public long GiveUpNanoseconds { get; init; } = 900_000_000_000;

    /// <summary>How long a system waits for an answer to a connection request (N8). Default: 127 s, Linux's.</summary>
    public long ConnectGiveUpNanoseconds { get; init; } = 127_000_000_000;

    /// <summary>The silence after which a translator of addresses forgets a connection, whose segments then vanish (N9).</summary>
    /// <value>Default: 0, never.</value>
    public long IdleDropNanoseconds { get; init; }
}
