using Orrery.Actors.Cells;

namespace Orrery.Actors.Production;

/// <summary>Runs actors on the .NET thread pool, among its other work.</summary>
/// <remarks>
/// <para>An actor that becomes ready while a pool thread runs another one for this dispatcher goes to that thread's
/// run-next slot: a chain of messages A, B, C stays on one core and wakes nobody. The actor that was in the slot goes to the
/// pool's common queue, first in first out, where any thread takes it.</para>
/// <para>Nobody starves: the slot is offered to other threads when the running actor keeps the thread for long
/// (<see cref="OfferToOthers"/>), and a shift ends after a bounded number of turns, so that completions of IO and actors
/// in the common queue get the thread too.</para>
/// </remarks>
internal sealed class PoolDispatcher(ActorSystem system, int throughput) : Dispatcher(system)
{
    // Long enough to make the pool's cost per shift small, short enough (some 10 µs of small messages) for IO to wait.
    private const int TurnsPerShift = 64;

    public override void Schedule(ActorCell cell)
    {
        var thread = ActorThread.Current;
        if (ReferenceEquals(thread.Shift, this))
        {
            var displaced = thread.RunNext;
            thread.RunNext = cell;
            if (displaced is null) return;
            cell = displaced;
        }

        ThreadPool.UnsafeQueueUserWorkItem(cell, preferLocal: false);
    }

    /// <summary>Works a shift that starts with an actor taken from the pool's queue.</summary>
    public void Execute(ActorCell cell)
    {
        var thread = ActorThread.Current;
        thread.Shift = this;
        WorkShift(thread, cell);
        thread.Shift = null;
    }

    /// <summary>Works a shift that starts with whatever is in the run-next slot.</summary>
    public void ExecuteNext(ActorThread thread)
    {
        if (thread.RunNext is not { } cell) return;
        thread.RunNext = null;
        WorkShift(thread, cell);
    }

    /// <summary>Gives the actor in the run-next slot to the other threads.</summary>
    public static void OfferToOthers(ActorThread thread)
    {
        var cell = thread.RunNext!;
        thread.RunNext = null;
        ThreadPool.UnsafeQueueUserWorkItem(cell, preferLocal: false);
    }

    private void WorkShift(ActorThread thread, ActorCell cell)
    {
        for (var turns = TurnsPerShift; ;)
        {
            var wantsMore = cell.Run(thread, throughput);
            var next = thread.RunNext;
            thread.RunNext = null;
            if (wantsMore) ThreadPool.UnsafeQueueUserWorkItem(cell, preferLocal: false);
            if (next is null) return;
            cell = next;
            if (--turns == 0)
            {
                ThreadPool.UnsafeQueueUserWorkItem(cell, preferLocal: false);
                return;
            }
        }
    }
}
