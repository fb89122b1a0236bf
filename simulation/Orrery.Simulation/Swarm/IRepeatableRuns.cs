namespace Orrery.Simulation.Swarm;

/// <summary>Runs that a seed decides, in one process. Whatever differs between two runs of one seed is a fault.</summary>
public interface IRepeatableRuns
{
    /// <summary>Runs a seed.</summary>
    /// <param name="seed">Which.</param>
    /// <param name="isWatched">Whether all that happens is recorded.</param>
    /// <param name="disturb">Called before each event; null for nothing.</param>
    /// <returns>The hash of everything that happened, 16 hexadecimal digits.</returns>
    string HashOf(ulong seed, bool isWatched, Action? disturb);

    /// <summary>Runs a seed some more times in this process, and describes the first thing in which two of its runs differ.</summary>
    /// <param name="seed">Which.</param>
    /// <returns>Null if they no longer differ.</returns>
    string? Difference(ulong seed);

    /// <summary>The hash after each full interval of events.</summary>
    /// <param name="seed">Which.</param>
    IReadOnlyList<string> Checkpoints(ulong seed);

    /// <summary>Everything that went into the hash in one interval, a line each.</summary>
    /// <param name="seed">Which.</param>
    /// <param name="interval">From 0.</param>
    IReadOnlyList<string> Trace(ulong seed, int interval);
}
