namespace Orrery;

/// <summary>Tells whether anything ran on the thread pool, or a timer of the machine was started, since it was made.</summary>
/// <remarks>For a process that does nothing else: the counters are the whole process's.</remarks>
internal sealed class EscapeDetector
{
    private readonly Func<(long Done, long Pending, long Timers)> _read;
    private readonly (long Done, long Pending, long Timers) _before;

    /// <summary>Looks at the process.</summary>
    public EscapeDetector()
        : this(() => (ThreadPool.CompletedWorkItemCount, ThreadPool.PendingWorkItemCount, Timer.ActiveCount))
    {
    }

    /// <summary>Looks at other counters.</summary>
    internal EscapeDetector(Func<(long Done, long Pending, long Timers)> read)
    {
        _read = read;
        _before = read();
    }

    /// <summary>Names what moved; null for nothing.</summary>
    public string? Escaped()
    {
        var now = _read();
        if (now.Done != _before.Done) return $"{now.Done - _before.Done} work items of the thread pool are done";
        if (now.Pending != _before.Pending) return $"{now.Pending - _before.Pending} work items wait for the thread pool";
        return now.Timers == _before.Timers ? null : $"{now.Timers - _before.Timers} timers of the machine are running";
    }
}
