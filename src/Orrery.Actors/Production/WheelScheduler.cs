using System.Diagnostics;
using Orrery.Actors.Cells;

namespace Orrery.Actors.Production;

/// <summary>The machine's clock, and a <see cref="TimerWheel"/> with a thread that sleeps until the next timer is due.</summary>
/// <remarks>The thread starts with the first timer. It only tells messages, so it never has much to do at once.</remarks>
internal sealed class WheelScheduler : TimerService, IDisposable
{
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly TimerWheel _wheel = new();
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private long _sequence;
    private long _sleepsUntilTick = long.MaxValue;
    private Thread? _thread;
    private bool _isDisposed;

    public override DateTimeOffset Now => DateTimeOffset.UtcNow;

    internal override long ElapsedTicks => Stopwatch.GetElapsedTime(_startedAt).Ticks;

    /// <summary>Timers that are running.</summary>
    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _wheel.Count;
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        _wake.Set();
    }

    internal override void Add(ScheduledTimer timer)
    {
        bool wake;
        lock (_gate)
        {
            if (_isDisposed) return;
            timer.Sequence = ++_sequence;
            // An empty wheel has no timer that could come late, so its clock may jump.
            if (_wheel.Count == 0) _wheel.Advance(ElapsedTicks / TimeSpan.TicksPerMillisecond, []);
            _wheel.Add(timer);
            wake = TimerWheel.TickOf(timer.DueTicks) < _sleepsUntilTick;
            if (wake) _sleepsUntilTick = long.MinValue;
            if (_thread is null)
            {
                _thread = new Thread(Work) { IsBackground = true, Name = "timers" };
                _thread.Start();
            }
        }

        if (wake) _wake.Set();
    }

    internal override void Remove(ScheduledTimer timer)
    {
        lock (_gate)
        {
            _wheel.Remove(timer);
        }
    }

    private void Work()
    {
        var due = new List<ScheduledTimer>();
        while (true)
        {
            int sleepMilliseconds;
            lock (_gate)
            {
                if (_isDisposed) return;
                var now = ElapsedTicks / TimeSpan.TicksPerMillisecond;
                _wheel.Advance(now, due);
                _sleepsUntilTick = due.Count > 0 ? long.MinValue : _wheel.NextTick();
                sleepMilliseconds = _sleepsUntilTick == long.MaxValue
                    ? Timeout.Infinite
                    : (int)Math.Clamp(_sleepsUntilTick - now, 0, int.MaxValue);
            }

            if (due.Count == 0)
            {
                _wake.WaitOne(sleepMilliseconds);
                continue;
            }

            Fire(due);
            due.Clear();
        }
    }

    private void Fire(List<ScheduledTimer> due)
    {
        foreach (var timer in due)
        {
            if (timer.IsCancellationRequested) continue;
            // Set again first: firing hands the timer to its actor, which may cancel it.
            if (timer.IntervalTicks > 0) Repeat(timer);
            timer.Fire();
        }
    }

    private void Repeat(ScheduledTimer timer)
    {
        lock (_gate)
        {
            if (_isDisposed || timer.IsCancellationRequested) return;
            // From the due time, not from now, so that a period does not drift; but periods slept through are left out.
            timer.DueTicks = Math.Max(timer.DueTicks + timer.IntervalTicks, ElapsedTicks);
            timer.Sequence = ++_sequence;
            _wheel.Add(timer);
        }
    }
}
