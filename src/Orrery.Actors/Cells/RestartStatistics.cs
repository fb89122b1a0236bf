namespace Orrery.Actors.Cells;

/// <summary>How often a child has been restarted, as its supervisor counts it.</summary>
internal sealed class RestartStatistics
{
    private int _restarts;
    private long? _windowStartTicks;

    /// <summary>Counts one more restart.</summary>
    /// <param name="maxNrOfRetries">-1 sets no limit, 0 allows none.</param>
    /// <param name="withinTimeMilliseconds">The window's length; less than 1 counts over the whole life.</param>
    /// <param name="nowTicks">The clock, in ticks of 100 ns.</param>
    /// <returns>False if it is one too many.</returns>
    /// <remarks>
    /// As Akka counts: the window starts with the first restart, and a restart after its end starts a new one. A window
    /// without a limit allows one restart within it.
    /// </remarks>
    public bool RequestPermission(int maxNrOfRetries, int withinTimeMilliseconds, long nowTicks)
    {
        if (maxNrOfRetries == 0) return false;
        if (withinTimeMilliseconds < 1) return maxNrOfRetries < 0 || ++_restarts <= maxNrOfRetries;

        var retries = maxNrOfRetries < 0 ? 1 : maxNrOfRetries;
        if (_windowStartTicks is { } start && nowTicks - start <= withinTimeMilliseconds * TimeSpan.TicksPerMillisecond)
        {
            return ++_restarts <= retries;
        }

        _windowStartTicks = nowTicks;
        _restarts = 1;
        return true;
    }
}
