using Orrery.Actors.Cells;
using Orrery.Actors.Extensions;

namespace Orrery.Actors.Deterministic;

/// <summary>Any of those waiting, each as likely as another.</summary>
internal sealed class RandomQueue(IRandomStream random) : IReadyQueue
{
    private readonly List<ActorCell> _cells = [];

    public int Count => _cells.Count;

    public void Add(ActorCell cell) => _cells.Add(cell);

    public ActorCell? Take()
    {
        var index = random.NextInt32(_cells.Count);
        var cell = _cells[index];
        _cells[index] = _cells[^1];
        _cells.RemoveAt(_cells.Count - 1);
        return cell;
    }
}
