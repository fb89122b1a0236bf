namespace Orrery.Actors.Cells;

/// <summary>The scheduler over a store of timers, which is the wheel in production and a heap in simulation.</summary>
internal abstract class TimerService : IScheduler, IAdvancedScheduler
{
    public IAdvancedScheduler Advanced => this;

    public abstract DateTimeOffset Now { get; }

    public TimeSpan MonotonicClock => new(ElapsedTicks);

    public TimeSpan HighResMonotonicClock => new(ElapsedTicks);

    /// <summary>Time since the system started, in ticks of 100 ns.</summary>
    internal abstract long ElapsedTicks { get; }

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender) =>
        Tell(delay, TimeSpan.Zero, receiver, message, sender);

    public void ScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        Tell(initialDelay, interval, receiver, message, sender);
    }

    public void ScheduleOnce(TimeSpan delay, Action action) => Start(new ActionTimer(action), delay, TimeSpan.Zero);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        Start(new ActionTimer(action), initialDelay, interval);
    }

    internal TellTimer Tell(TimeSpan delay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        ArgumentNullException.ThrowIfNull(message);
        var timer = new TellTimer(receiver, message, sender);
        Start(timer, delay, interval);
        return timer;
    }

    /// <summary>Sets a timer running.</summary>
    /// <param name="timer">One that is not running, and was never cancelled.</param>
    /// <param name="delay">Zero or more.</param>
    /// <param name="interval">Zero for a timer that fires once.</param>
    internal void Start(ScheduledTimer timer, TimeSpan delay, TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        timer.Service = this;
        timer.IntervalTicks = interval.Ticks;
        // Saturates: a delay beyond the clock's end is one that never comes.
        timer.DueTicks = delay.Ticks > long.MaxValue - ElapsedTicks ? long.MaxValue : ElapsedTicks + delay.Ticks;
        Add(timer);
    }

    /// <summary>Takes up a timer whose due time is set.</summary>
    internal abstract void Add(ScheduledTimer timer);

    /// <summary>Forgets a timer; one that has fired for the last time is ignored.</summary>
    internal abstract void Remove(ScheduledTimer timer);
}
