using Orrery.Actors.Cells;

namespace Orrery.Actors.Deterministic;

/// <summary>The actors that wait for a turn, and the rule by which one of them is chosen.</summary>
internal interface IReadyQueue
{
    /// <summary>Actors waiting.</summary>
    int Count { get; }

    /// <summary>Adds an actor that is not in the queue.</summary>
    void Add(ActorCell cell);

    /// <summary>Takes out the actor whose turn it is; only called when the count is not 0.</summary>
    /// <returns>Null if none of them may have a turn now.</returns>
    ActorCell? Take();
}

/// <summary>First come, first served.</summary>
internal sealed class FifoQueue : IReadyQueue
{
    private readonly Queue<ActorCell> _cells = new();

    public int Count => _cells.Count;

    public void Add(ActorCell cell) => _cells.Enqueue(cell);

    public ActorCell? Take() => _cells.Dequeue();
}
