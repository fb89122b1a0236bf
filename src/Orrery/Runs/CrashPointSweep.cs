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
    /// <summary>At every so manieth operation that is taken, of all runs together, the start that follows is crashed too.</summary>
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

    /// <summary>Crashes a run at one of its points, and, if its turn has come, at the operations of the start after it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="number">Which of its points.</param>
    /// <param name="turn">Which point of all runs together that is.</param>
    public IReadOnlyList<CrashOutcome> Crash(CrashedRun run, int number, int turn)
    {
        var first = One(run.Planned, run.Points[number], out var recovery);
        var operation = turn / Ways.Count;
        if (operation % AgainEvery != 0) return [first];
        return [first, .. recovery.Where((_, i) => (i + (operation / AgainEvery)) % Sample == 0).Select(again => One(run.Planned, run.Points[number] with { Again = again }, out _))];
    }

    private CrashOutcome One(PlannedRun planned, CrashPoint point, out IReadOnlyList<long> recovery)
    {
        var crashed = planned with { Crash = point };
        var result = execution.Run(crashed, out var elapsed);
        recovery = result.RecoveryOperations;
        return new CrashOutcome(point, RunOutcome.Of(crashed, result, elapsed));
    }
}
