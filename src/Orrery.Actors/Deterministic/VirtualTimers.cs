using Orrery.Actors.Cells;
using Orrery.Actors.Production;

namespace Orrery.Actors.Deterministic;

/// <summary>Timers in a heap, on a clock that moves only when told to.</summary>
internal sealed class VirtualTimers(DateTimeOffset startTime, ThreadOwner owner) : TimerService
{
    // A timer's Position is its index in the list plus one, so that a cancelled one is removed at once.
    private readonly List<ScheduledTimer> _heap = [];
    private long _sequence;
    private long _elapsedTicks;

    public override DateTimeOffset Now => startTime + WallClockOffset + new TimeSpan(_elapsedTicks);

    /// <summary>By how much the wall clock has been set forward (or back).</summary>
    public TimeSpan WallClockOffset { get; set; }

    /// <summary>Timers running.</summary>
    public int Count => _heap.Count;

    /// <summary>When the next timer is due; <see cref="long.MaxValue"/> if there is none.</summary>
    public long NextDueTicks => _heap.Count == 0 ? long.MaxValue : _heap[0].DueTicks;

    internal override long ElapsedTicks => _elapsedTicks;

    /// <summary>Moves the clock forward; timers that are overdue fire next, at the time it then is.</summary>
    public void MoveTo(long elapsedTicks) => _elapsedTicks = elapsedTicks;

    /// <summary>Takes out the next timer, moves the clock to its due time, and fires it.</summary>
    public void FireNext()
    {
        var timer = _heap[0];
        RemoveAt(0);
        _elapsedTicks = Math.Max(_elapsedTicks, timer.DueTicks);
        if (timer.IntervalTicks > 0)
        {
            timer.DueTicks += timer.IntervalTicks;
            Add(timer);
        }

        timer.Fire();
    }

    internal override void Add(ScheduledTimer timer)
    {
        owner.Check();
        timer.Sequence = ++_sequence;
        _heap.Add(timer);
        timer.Position = _heap.Count;
        Rise(_heap.Count - 1);
    }

    internal override void Remove(ScheduledTimer timer)
    {
        owner.Check();
        if (timer.Position > 0) RemoveAt(timer.Position - 1);
    }

    private void RemoveAt(int index)
    {
        _heap[index].Position = 0;
        var last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (index == _heap.Count) return;
        Put(last, index);
        Rise(index);
        Sink(last.Position - 1);
    }

    private void Put(ScheduledTimer timer, int index)
    {
        _heap[index] = timer;
        timer.Position = index + 1;
    }

    private void Rise(int index)
    {
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (!IsBefore(_heap[index], _heap[parent])) return;
            Swap(index, parent);
            index = parent;
        }
    }

    private void Sink(int index)
    {
        while (true)
        {
            var child = (2 * index) + 1;
            if (child >= _heap.Count) return;
            if (child + 1 < _heap.Count && IsBefore(_heap[child + 1], _heap[child])) child++;
            if (!IsBefore(_heap[child], _heap[index])) return;
            Swap(index, child);
            index = child;
        }
    }

    private void Swap(int left, int right)
    {
        var timer = _heap[left];
        Put(_heap[right], left);
        Put(timer, right);
    }

    private static bool IsBefore(ScheduledTimer left, ScheduledTimer right) =>
        left.DueTicks != right.DueTicks ? left.DueTicks < right.DueTicks : left.Sequence < right.Sequence;
}
