namespace Orrery.Simulation.Kernel;

/// <summary>The first thing in which two runs differ.</summary>
/// <param name="EventIndex">During which event, from 0.</param>
/// <param name="Nanoseconds">When.</param>
/// <param name="Source">Who: a process, a link, a client, a random stream.</param>
/// <param name="Message">What was said or drawn.</param>
/// <param name="Field">Which part of it; for bytes with the index of the first that differs.</param>
/// <param name="First">The part in the first run.</param>
/// <param name="Second">The part in the second run.</param>
/// <param name="Causes">What led there, the nearest first.</param>
internal sealed record Divergence(
    long EventIndex, long Nanoseconds, string Source, string Message, string Field, string First, string Second, IReadOnlyList<Cause> Causes)
{
    /// <summary>A few lines for a reader.</summary>
    public override string ToString() => string.Join('\n',
    [
        $"event {EventIndex} at {Nanoseconds} ns: {Source}, {Message}, {Field}: {First} in the first run, {Second} in the second",
        .. Causes.Select(cause => $"  caused by event {cause.Index} at {cause.Nanoseconds} ns: {cause.Source}, {cause.Message}"),
    ]);
}

/// <summary>Compares two runs, and finds where they part by running them again.</summary>
/// <remarks>Needs memory for the checkpoints and for one interval between two of them, however long the runs are.</remarks>
internal static class DivergenceFinder
{
    /// <summary>Looks for the first difference.</summary>
    /// <param name="options">How both are run; tracing is set here.</param>
    /// <param name="first">Makes a world from options, runs it, and returns its kernel. Called up to twice.</param>
    /// <param name="second">The same for the other run.</param>
    /// <returns>Null if the runs are the same.</returns>
    /// <exception cref="InvalidOperationException">A run does not repeat itself, so that there is nothing to search in.</exception>
    public static Divergence? Find(KernelOptions options, Func<KernelOptions, SimulationKernel> first, Func<KernelOptions, SimulationKernel> second)
    {
        var one = first(options with { TracedInterval = -1 });
        var other = second(options with { TracedInterval = -1 });
        if (one.Hash == other.Hash && one.EventCount == other.EventCount) return null;

        var traced = options with { TracedInterval = FirstDifference(one.Checkpoints, other.Checkpoints) };
        return Compare(first(traced), second(traced));
    }

    /// <summary>The first interval that ends differently. Hashes that have parted stay apart, so halving finds it.</summary>
    private static int FirstDifference(IReadOnlyList<ulong> one, IReadOnlyList<ulong> other)
    {
        var (low, high) = (0, Math.Min(one.Count, other.Count));
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (one[middle] == other[middle]) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private static Divergence Compare(SimulationKernel one, SimulationKernel other)
    {
        var count = Math.Min(one.Trace.Count, other.Trace.Count);
        for (var i = 0; i < count; i++)
        {
            if (TraceEntry.Compare(one.Trace[i], other.Trace[i]) is { } difference)
            {
                return Describe(one.Trace[i], difference.Field, difference.First, difference.Second);
            }
        }

        if (one.Trace.Count > count) return Describe(one.Trace[count], "presence", "there", "the run ended");
        if (other.Trace.Count > count) return Describe(other.Trace[count], "presence", "the run ended", "there");
        throw new InvalidOperationException("The runs differed once and not again: one of them does not repeat itself from its seed.");
    }

    private static Divergence Describe(TraceEntry entry, string field, string first, string second) =>
        new(entry.EventIndex, entry.Nanoseconds, entry.Source, entry.Message, field, first, second, entry.Causes?.Items ?? []);
}
