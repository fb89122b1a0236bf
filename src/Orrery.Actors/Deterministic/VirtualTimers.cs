using Orrery.Actors.Cells;
using Orrery.Actors.Production;

namespace Orrery.Actors.Deterministic;

/// <summary>Timers in a heap, on a clock that moves only when told to.</summary>
/// <remarks>
/// The heap holds what it is sorted by, so that finding the next of many timers touches none of them. That is also why a
/// cancelled timer stays where it is until it comes to the top, or until half of all are such.
/// </remarks>
internal sealed class VirtualTimers(DateTimeOffset startTime, ThreadOwner owner) : TimerService
{
    private const int Arity = 4;
    private const int CancelledMin = 64;        // below that many, clearing out is not worth a walk

    // A timer's Position is 1 while it is in the heap.
    private Node[] _nodes = [];
    private int _used;
    private int _cancelled;                     // nodes whose timer was cancelled; never the first
    private long _sequence;
    private long _elapsedTicks;

    public override DateTimeOffset Now => startTime + WallClockOffset + new TimeSpan(_elapsedTicks);

    /// <summary>By how much the wall clock has been set forward (or back).</summary>
    public TimeSpan WallClockOffset { get; set; }

    /// <summary>Timers running.</summary>
    public int Count => _used - _cancelled;

    /// <summary>When the next timer is due; <see cref="long.MaxValue"/> if there is none.</summary>
    public long NextDueTicks => _used == 0 ? long.MaxValue : _nodes[0].DueTicks;

    internal override long ElapsedTicks => _elapsedTicks;

    /// <summary>Moves the clock forward; timers that are overdue fire next, at the time it then is.</summary>
    public void MoveTo(long elapsedTicks) => _elapsedTicks = elapsedTicks;

    /// <summary>Takes out the next timer, moves the clock to its due time, and fires it.</summary>
    public void FireNext()
    {
        var timer = _nodes[0].Timer;
        timer.Position = 0;
        RemoveFirst();
        DropCancelledFirst();
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
        timer.Position = 1;
        if (_used == _nodes.Length) Array.Resize(ref _nodes, Math.Max(4, _used * 2));
        Rise(_used++, 0, new Node(timer));
    }

    internal override void Remove(ScheduledTimer timer)
    {
        owner.Check();
        if (timer.Position == 0) return;
        timer.Position = 0;
        _cancelled++;
        DropCancelledFirst();
        if (_cancelled > CancelledMin && _cancelled > _used / 2) DropCancelled();
    }

    private void DropCancelledFirst()
    {
        while (_cancelled > 0 && _nodes[0].IsCancelled)
        {
            _cancelled--;
            RemoveFirst();
        }
    }

    private void DropCancelled()
    {
        var kept = 0;
        for (var i = 0; i < _used; i++)
        {
            if (!_nodes[i].IsCancelled) _nodes[kept++] = _nodes[i];
        }

        Array.Clear(_nodes, kept, _used - kept);
        (_used, _cancelled) = (kept, 0);
        for (var i = (kept - 2) / Arity; i >= 0 && kept > 1; i--)
        {
            var node = _nodes[i];
            Rise(SinkHole(i), i, node);
        }
    }

    private void RemoveFirst()
    {
        var last = _nodes[--_used];
        _nodes[_used] = default;
        if (_used > 0) Rise(SinkHole(0), 0, last);
    }

    // Down to a leaf without asking whether the node that will fill it has come far enough: it comes from a leaf too.
    private int SinkHole(int hole)
    {
        var nodes = _nodes.AsSpan(0, _used);
        while (true)
        {
            var child = (hole * Arity) + 1;
            if (child >= nodes.Length) return hole;
            var end = Math.Min(child + Arity, nodes.Length);
            for (var other = child + 1; other < end; other++)
            {
                if (nodes[other].IsBefore(nodes[child])) child = other;
            }

            nodes[hole] = nodes[child];
            hole = child;
        }
    }

    private void Rise(int index, int top, in Node node)
    {
        var nodes = _nodes;
        while (index > top)
        {
            var parent = (index - 1) / Arity;
            if (!node.IsBefore(nodes[parent])) break;
            nodes[index] = nodes[parent];
            index = parent;
        }

        nodes[index] = node;
    }

    private readonly struct Node(ScheduledTimer timer)
    {
        public readonly ScheduledTimer Timer = timer;
        public readonly long DueTicks = timer.DueTicks;
        private readonly long _sequence = timer.Sequence;

        /// <summary>Whether the timer is in the heap no more, or again, behind another node.</summary>
        public bool IsCancelled => Timer.Position == 0 || Timer.Sequence != _sequence;

        public bool IsBefore(in Node other) => DueTicks != other.DueTicks ? DueTicks < other.DueTicks : _sequence < other._sequence;
    }
}
