using Orrery.Simulation.Running;

namespace Orrery.Runs;

/// <summary>One run with the points at which it is crashed.</summary>
/// <param name="Planned">The run.</param>
/// <param name="Points">Each operation with each way.</param>
internal sealed record CrashedRun(PlannedRun Planned, IReadOnlyList<CrashPoint> Points);

/// <summary>A crash point that was judged.</summary>
/// <param name="Point">Where.</param>
/// <param name="Outcome">What was found; of one that passed too.</param>
/// <param name="Reach">Whether it was crashed there.</param>
internal sealed record CrashOutcome(CrashPoint Point, RunOutcome Outcome, CrashReach Reach = CrashReach.Whole);

/// <summary>One of a run's points with what came of it, and of crashes during the start that follows.</summary>
/// <param name="Run">The run.</param>
/// <param name="IsLast">Whether it is the last of the run's points.</param>
/// <param name="Outcomes">The point's own first.</param>
internal sealed record CrashPiece(CrashedRun Run, bool IsLast, IReadOnlyList<CrashOutcome> Outcomes);

/// <summary>Crashes runs at each operation of their disks.</summary>
/// <param name="execution">Carries runs out.</param>
/// <param name="jobs">Runs at once, from 1.</param>
internal sealed class CrashPointSweep(RunExecution execution, int jobs)
{
    /// <summary>At every so manieth operation that is taken, of all runs together, the start that follows is crashed too.</summary>
    public const int AgainEvery = 10;

    /// <summary>The ways to crash, each once.</summary>
    public IReadOnlyList<CrashWay> Ways { get; init; } = Enum.GetValues<CrashWay>();

    /// <summary>Every so manieth operation is taken, from 1.</summary>
    public int Sample { get; init; } = 1;

    /// <summary>Counts the operations of runs.</summary>
    /// <param name="plan">The runs.</param>
    /// <param name="cancellation">Counts no more of them.</param>
    /// <returns>Those that have any, in order; not all of them if it was cancelled.</returns>
    public async Task<IReadOnlyList<CrashedRun>> PlanAsync(IReadOnlyList<PlannedRun> plan, CancellationToken cancellation)
    {
        // Each begins elsewhere, so that samples of several runs take different operations.
        (PlannedRun Planned, int Offset)[] numbered = [.. plan.Select((planned, number) => (planned, number))];
        var runs = new List<CrashedRun>();
        await foreach (var run in RunPool.InOrderAsync(numbered, jobs, item => Plan(item.Planned, item.Offset), cancellation).WithCancellation(CancellationToken.None))
        {
            if (run.Points.Count > 0) runs.Add(run);
        }

        return runs;
    }

    /// <summary>Crashes runs at all of their points.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="progress">Hears of each piece once it is judged; from any thread, in any order.</param>
    /// <param name="cancellation">Begins no more pieces.</param>
    /// <returns>The pieces, in order; not all of them if it was cancelled.</returns>
    public IAsyncEnumerable<CrashPiece> CrashAsync(IReadOnlyList<CrashedRun> runs, Action<CrashPiece> progress, CancellationToken cancellation)
    {
        var points = runs.SelectMany(run => run.Points.Select((_, number) => (Run: run, Number: number)));
        (CrashedRun Run, int Number, int Turn)[] pieces = [.. points.Select((point, turn) => (point.Run, point.Number, turn))];
        return RunPool.InOrderAsync(pieces, jobs, piece =>
        {
            var ended = Crash(piece.Run, piece.Number, piece.Turn);
            progress(ended);
            return ended;
        }, cancellation);
    }

    private CrashedRun Plan(PlannedRun planned, int offset)
    {
        var operations = CrashPlan.OperationsOf(planned.Run, planned.Seed);
        var taken = operations.Where((_, i) => (i + offset) % Sample == 0);
        return new CrashedRun(planned, [.. taken.SelectMany(operation => Ways.Select(way => new CrashPoint(operation.Broker, operation.Operation, way)))]);
    }

    /// <summary>Crashes a run at one of its points, and, if its turn has come, at the operations of the start after it.</summary>
    private CrashPiece Crash(CrashedRun run, int number, int turn)
    {
        var point = run.Points[number];
        var outcomes = new List<CrashOutcome> { Crash(run.Planned, point, out var recovery) };
        var operation = turn / Ways.Count;
        if (operation % AgainEvery == 0)
        {
            foreach (var again in recovery.Where((_, i) => (i + (operation / AgainEvery)) % Sample == 0)) outcomes.Add(Crash(run.Planned, point with { Again = again }, out _));
        }

        return new CrashPiece(run, number == run.Points.Count - 1, outcomes);
    }

    private CrashOutcome Crash(PlannedRun planned, CrashPoint point, out IReadOnlyList<long> recovery)
    {
        var crashed = planned with { Crash = point };
        var result = execution.Run(crashed, out var elapsed);
        recovery = result.RecoveryOperations;
        return new CrashOutcome(point, RunOutcome.Of(crashed, result, elapsed), result.CrashReach);
    }
}
