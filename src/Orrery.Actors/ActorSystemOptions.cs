namespace Orrery.Actors;

/// <summary>How a system is set up.</summary>
public sealed record ActorSystemOptions
{
    /// <summary>Plain messages that an actor handles before it makes room for others that wait for a thread.</summary>
    /// <value>1 or more. Default: 100, so that one busy actor cannot starve the rest.</value>
    public int Throughput { get; init; } = 100;

    /// <summary>What the random streams start from.</summary>
    /// <value>Null (the default) takes it from the operating system; <c>system.Seed()</c> says what it was.</value>
    public ulong? Seed { get; init; }
}
