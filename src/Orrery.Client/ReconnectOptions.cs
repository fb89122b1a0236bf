namespace Orrery.Client;

/// <summary>How a client comes back by itself after it lost its connection.</summary>
/// <remarks>
/// The wait before an attempt doubles from <see cref="DelayMin"/> up to <see cref="DelayMax"/>, and starts anew once a
/// server accepted. Which losses are answered at all is in <see cref="ReconnectSchedule.MayRetry"/>.
/// </remarks>
public sealed record ReconnectOptions
{
    /// <summary>The wait before the first attempt, before jitter. Default: 1 second. 0 tries at once.</summary>
    public TimeSpan DelayMin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between two attempts, before jitter. Default: 2 minutes.</summary>
    public TimeSpan DelayMax { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The part of each wait that chance may take away, 0 to 1. Default: 0.5.</summary>
    /// <remarks>Without it all clients of a server that restarted would come back in the same moment, again and again.</remarks>
    public double Jitter { get; init; } = 0.5;

    /// <summary>Draws a number from 0 up to but not 1 for the jitter. Default: the process's own source. Called by one thread at a time.</summary>
    public Func<double> Random { get; init; } = System.Random.Shared.NextDouble;
}
