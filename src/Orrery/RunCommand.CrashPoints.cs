using System.CommandLine;
using System.Text;
using Orrery.Runs;
using Orrery.Simulation.Running;

namespace Orrery;

// Crashing at each operation of a disk.
internal sealed partial class RunCommand
{
    private readonly Option<bool> _crashPoints = new("--crash-points") { Description = "Crash each run that has a store at every operation of its disks, and judge what comes of it." };
    private readonly Option<int> _sample = new("--sample") { Description = "With --crash-points: only every so manieth operation.", DefaultValueFactory = _ => 1, HelpName = "count" };
    private readonly Option<string> _kinds = new("--kinds")
    {
        Description = "With --crash-points: how, of kill, power-loss and torn (a power loss that tears writes by sectors).",
        DefaultValueFactory = _ => "kill,power-loss,torn",
        HelpName = "list",
    };

    private async Task<int> CrashAsync(List<PlannedRun> plan, ParseResult arguments, Terminal terminal, CancellationToken cancellation)
    {
        var started = terminal.Time.GetTimestamp();
        var jobs = arguments.GetValue(_jobs);
        var sweep = new CrashPointSweep(new RunExecution(_runner, terminal.Time))
        {
            Ways = [.. arguments.GetValue(_kinds)!.Split(',').Select(name => CrashPoint.WayOf(name) ?? throw new UsageException($"--kinds: '{name}' is none of kill, power-loss, torn"))],
            Sample = arguments.GetValue(_sample),
        };
        var numbered = plan.Select((planned, number) => (planned, number)).ToArray();
        var runs = new List<CrashedRun>();
        await foreach (var run in RunPool.InOrderAsync(numbered, jobs, item => sweep.Plan(item.planned, item.number), cancellation).WithCancellation(CancellationToken.None))
        {
            if (run is not null) runs.Add(run);
        }

        if (runs.Count == 0) throw new UsageException("none of these runs has a broker with a store: give one persistence: os, group or fsync");
        var pieces = runs.SelectMany(run => run.Points.Select((_, number) => (Run: run, Number: number))).Select((piece, turn) => (piece.Run, piece.Number, Turn: turn)).ToArray();
        var progress = new ProgressLine(terminal, pieces.Length);
        var nameWidth = runs.Max(run => run.Planned.Run.Name.Length);
        var (points, violations, isQuiet, isJson) = (0L, 0, arguments.GetValue(_quiet), arguments.GetValue(_json));
        var ofRun = new List<CrashOutcome>();
        var outcomes = RunPool.InOrderAsync(pieces, jobs, piece => (piece, Outcomes: Crash(sweep, piece.Run, piece.Number, piece.Turn, progress)), cancellation);
        await foreach (var (piece, ended) in outcomes.WithCancellation(CancellationToken.None))
        {
            ofRun.AddRange(ended);
            points += ended.Count;
            violations += ended.Count(CrashPointText.IsBroken);
            if (piece.Number < piece.Run.Points.Count - 1) continue;
            if (isJson) progress.Print(() => terminal.Output.Write(CrashPointText.Json(piece.Run.Planned, ofRun)));
            else if (!isQuiet || ofRun.Exists(CrashPointText.IsBroken)) progress.Print(() => terminal.Output.Write(Encoding.UTF8.GetBytes(CrashPointText.Of(piece.Run.Planned, ofRun, nameWidth))));
            if (terminal.IsErrorScreen) terminal.Output.Flush();
            ofRun = [];
        }

        var scenarios = runs.Select(run => run.Planned.Run.Scenario.Name).Distinct().Count();
        var summary = CrashPointText.Summary(points, scenarios, violations, terminal.Time.GetElapsedTime(started));
        if (isJson) progress.Print(() => terminal.Error.Write(summary));
        else progress.Print(() => terminal.Output.Write(Encoding.UTF8.GetBytes(summary)));
        terminal.Output.Flush();
        return violations > 0 ? VerdictExitCodes.Of([Verdict.Fail]) : VerdictExitCodes.Of([cancellation.IsCancellationRequested ? Verdict.Unknown : Verdict.Pass]);
    }

    private static IReadOnlyList<CrashOutcome> Crash(CrashPointSweep sweep, CrashedRun run, int number, int turn, ProgressLine progress)
    {
        var outcomes = sweep.Crash(run, number, turn);
        progress.Advance(outcomes.Any(CrashPointText.IsBroken));
        return outcomes;
    }
}
