using System.Globalization;
using Orrery.Client;
using Orrery.Simulation.Expectations;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Scenarios;

namespace Orrery.Simulation.Running;

/// <summary>Runs scenarios: one run of one scenario with one seed is one history and one hash, on every machine.</summary>
public static class ScenarioRunner
{
    private const long QuietNanoseconds = 5_000_000_000;    // silence of all links after which nothing more is expected

    /// <summary>Runs a scenario.</summary>
    /// <param name="run">What to run.</param>
    /// <param name="options">How.</param>
    /// <returns>What became of it; the history is empty when nothing was run.</returns>
    /// <exception cref="ArgumentException">Neither the run nor the options have a seed.</exception>
    public static RunResult Run(ScenarioRun run, RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(options);
        var seed = options.Seed ?? run.Seed ?? throw new ArgumentException($"'{run.Name}' has no seed: bring one.", nameof(options));
        var history = new History(options.HistoryEventsMax);
        if (Capabilities.ReasonToSkip(run.Scenario) is { } reason)
        {
            return new RunResult(run.Name, seed, run.Hash, Verdict.Skipped, "", [], history, 0, 0, reason);
        }

        var world = new RunWorld(run.Scenario, seed, options, history);
        Play(world);
        world.Forget();
        IReadOnlyList<Finding> findings = !options.Judges ? []
            : world.Crash is { } crash ? RunJudge.Judge(CrashPlan.Judged(run.Scenario, options.Crash!, crash), history, world.Facts.Build())
            : [.. RunJudge.Judge(run, history, world.Facts.Build()), .. Unfired(world)];
        var verdict = options.Judges ? RunJudge.VerdictOf(findings) : Verdict.Unknown;
        var hash = world.Kernel.Hash.ToString("x16", CultureInfo.InvariantCulture);
        return new RunResult(run.Name, seed, run.Hash, verdict, hash, findings, history, world.Kernel.NowNanoseconds, world.Kernel.EventCount)
        {
            RecoveryOperations = world.Crash?.RecoveryOperations ?? [],
            CrashReach = world.Crash?.Reach ?? (options.Crash is null ? CrashReach.Whole : CrashReach.NotCrashed),
        };
    }

    /// <summary>Runs a scenario that has a seed, and returns its kernel instead of a judgement: for comparing runs.</summary>
    internal static SimulationKernel Trace(ScenarioRun run, RunOptions options)
    {
        var world = new RunWorld(run.Scenario, run.Seed!.Value, options, new History(options.HistoryEventsMax));
        Play(world);
        world.Forget();
        return world.Kernel;
    }

    /// <summary>Lets everything happen that the file speaks of, and then what follows from it until the links are quiet.</summary>
    internal static void Play(RunWorld world)
    {
        foreach (var broker in world.Brokers) broker.Process.Start();
        world.Facts.NoteStart();
        world.States.Look();
        world.Script.Extend(ScenarioLength.Of(world.Scenario));
        while (!world.HasFailed)
        {
            // Steps upon triggers move the end further out while the run goes on.
            var end = world.Script.EndNanoseconds;
            var quiet = Math.Max(end, Math.Min(LastSignOfLife(world) + QuietNanoseconds, end + world.Phases.SettleNanoseconds));
            if (world.Kernel.NowNanoseconds >= quiet) break;
            RunUntil(world, quiet > end && world.Kernel.NowNanoseconds < end ? end : quiet);
        }

        world.Recorder.Add(HistoryKind.PhaseStarted, Recorder.ScriptNode, "end");
        if (!world.HasFailed) world.Facts.NoteEnd();
    }

    // Who waits for an acknowledgement on a connection that is dead has not noticed yet, and sends again when it does.
    private static long LastSignOfLife(RunWorld world) =>
        world.Phases.HealNanoseconds is not null && world.Clients.Any(client => client.Model.Core is { State: ClientState.Connected, UnfinishedCount: > 0 })
            ? world.Kernel.NowNanoseconds
            : world.LastTrafficNanoseconds;

    // A failed actor ends the run: what follows shows nothing more.
    private static void RunUntil(RunWorld world, long nanoseconds)
    {
        while (!world.HasFailed && world.Kernel.NextNanoseconds <= nanoseconds)
        {
            world.Kernel.Step();
            world.States.Look();
            world.Facts.Look();
        }

        if (!world.HasFailed) world.Kernel.RunUntil(nanoseconds);
    }

    /// <summary>A step that was not carried out proves nothing.</summary>
    private static IEnumerable<Finding> Unfired(RunWorld world)
    {
        foreach (var number in world.Triggers.Waiting)
        {
            var list = number < world.Scenario.Steps.Count ? $"steps[{number}]" : $"faults[{number - world.Scenario.Steps.Count}]";
            yield return new Finding(
                "expect", list, $"The trigger of {list} ({VerbNames.Of(world.Script.All[number])}) never fired, so that step was not carried out.", [], IsUnknown: true);
        }
    }
}
