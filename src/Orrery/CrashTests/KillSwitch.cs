namespace Orrery.CrashTests;

/// <summary>Kills the broker once, when the plan of the round says so.</summary>
internal sealed class KillSwitch : IDisposable
{
    private readonly CrashHistory _history;
    private readonly BrokerUnderTest _broker;
    private readonly Timer _timer;
    private RoundPlan? _plan;
    private int _left;
    private int _isUsed = 1;

    public KillSwitch(CrashHistory history, BrokerUnderTest broker)
    {
        (_history, _broker) = (history, broker);
        _timer = new Timer(_ => OnTime());
        history.Watcher = Watch;
    }

    /// <summary>True once the broker was killed in this round.</summary>
    public bool IsUsed => Volatile.Read(ref _isUsed) == 1;

    /// <summary>A new round begins.</summary>
    public void Reset()
    {
        Volatile.Write(ref _plan, null);
        Volatile.Write(ref _isUsed, 0);
    }

    /// <summary>From now on the plan is looked at.</summary>
    public void Arm(RoundPlan plan)
    {
        _left = plan.Nth;
        Volatile.Write(ref _plan, plan);
        _timer.Change(plan.Latest, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Kills the broker, unless it was killed in this round. Any thread may.</summary>
    public void Kill()
    {
        if (Interlocked.Exchange(ref _isUsed, 1) == 1) return;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _history.Add(CrashEventKind.Killing, "", _broker.Starts);
        _broker.Kill();
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    // Of a round that is over it means nothing.
    private void OnTime()
    {
        if (Volatile.Read(ref _plan) is not null) Kill();
    }

    private void Watch(CrashEvent one)
    {
        if (Volatile.Read(ref _plan) is not { } plan || !plan.IsAimedAt(one) || Interlocked.Decrement(ref _left) != 0) return;
        if (plan.Delay == TimeSpan.Zero) Kill();
        else _timer.Change(plan.Delay, Timeout.InfiniteTimeSpan);
    }
}
