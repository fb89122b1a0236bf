using System.Diagnostics;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Swarm;
using Orrery.Simulation.Tests.Kernel;

namespace Orrery.Simulation.Tests.Swarm;

/// <summary>C9 of the checks that compare runs: each planted violation is caught, and named.</summary>
public sealed class SeedComparisonTests
{
    private const int Count = 4;

    private static int Runs;                           // planted: a count that each run finds larger

    [Fact]
    public void C3_C7_Random_scenarios_repeat_themselves_disturbed_and_unwatched()
    {
        var runs = new RandomRuns();

        Assert.Empty(Check(runs, runs, 25));
    }

    [Fact]
    public void A_static_counter_is_caught()
    {
        Runs = 0;
        var found = Check(Planted((kernel, _) => kernel.Observe("planted", "counter", "runs", (ulong)++Runs)));

        Assert.Equal((1UL, "two runs in one process"), (found[0].Seed, found[0].Where));
        Assert.Contains("planted, counter, runs", found[0].Difference, StringComparison.Ordinal);
        Assert.Contains("caused by event 600 at", found[0].Difference, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wall_clock_is_caught()
    {
        var found = Check(Planted((kernel, _) => kernel.Observe("planted", "clock", "ticks", (ulong)Stopwatch.GetTimestamp())));

        Assert.Contains("event 600 at", found[0].Difference, StringComparison.Ordinal);
        Assert.Contains("planted, clock, ticks", found[0].Difference, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_depends_on_being_watched_is_caught()
    {
        var found = Check(Planted((kernel, isWatched) => kernel.Stream(isWatched ? "watched" : "not").NextUInt64()));

        Assert.Contains("watched in the first run, not in the second", found[0].Difference, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_depends_on_the_garbage_collector_is_caught()
    {
        var found = Check(Planted((kernel, _) => kernel.Observe("planted", "collector", "count", (ulong)GC.CollectionCount(0))), disturb: () => GC.Collect(0), count: 1);

        Assert.Equal("two runs in one process", found[0].Where);
    }

    [Fact]
    public void A_hash_that_differs_by_process_is_caught_with_the_lines_of_both()
    {
        // What string.GetHashCode or the order of a hash set would be: the same all through one process.
        var found = Check(Planted((kernel, _) => kernel.Observe("planted", "set", "first", 1)), Planted((kernel, _) => kernel.Observe("planted", "set", "first", 2)));

        Assert.Equal(3, found.Count);
        Assert.Equal("a run in another process", found[0].Where);
        Assert.Contains("here:  event 600 at", found[0].Difference, StringComparison.Ordinal);
        Assert.Contains("planted, set, first: 1\nthere: ", found[0].Difference, StringComparison.Ordinal);
        Assert.Contains("before, in both: event 600 at", found[0].Difference, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_process_that_says_less_is_caught()
    {
        var runs = Planted((_, _) => { });
        var found = new SeedComparison(runs, runs, () => { }).Run(1, Count, () => [runs.HashOf(1, isWatched: false, null)], _ => { });

        Assert.Equal((2UL, "nothing"), (found[0].Seed, found[0].Second));
    }

    [Fact]
    public void Progress_counts_the_runs_of_this_process()
    {
        var told = new List<int>();
        var runs = Planted((_, _) => { });
        new SeedComparison(runs, runs, () => { }).Run(1, Count, () => Hashes(runs, Count), told.Add);

        Assert.Equal(Enumerable.Range(1, 2 * Count), told);
    }

    private static IReadOnlyList<SeedDifference> Check(IRepeatableRuns here, IRepeatableRuns? there = null, int count = Count, Action? disturb = null) =>
        new SeedComparison(here, there ?? here, disturb ?? (() => { })).Run(1, count, () => Hashes(there ?? here, count), _ => { });

    private static List<string> Hashes(IRepeatableRuns runs, int count) =>
        [.. Enumerable.Range(1, count).Select(seed => runs.HashOf((ulong)seed, isWatched: false, null))];

    /// <summary>A world in which something happens at event 600 that should not.</summary>
    private static RandomRuns Planted(Action<SimulationKernel, bool> plant) => new((seed, options, isWatched) => SimulationKernelTests.Walk(
        options with { Seed = seed },
        onStep: (kernel, step) =>
        {
            if (step == 600) plant(kernel, isWatched);
        }));
}
