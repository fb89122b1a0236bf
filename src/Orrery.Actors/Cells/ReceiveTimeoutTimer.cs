namespace Orrery.Actors.Cells;

/// <summary>Measures how long an actor has been without a message.</summary>
/// <remarks>
/// A message only moves the deadline. The timer, when it fires before that, is set again for the rest; so a busy actor
/// pays for reading the clock and not for a timer per message.
/// </remarks>
internal sealed class ReceiveTimeoutTimer(ActorCell cell, TimeSpan timeout)
    : IAutoReceivedMessage, IDeadLetterSuppression
{
    private Alarm? _alarm;
    private long _deadlineTicks;
    private bool _isCancelled;

    public TimeSpan Timeout => timeout;

    public void Start()
    {
        var service = cell.System.Timers;
        _deadlineTicks = service.ElapsedTicks + timeout.Ticks;
        _alarm = new Alarm(cell, this);
        service.Start(_alarm, timeout, TimeSpan.Zero);
    }

    public void Cancel()
    {
        _isCancelled = true;
        _alarm?.Cancel();
    }

    /// <summary>Moves the deadline after a message, unless the message does not count.</summary>
    public void NoteActivity(object message)
    {
        if (_isCancelled || message is INotInfluenceReceiveTimeout) return;
        if (_alarm is null)
        {
            // The notice itself was the message: idle time starts anew.
            Start();
            return;
        }

        _deadlineTicks = cell.System.Timers.ElapsedTicks + timeout.Ticks;
    }

    /// <summary>The notice for the behaviour; null if the actor was not idle long enough, or no longer asks for it.</summary>
    public object? Accept()
    {
        if (_isCancelled) return null;
        var service = cell.System.Timers;
        var left = _deadlineTicks - service.ElapsedTicks;
        if (left > 0)
        {
            _alarm = new Alarm(cell, this);
            service.Start(_alarm, new TimeSpan(left), TimeSpan.Zero);
            return null;
        }

        _alarm = null;
        return ReceiveTimeout.Instance;
    }

    private sealed class Alarm(ActorCell cell, ReceiveTimeoutTimer owner) : ScheduledTimer
    {
        internal override void Fire() => cell.Tell(owner, ActorRefs.NoSender);
    }
}
