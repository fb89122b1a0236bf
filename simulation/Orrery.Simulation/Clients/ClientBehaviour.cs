using Orrery.Mqtt.Packets;
using Orrery.Simulation.Kernel;

namespace Orrery.Simulation.Clients;

/// <summary>What a client model does beside what its options ask of the server. Times are virtual nanoseconds.</summary>
internal sealed record ClientBehaviour
{
    /// <summary>A client that does nothing else.</summary>
    public static ClientBehaviour Plain { get; } = new();

    /// <summary>How long after the loss of a connection it connects again; null for never.</summary>
    public DelayDraw? Reconnect { get; init; }

    /// <summary>Whether its session state outlives a crash of its own (C1).</summary>
    public bool KeepsState { get; init; }

    /// <summary>What it subscribes to after each CONNACK without a session.</summary>
    public IReadOnlyList<Subscription> AutoSubscribe { get; init; } = [];

    /// <summary>How long it takes to acknowledge; null for at once (C2).</summary>
    public DelayDraw? AcknowledgeAfter { get; init; }

    /// <summary>How many bytes it reads in a second; null for no limit (C2).</summary>
    public long? ReadBytesPerSecond { get; init; }

    /// <summary>How fast its clock runs, as a fraction (C6).</summary>
    public (long Numerator, long Denominator) ClockRate { get; init; } = (1, 1);
}

/// <summary>A time that is fixed, or a least time and an exponential one on top of it.</summary>
/// <param name="MinNanoseconds">The least, and all of it where the mean is 0.</param>
/// <param name="MeanNanoseconds">The mean of what chance adds; 0 draws nothing.</param>
/// <param name="MaxNanoseconds">The greatest; <see cref="long.MaxValue"/> for no limit.</param>
internal sealed record DelayDraw(long MinNanoseconds, long MeanNanoseconds = 0, long MaxNanoseconds = long.MaxValue)
{
    /// <summary>The next one.</summary>
    public long Next(RandomSource chance) =>
        MeanNanoseconds == 0 ? MinNanoseconds : Math.Min(MaxNanoseconds, MinNanoseconds + chance.Exponential(MeanNanoseconds));
}
