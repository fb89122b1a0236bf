using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios;

namespace Orrery.Runs;

/// <summary>One run that a command will carry out.</summary>
/// <param name="File">The scenario's file.</param>
/// <param name="Run">What to run.</param>
/// <param name="Seed">With which seed, the file's or another.</param>
/// <param name="Repetition">Which of several equal runs, from 1.</param>
internal sealed record PlannedRun(ScenarioFile File, ScenarioRun Run, ulong Seed, int Repetition)
{
    /// <summary>Runs of one command; a plan is kept in memory.</summary>
    public const int CountMax = 1_000_000;

    /// <summary>Where a broker is crashed; null for nowhere.</summary>
    public CrashPoint? Crash { get; init; }

    /// <summary>The variant's name; null for a run of a file without variants.</summary>
    public string? Variant
    {
        get
        {
            var rest = Run.Name.AsSpan(Run.Scenario.Name.Length);
            if (rest.IsEmpty || rest[0] != '/') return null;
            var end = rest.IndexOfAny('[', '#');
            return rest[1..(end < 0 ? rest.Length : end)].ToString();
        }
    }

    /// <summary>The hash that the run must reproduce, or its start; null where the file has none for this run and seed.</summary>
    public string? GoldenTrace => Seed == Run.Seed && Crash is null ? Run.GoldenTrace : null;

    /// <summary>The command that shows this run.</summary>
    public string ReplayCommand =>
        $"orrery replay {Quote(File.File)}{(File.Runs.Count > 1 ? $" --run {Quote(Run.Name)}" : "")} --seed {Seed}{(Crash is null ? "" : $" --crash-point {Crash}")}";

    /// <summary>The runs of files in file order, with each seed, each so many times.</summary>
    /// <param name="files">Valid files.</param>
    /// <param name="filter">A part of the names of the runs to take; null for all.</param>
    /// <param name="seeds">In place of the files' seeds; null for these.</param>
    /// <param name="repetitions">How often each.</param>
    /// <exception cref="UsageException">No run has such a name, a run has no seed, or there are too many.</exception>
    public static List<PlannedRun> Plan(IReadOnlyList<ScenarioFile> files, string? filter, SeedRange? seeds, int repetitions)
    {
        var plan = new List<PlannedRun>();
        foreach (var (file, run) in files.SelectMany(file => file.Runs, (file, run) => (file, run)))
        {
            if (filter is not null && !run.Name.Contains(filter, StringComparison.Ordinal)) continue;
            foreach (var seed in seeds?.Seeds() ?? [run.Seed ?? throw new UsageException($"{file.File}: {run.Name} has no seed: say which with --seed")])
            {
                if (plan.Count + repetitions > CountMax) throw new UsageException($"more than {CountMax} runs: give fewer files, seeds or repetitions");
                for (var repetition = 1; repetition <= repetitions; repetition++) plan.Add(new PlannedRun(file, run, seed, repetition));
            }
        }
        return plan.Count > 0 ? plan : throw new UsageException($"no run's name contains '{filter}'; orrery check --json lists the names");
    }

    // What a POSIX shell takes as one word.
    private static string Quote(string text) =>
        text.All(character => char.IsAsciiLetterOrDigit(character) || "/._-".Contains(character, StringComparison.Ordinal)) ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
