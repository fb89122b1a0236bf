namespace Orrery.Actors.Cells;

/// <summary>A timer, which is itself the entry in the scheduler's lists, so that it costs one object.</summary>
/// <remarks>The fields belong to the scheduler that holds it.</remarks>
internal abstract class ScheduledTimer : ICancelable
{
    internal TimerService? Service;
    internal ScheduledTimer? Next;
    internal ScheduledTimer? Previous;

    /// <summary>When it fires, on the clock of <see cref="TimerService.ElapsedTicks"/>.</summary>
    internal long DueTicks;

    /// <summary>0 for a timer that fires once.</summary>
    internal long IntervalTicks;

    /// <summary>Orders timers that are due together: the one started first fires first.</summary>
    internal long Sequence;

    /// <summary>The scheduler's note of where it keeps the timer; 0 is nowhere.</summary>
    internal int Position;

    public bool IsCancellationRequested { get; private set; }

    public void Cancel()
    {
        if (IsCancellationRequested) return;
        IsCancellationRequested = true;
        Service?.Remove(this);
    }

    /// <summary>Called by the scheduler at the due time.</summary>
    internal abstract void Fire();
}

/// <summary>Tells a message when due.</summary>
internal sealed class TellTimer(ICanTell receiver, object message, IActorRef? sender) : ScheduledTimer
{
    internal override void Fire() => receiver.Tell(message, sender);
}

/// <summary>Runs an action when due.</summary>
internal sealed class ActionTimer(Action action) : ScheduledTimer
{
    internal override void Fire() => action();
}
