namespace Orrery.Broker.Persistence;

/// <summary>How a broker's store is.</summary>
public enum StoreState
{
    /// <summary>There is none: what the broker holds ends with its process.</summary>
    None,

    /// <summary>It tells what it kept. Nobody is served yet.</summary>
    Opening,

    /// <summary>It takes changes.</summary>
    Working,

    /// <summary>There is no room. What it was told waits and is tried again; new durable work is refused with 0x97.</summary>
    Full,

    /// <summary>It is given up until the broker starts again: durable work is refused, and was not acknowledged.</summary>
    Failed,
}

/// <summary>How a broker's store is, in words too. Immutable.</summary>
/// <param name="State">How it is.</param>
/// <param name="Message">Why, for the operator; empty while it works.</param>
public sealed record StoreHealth(StoreState State, string Message)
{
    /// <summary>A broker without a store.</summary>
    public static StoreHealth None { get; } = new(StoreState.None, "");

    /// <summary>A store that takes changes.</summary>
    public static StoreHealth Working { get; } = new(StoreState.Working, "");
}
