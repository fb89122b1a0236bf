namespace Orrery.Actors;

/// <summary>What can be called off.</summary>
public interface ICancelable
{
    /// <summary>Whether it has been called off.</summary>
    bool IsCancellationRequested { get; }

    /// <summary>Calls it off; a second call does nothing.</summary>
    void Cancel();
}

/// <summary>The system's clock.</summary>
public interface ITimeProvider
{
    /// <summary>The wall clock in UTC. It may jump.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Time since the system started. Never goes back.</summary>
    TimeSpan MonotonicClock { get; }

    /// <summary>As <see cref="MonotonicClock"/>, in steps of 100 ns.</summary>
    TimeSpan HighResMonotonicClock { get; }
}

/// <summary>Tells messages later.</summary>
public interface ITellScheduler
{
    /// <summary>Tells a message once.</summary>
    /// <param name="delay">Zero or more. It never comes early; in production up to 1 ms (and what the machine adds) late.</param>
    /// <param name="receiver">Whom to tell.</param>
    /// <param name="message">What to tell.</param>
    /// <param name="sender">The sender; null for none.</param>
    void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender);

    /// <summary>Tells a message again and again, until the system ends.</summary>
    /// <param name="initialDelay">Zero or more.</param>
    /// <param name="interval">More than zero.</param>
    /// <param name="receiver">Whom to tell.</param>
    /// <param name="message">What to tell.</param>
    /// <param name="sender">The sender; null for none.</param>
    void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender);
}

/// <summary>Runs code later.</summary>
public interface IActionScheduler
{
    /// <summary>Runs an action once, on the scheduler's thread: it must be short and must not touch an actor's state.</summary>
    /// <param name="delay">Zero or more.</param>
    /// <param name="action">What to run.</param>
    void ScheduleOnce(TimeSpan delay, Action action);

    /// <summary>Runs an action again and again, until the system ends.</summary>
    /// <param name="initialDelay">Zero or more.</param>
    /// <param name="interval">More than zero.</param>
    /// <param name="action">What to run.</param>
    void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action);
}

/// <summary>The parts of the scheduler that actors rarely need.</summary>
public interface IAdvancedScheduler : IActionScheduler;

/// <summary>The system's clock and timers. Callable from any thread.</summary>
public interface IScheduler : ITellScheduler, ITimeProvider
{
    /// <summary>The parts that actors rarely need.</summary>
    IAdvancedScheduler Advanced { get; }
}

/// <summary>Scheduling with a handle to call it off by.</summary>
public static class SchedulerExtensions
{
    /// <summary>Tells a message once, unless called off.</summary>
    /// <param name="scheduler">The system's scheduler.</param>
    /// <param name="delay">Zero or more.</param>
    /// <param name="receiver">Whom to tell.</param>
    /// <param name="message">What to tell.</param>
    /// <param name="sender">The sender; null for none.</param>
    /// <returns>The handle.</returns>
    public static ICancelable ScheduleTellOnceCancelable(
        this IScheduler scheduler, TimeSpan delay, ICanTell receiver, object message, IActorRef? sender) =>
        ((Cells.TimerService)scheduler).Tell(delay, TimeSpan.Zero, receiver, message, sender);

    /// <summary>Tells a message again and again, until called off.</summary>
    /// <param name="scheduler">The system's scheduler.</param>
    /// <param name="initialDelay">Zero or more.</param>
    /// <param name="interval">More than zero.</param>
    /// <param name="receiver">Whom to tell.</param>
    /// <param name="message">What to tell.</param>
    /// <param name="sender">The sender; null for none.</param>
    /// <returns>The handle.</returns>
    public static ICancelable ScheduleTellRepeatedlyCancelable(
        this IScheduler scheduler, TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        return ((Cells.TimerService)scheduler).Tell(initialDelay, interval, receiver, message, sender);
    }
}
