namespace Orrery.Broker.Statistics;

/// <summary>When the figures are published: at whole intervals since the start, as long as somebody could see them.</summary>
/// <remarks>Without a connection nobody can, so the timer rests: a broker that nobody uses does nothing. The first
/// connection afterwards finds figures of its own time.</remarks>
internal sealed partial class StatisticsActor
{
    private const string IntervalTimer = "interval";

    private readonly SystemTree _tree = new();
    private readonly SystemPublisher _publisher;
    private readonly TimeSpan _interval;                // zero: nothing is published
    private TimeSpan _startedAt;
    private TimeSpan _dueAt;
    private bool _isArmed;
    private bool _publishesAfterRound;

    private TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    /// <summary>Somebody did something, so that figures have changed.</summary>
    private void Wake()
    {
        if (_isArmed || _interval == TimeSpan.Zero)
        {
            return;
        }

        if (_dueAt <= Now)
        {
            OnIntervalElapsed();
        }
        else
        {
            Arm();
        }
    }

    private void Arm()
    {
        _isArmed = true;
        Timers.StartSingleTimer(IntervalTimer, IntervalElapsed.Instance, _dueAt - Now);
    }

    private void OnIntervalElapsed()
    {
        var now = Now;
        var intervals = ((now - _startedAt).Ticks / _interval.Ticks) + 1;
        _dueAt = _startedAt + (intervals * _interval);
        Arm();
        if (_publishesAfterRound)
        {
            AbandonRound();                             // an actor has not answered for a whole interval: go on without it
            return;
        }

        _publishesAfterRound = true;
        StartRound();
    }

    private void Publish(BrokerStatistics statistics)
    {
        _publishesAfterRound = false;
        if (!_publisher.IsBusy)
        {
            _publisher.Publish(_tree.Read(statistics, Now - _startedAt));
        }

        if (statistics.ConnectionsOpen == 0 && _uncollected.Count == 0)
        {
            _isArmed = false;
            Timers.Cancel(IntervalTimer);
        }
    }

    private sealed record IntervalElapsed
    {
        public static IntervalElapsed Instance { get; } = new();
    }
}
