namespace Orrery.Actors.Cells;

/// <summary>The timers of one instance of an actor, found by key.</summary>
/// <remarks>A plain list: few actors have more than three timers, and those that do start them rarely.</remarks>
internal sealed class ActorTimers(ActorCell cell) : ITimerScheduler
{
    private readonly List<ActorTimer> _timers = new(1);
    private ActorTimer? _completed;                         // the last single timer that reached its actor, to be used again

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) =>
        StartPeriodicTimer(key, msg, interval, interval);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        Start(key, msg, initialDelay, interval);
    }

    public void StartSingleTimer(object key, object msg, TimeSpan timeout) => Start(key, msg, timeout, TimeSpan.Zero);

    public bool IsTimerActive(object key) => IndexOf(key) >= 0;

    public void Cancel(object key)
    {
        var index = IndexOf(key);
        if (index < 0) return;
        _timers[index].Cancel();
        _timers.RemoveAt(index);
    }

    public void CancelAll()
    {
        foreach (var timer in _timers)
        {
            timer.Cancel();
        }

        _timers.Clear();
    }

    /// <summary>Drops a single timer whose message is being handed to the actor.</summary>
    internal void Complete(ActorTimer timer)
    {
        _timers.Remove(timer);
        _completed = timer;
    }

    private void Start(object key, object msg, TimeSpan delay, TimeSpan interval)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(msg);
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        Cancel(key);
        // A deadline that is moved each time it comes, such as a keep-alive, makes no object each time.
        var timer = _completed is { } completed && ReferenceEquals(completed.Key, key) && ReferenceEquals(completed.Message, msg)
            ? completed
            : new ActorTimer(cell, this, key, msg);
        _completed = null;
        _timers.Add(timer);
        cell.System.Timers.Start(timer, delay, interval);
    }

    private int IndexOf(object key)
    {
        for (var i = 0; i < _timers.Count; i++)
        {
            if (_timers[i].Key.Equals(key)) return i;
        }

        return -1;
    }
}

/// <summary>A timer of an actor, which when due travels through the mailbox as its own envelope.</summary>
/// <remarks>
/// Whether it still counts is asked when it is taken out, on the actor's turn. So a timer that was cancelled, replaced,
/// or lost its instance after it fired is dropped there, and no race with the scheduler matters.
/// </remarks>
internal sealed class ActorTimer(ActorCell cell, ActorTimers owner, object key, object message)
    : ScheduledTimer, IAutoReceivedMessage, IDeadLetterSuppression
{
    public object Key => key;

    public object Message => message;

    /// <summary>The message for the behaviour; null if the timer no longer counts.</summary>
    public object? Accept()
    {
        if (IsCancellationRequested) return null;
        if (IntervalTicks == 0) owner.Complete(this);
        return message;
    }

    internal override void Fire() => cell.Tell(this, ActorRefs.NoSender);
}
