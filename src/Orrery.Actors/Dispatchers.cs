namespace Orrery.Actors;

/// <summary>The ids of the dispatchers. A deterministic system runs all of them on its one thread.</summary>
public static class Dispatchers
{
    /// <summary>The thread pool.</summary>
    public const string DefaultDispatcherId = "akka.actor.default-dispatcher";

    /// <summary>A thread for this actor alone, for one that blocks, such as a writer of files.</summary>
    public const string PinnedDispatcherId = "pinned-dispatcher";
}
