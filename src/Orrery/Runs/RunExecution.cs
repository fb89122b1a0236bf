using System.Reflection;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios;

namespace Orrery.Runs;

/// <summary>Carries out planned runs, and compares each with the trace that its file remembers.</summary>
internal sealed class RunExecution(RunScenario runner, TimeProvider time)
{
    /// <summary>The version of the engine that runs are of.</summary>
    public static string EngineVersion { get; } =
        typeof(ScenarioRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Whether the history has timers, decisions and held bytes too. It changes no run.</summary>
    public bool IsDetailed { get; init; }

    /// <summary>Carries out one run.</summary>
    /// <param name="planned">Which.</param>
    /// <param name="elapsed">How long it took in real time.</param>
    /// <returns>The result. A run that threw an exception, a defect of the engine, has failed by the rule "engine".</returns>
    public RunResult Run(PlannedRun planned, out TimeSpan elapsed)
    {
        var started = time.GetTimestamp();
        RunResult result;
        try
        {
            result = runner(planned.Run, new RunOptions { Seed = planned.Seed, Detailed = IsDetailed, Crash = planned.Crash });
        }
#pragma warning disable CA1031 // A defect in one run is that run's result: the others go on, and nothing is hidden.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            result = new RunResult(
                planned.Run.Name, planned.Seed, planned.Run.Hash, Verdict.Fail, "",
                [new Finding("engine", "", $"the run was broken off by {defect}", [])], new History(1), 0, 0);
        }
        elapsed = time.GetElapsedTime(started);
        return result;
    }

    /// <summary>The result, failed by the rule "golden" when its trace is not the one that the file remembers.</summary>
    public static RunResult CompareWithGolden(PlannedRun planned, RunResult result)
    {
        if (planned.GoldenTrace is not { } golden || result.TraceHash.Length == 0 || result.TraceHash.StartsWith(golden, StringComparison.Ordinal)) return result;
        var recorded = planned.Run.Scenario.Golden!.Engine;
        var finding = new Finding(
            "golden",
            $"golden: {golden}, recorded by engine {recorded}",
            $"the trace hash is {result.TraceHash}, and the file says {golden}: something in this run has changed (this is engine {EngineVersion}). "
            + $"If it should have, accept it: orrery bless {planned.File.File} --reason TEXT",
            []);
        return result with { Verdict = Verdict.Fail, Findings = [.. result.Findings, finding] };
    }
}
