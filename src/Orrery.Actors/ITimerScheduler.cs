namespace Orrery.Actors;

/// <summary>An actor with timers of its own.</summary>
public interface IWithTimers
{
    /// <summary>Set by the runtime after the constructor and before <c>PreStart</c>.</summary>
    ITimerScheduler Timers { get; set; }
}

/// <summary>Messages that an actor tells itself later.</summary>
/// <remarks>
/// A timer belongs to one instance: it ends when the actor stops or restarts. A message of a timer that has been
/// cancelled or replaced never reaches the actor, not even if it was in the mailbox already.
/// </remarks>
public interface ITimerScheduler
{
    /// <summary>Tells a message after a time, and again after each further interval.</summary>
    /// <param name="key">Replaces any earlier timer with an equal key.</param>
    /// <param name="msg">What to tell.</param>
    /// <param name="interval">More than zero.</param>
    void StartPeriodicTimer(object key, object msg, TimeSpan interval);

    /// <summary>Tells a message after a first delay, and again after each further interval.</summary>
    /// <param name="key">Replaces any earlier timer with an equal key.</param>
    /// <param name="msg">What to tell.</param>
    /// <param name="initialDelay">Zero or more.</param>
    /// <param name="interval">More than zero.</param>
    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval);

    /// <summary>Tells a message once.</summary>
    /// <param name="key">Replaces any earlier timer with an equal key.</param>
    /// <param name="msg">What to tell.</param>
    /// <param name="timeout">Zero or more.</param>
    void StartSingleTimer(object key, object msg, TimeSpan timeout);

    /// <summary>Whether a timer runs under a key.</summary>
    /// <param name="key">The timer's key.</param>
    /// <returns>False once a single timer's message has been handed to the actor.</returns>
    bool IsTimerActive(object key);

    /// <summary>Ends a timer; without one of that key it does nothing.</summary>
    /// <param name="key">The timer's key.</param>
    void Cancel(object key);

    /// <summary>Ends all timers of the actor.</summary>
    void CancelAll();
}
