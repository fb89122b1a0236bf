using Orrery.Simulation.Running;

namespace Orrery.Runs;

/// <summary>One run with the points at which it is crashed.</summary>
/// <param name="Planned">The run.</param>
/// <param name="Points">Each operation with each way.</param>
internal sealed record CrashedRun(PlannedRun Planned, IReadOnlyList<CrashPoint> Points);

/// <summary>A crash point that was judged.</summary>
/// <param name="Point">Where.</param>
/// <param name="Outcome">What was found; of one that passed too.</param>
internal sealed record CrashOutcome(CrashPoint Point, RunOutcome Outcome);

/// <summary>Crashes runs at each operation of their disks.</summary>
internal sealed class CrashPointSweep(RunExecution execution)
{
    /// <summary>Every so manieth point is crashed once more, at each operation of the start that follows.</summary>
    public const int AgainEvery = 10;

    /// <summary>The ways to crash.</summary>
    public IReadOnlyList<CrashWay> Ways { get; init; } = Enum.GetValues<CrashWay>();

    /// <summary>Every so manieth operation is taken, from 1.</summary>
    public int Sample { get; init; } = 1;

    /// <summary>Counts the operations of a run; null where it has none.</summary>
    /// <param name="planned">The run.</param>
    /// <param name="offset">The first operation that is taken, so that samples of several runs take different ones.</param>
    public CrashedRun? Plan(PlannedRun planned, int offset)
    {
        var operations = CrashPlan.OperationsOf(planned.Run, planned.Seed);
        var taken = operations.Where((_, i) => (i + offset) % Sample == 0);
        CrashPoint[] points = [.. taken.SelectMany(operation => Ways.Select(way => new CrashPoint(operation.Broker, operation.Operation, way)))];
        return points.Length == 0 ? null : new CrashedRun(planned, points);
    }

    /// <summary>Crashes a run at one of its points, and, if its turn has come, at each operation of the start after it.</summary>
    public IReadOnlyList<CrashOutcome> Crash(CrashedRun run, int number)
    {
        var first = One(run.Planned, run.Points[number], out var recovery);
        if (number % (AgainEvery * Ways.Count) >= Ways.Count) return [first];
        return [first, .. recovery.Select(operation => One(run.Planned, run.Points[number] with { Again = operation }, out _))];
    }

    private CrashOutcome One(PlannedRun planned, CrashPoint point, out IReadOnlyList<long> recovery)
    {
        var crashed = planned with { Crash = point };
        var result = execution.Run(crashed, out var elapsed);
        recovery = result.RecoveryOperations;
        return new CrashOutcome(point, RunOutcome.Of(crashed, result, elapsed));
    }
}
