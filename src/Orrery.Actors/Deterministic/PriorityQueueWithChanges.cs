using Orrery.Actors.Cells;
using Orrery.Actors.Extensions;

namespace Orrery.Actors.Deterministic;

/// <summary>Always the actor of the highest priority; priorities are random, and change at d random steps.</summary>
/// <remarks>
/// Probabilistic concurrency testing (Burckhardt et al., ASPLOS 2010): an actor gets a random priority above d when it is
/// first seen; at the i-th of d steps drawn from the first k, the actor that is about to run drops to priority i. A bug that
/// needs d ordering constraints is found with a probability of at least 1/(n k^(d-1)), however rare its interleaving is.
/// </remarks>
internal sealed class PriorityQueueWithChanges : IReadyQueue
{
    private readonly IRandomStream _random;
    private readonly PriorityQueue<ActorCell, (ulong Inverse, long Arrival)> _ready = new();
    private readonly Dictionary<int, ulong> _priorities = [];
    private readonly List<long> _changeSteps = [];
    private readonly int _changes;
    private long _step;
    private long _arrival;

    public PriorityQueueWithChanges(IRandomStream random, int changes, int horizonSteps)
    {
        _random = random;
        _changes = changes;
        for (var i = 0; i < changes; i++)
        {
            _changeSteps.Add(1 + random.NextInt32(horizonSteps));
        }

        _changeSteps.Sort();
    }

    public int Count => _ready.Count;

    // The queue takes the smallest first, and does not keep equal ones in order: the arrival makes each entry unique.
    public void Add(ActorCell cell) => _ready.Enqueue(cell, (ulong.MaxValue - PriorityOf(cell), ++_arrival));

    public ActorCell? Take()
    {
        _step++;
        while (_changeSteps.Count > 0 && _changeSteps[0] <= _step)
        {
            _changeSteps.RemoveAt(0);
            var cell = _ready.Dequeue();
            // The first change is to the lowest priority but those of later changes, which go below it in turn.
            _priorities[cell.Uid] = (ulong)_changeSteps.Count;
            Add(cell);
        }

        return _ready.Dequeue();
    }

    private ulong PriorityOf(ActorCell cell)
    {
        if (!_priorities.TryGetValue(cell.Uid, out var priority))
        {
            // Above the d priorities that changes hand out.
            priority = (ulong)_changes + (_random.NextUInt64() >> 8);
            _priorities.Add(cell.Uid, priority);
        }

        return priority;
    }
}
