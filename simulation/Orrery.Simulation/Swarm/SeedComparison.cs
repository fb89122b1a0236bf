namespace Orrery.Simulation.Swarm;

/// <summary>A seed whose runs differ.</summary>
/// <param name="Seed">Which.</param>
/// <param name="Where">Between which two runs.</param>
/// <param name="First">The hash of the first run.</param>
/// <param name="Second">The hash of the other.</param>
/// <param name="Difference">The first event in which they differ, in some lines.</param>
public sealed record SeedDifference(ulong Seed, string Where, string First, string Second, string Difference);

/// <summary>Runs each of many seeds twice in this process and compares them with what another process made of them.</summary>
/// <remarks>All seeds run once before any runs again: a count that one run leaves behind is then another one for the second. The
/// first time everything is recorded, the second time nothing, and the world is disturbed between its events.</remarks>
/// <param name="here">Runs in this process.</param>
/// <param name="there">Runs in another process; only its checkpoints and traces are asked for.</param>
/// <param name="disturb">Called before each event of the second runs.</param>
public sealed class SeedComparison(IRepeatableRuns here, IRepeatableRuns there, Action disturb)
{
    private const int DifferencesMax = 3;               // one is enough to go on, and each costs runs

    /// <summary>Compares.</summary>
    /// <param name="first">The first seed.</param>
    /// <param name="count">How many, one after another.</param>
    /// <param name="otherHashes">The hash that the other process got for each, in order; called when this process is done.</param>
    /// <param name="progress">Told how many of the 2 * count runs here are done.</param>
    /// <returns>The first few that differ.</returns>
    public IReadOnlyList<SeedDifference> Run(ulong first, int count, Func<IReadOnlyList<string>> otherHashes, Action<int> progress)
    {
        var hashes = new string[count];
        var differences = new List<SeedDifference>();
        for (var i = 0; i < count; i++)
        {
            hashes[i] = here.HashOf(first + (ulong)i, isWatched: true, null);
            progress(i + 1);
        }

        for (var i = 0; i < count && differences.Count < DifferencesMax; i++)
        {
            var seed = first + (ulong)i;
            var again = here.HashOf(seed, isWatched: false, disturb);
            progress(count + i + 1);
            if (again == hashes[i]) continue;
            var difference = here.Difference(seed) ?? "No two further runs of it differ, undisturbed and one after the other: look for what depends on time, memory or earlier runs.";
            differences.Add(new SeedDifference(seed, "two runs in one process", hashes[i], again, difference));
        }

        var other = otherHashes();
        for (var i = 0; i < count && differences.Count < DifferencesMax; i++)
        {
            var said = i < other.Count ? other[i] : "nothing";
            if (said == hashes[i]) continue;
            differences.Add(new SeedDifference(first + (ulong)i, "a run in another process", hashes[i], said, Compare(first + (ulong)i)));
        }

        return differences;
    }

    /// <summary>Finds where this process and the other one part.</summary>
    private string Compare(ulong seed)
    {
        var (ours, theirs) = (here.Checkpoints(seed), there.Checkpoints(seed));
        var interval = FirstDifference(ours, theirs) ?? Math.Min(ours.Count, theirs.Count);
        var (trace, otherTrace) = (here.Trace(seed, interval), there.Trace(seed, interval));
        if (FirstDifference(trace, otherTrace) is not { } at)
        {
            return trace.Count == otherTrace.Count ? "The traces of both processes are equal: the difference did not come again." : "One of the runs ends earlier.";
        }

        return $"here:  {trace[at]}\nthere: {otherTrace[at]}\n"
            + string.Concat(trace.Take(at).TakeLast(5).Select(line => $"  before, in both: {line}\n"));
    }

    private static int? FirstDifference(IReadOnlyList<string> one, IReadOnlyList<string> other)
    {
        for (var i = 0; i < Math.Min(one.Count, other.Count); i++)
        {
            if (one[i] != other[i]) return i;
        }

        return null;
    }
}
