using Orrery.Actors.Deterministic;

namespace Orrery.Actors.Extensions;

/// <summary>The clock of a <see cref="DeterministicSystem"/>, which moves only here.</summary>
public sealed class VirtualScheduler
{
    private readonly DeterministicSystem _system;
    private readonly VirtualTimers _timers;

    internal VirtualScheduler(DeterministicSystem system, VirtualTimers timers)
    {
        _system = system;
        _timers = timers;
    }

    /// <summary>Virtual time since the start.</summary>
    public TimeSpan Elapsed => _timers.MonotonicClock;

    /// <summary>The wall clock.</summary>
    public DateTimeOffset Now => _timers.Now;

    /// <summary>Timers running.</summary>
    public int Count => _timers.Count;

    /// <summary>When the next timer is due, in time since the start; null if none is running.</summary>
    public TimeSpan? NextDue => _timers.NextDueTicks == long.MaxValue ? null : new TimeSpan(_timers.NextDueTicks);

    /// <summary>Lets time pass. Each timer fires at its own time, in order of (due, start); before and after each, all actors come to rest.</summary>
    /// <param name="duration">Zero or more. Timers due exactly at its end fire too, also those started on the way.</param>
    public void Advance(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        var end = _timers.ElapsedTicks + duration.Ticks;
        _system.Run();
        while (_timers.NextDueTicks <= end)
        {
            _timers.FireNext();
            _system.Run();
        }

        _timers.MoveTo(end);
    }

    /// <summary>Lets time pass up to the next timer, and fires that one alone. Actors come to rest before, not after.</summary>
    /// <returns>False if no timer is running.</returns>
    public bool AdvanceToNext()
    {
        _system.Run();
        if (_timers.Count == 0) return false;
        _timers.FireNext();
        return true;
    }

    /// <summary>Lets time pass in which nothing runs, as if the process stood still: timers that fall due fire late, at the next
    /// <see cref="Advance"/>.</summary>
    /// <param name="duration">Zero or more.</param>
    public void Pause(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        _timers.MoveTo(_timers.ElapsedTicks + duration.Ticks);
    }

    /// <summary>Sets the wall clock, as an administrator or a time server does; timers do not notice.</summary>
    /// <param name="offset">Added to <see cref="Now"/>; negative sets it back.</param>
    public void JumpWallClock(TimeSpan offset) => _timers.WallClockOffset += offset;
}
