using Orrery.Actors.Cells;
using Orrery.Actors.Extensions;

namespace Orrery.Actors.Deterministic;

/// <summary>Another queue, in which some actors let others go first.</summary>
internal sealed class StarvingQueue(IReadyQueue inner) : IReadyQueue
{
    private readonly List<Starvation> _starvations = [];
    private readonly List<(ActorCell Cell, Starvation By)> _waiting = [];   // in the order in which their turns came

    // Who waits even alone is not ready.
    public int Count => inner.Count + _waiting.Count(waiting => !waiting.By.IsEvenAlone);

    public void Add(ActorCell cell) => inner.Add(cell);

    /// <summary>Lets one more actor starve.</summary>
    public void Starve(Starvation starvation) => _starvations.Add(starvation);

    /// <summary>Lets it starve no longer.</summary>
    public void End(Starvation starvation)
    {
        starvation.End();
        Release();
    }

    public ActorCell? Take()
    {
        while (inner.Count > 0)
        {
            if (inner.Take() is not { } cell) break;
            if (_starvations.Find(starvation => starvation.Takes(cell)) is { } starvation)
            {
                _waiting.Add((cell, starvation));
                continue;
            }

            if (_waiting.Count > 0) CountTurn();
            return cell;
        }

        // Nobody else wants a turn, so a fair order has no other choice.
        var next = _waiting.FindIndex(waiting => !waiting.By.IsEvenAlone);
        if (next < 0) return null;
        var alone = _waiting[next].Cell;
        _waiting.RemoveAt(next);
        return alone;
    }

    private void CountTurn()
    {
        foreach (var (_, starvation) in _waiting) starvation.Count();
        Release();
    }

    private void Release()
    {
        _starvations.RemoveAll(starvation => starvation.IsOver);
        foreach (var (cell, starvation) in _waiting)
        {
            if (starvation.IsOver) inner.Add(cell);
        }

        _waiting.RemoveAll(waiting => waiting.By.IsOver);
    }
}
