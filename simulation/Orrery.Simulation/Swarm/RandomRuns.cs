using System.Globalization;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Running;

namespace Orrery.Simulation.Swarm;

/// <summary>Runs of <see cref="RandomScenario"/>.</summary>
public sealed class RandomRuns : IRepeatableRuns
{
    private const int CheckpointInterval = 256;         // such runs have some thousand events

    private readonly Func<ulong, KernelOptions, bool, SimulationKernel> _run;

    /// <summary>Runs what the seeds make.</summary>
    public RandomRuns()
        : this(RunScenario)
    {
    }

    /// <summary>Runs other worlds than the random scenarios.</summary>
    /// <param name="run">Makes the world of a seed, runs it, watched or not, and returns its kernel.</param>
    internal RandomRuns(Func<ulong, KernelOptions, bool, SimulationKernel> run) => _run = run;

    /// <inheritdoc/>
    public string HashOf(ulong seed, bool isWatched, Action? disturb) => Hexadecimal(_run(seed, new KernelOptions { Disturb = disturb }, isWatched).Hash);

    /// <inheritdoc/>
    public string? Difference(ulong seed)
    {
        try
        {
            var options = new KernelOptions { CheckpointInterval = CheckpointInterval };
            return DivergenceFinder.Find(options, kernel => _run(seed, kernel, true), kernel => _run(seed, kernel, false))?.ToString();
        }
        catch (InvalidOperationException failure)
        {
            return failure.Message;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Checkpoints(ulong seed) =>
        [.. _run(seed, new KernelOptions { CheckpointInterval = CheckpointInterval }, false).Checkpoints.Select(Hexadecimal)];

    /// <inheritdoc/>
    public IReadOnlyList<string> Trace(ulong seed, int interval) =>
        [.. _run(seed, new KernelOptions { CheckpointInterval = CheckpointInterval, TracedInterval = interval }, false).Trace.Select(entry => entry.ToString())];

    private static SimulationKernel RunScenario(ulong seed, KernelOptions options, bool isWatched) =>
        ScenarioRunner.Trace(RandomScenario.Of(seed), new RunOptions { Judges = isWatched, Detailed = isWatched, Kernel = options });

    private static string Hexadecimal(ulong hash) => hash.ToString("x16", CultureInfo.InvariantCulture);
}
