using System.CommandLine;
using System.CommandLine.Parsing;
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

    /// <summary>Refuses what would be ignored.</summary>
    private void ValidateCrashPoints(CommandResult result)
    {
        if (!result.GetValue(_crashPoints))
        {
            foreach (var option in (Option[])[_sample, _kinds])
            {
                if (result.GetResult(option) is { Implicit: false }) result.AddError($"{option.Name} thins out the points of --crash-points, which is not there: add it, or take {option.Name} away");
            }

            return;
        }

        foreach (var name in _reports.NamesGiven(result))
        {
            result.AddError($"{name} writes a run to a file, and --crash-points makes a run of each point: write one of them, as with orrery replay FILE --crash-point 57:torn {name} FILE");
        }

        if (result.GetResult(_repeat) is { Implicit: false }) result.AddError("--repeat compares equal runs, and with --crash-points each point is run once: take one of the two away");
    }

    private async Task<int> CrashAsync(List<PlannedRun> plan, ParseResult arguments, Terminal terminal, CancellationToken cancellation)
    {
        var started = terminal.Time.GetTimestamp();
        var sweep = new CrashPointSweep(new RunExecution(_runner, terminal.Time), arguments.GetValue(_jobs)) { Ways = WaysOf(arguments.GetValue(_kinds)!), Sample = arguments.GetValue(_sample) };
        var isJson = arguments.GetValue(_json);
        var runs = await sweep.PlanAsync(plan, cancellation);
        if (cancellation.IsCancellationRequested)
        {
            return CrashPointReport.FinishBeforeFirst(terminal, isJson, terminal.Time.GetElapsedTime(started));
        }

        if (runs.Count == 0) throw new UsageException($"none of these runs has a broker with a store: give one persistence: os, group or fsync{(sweep.Sample > 1 ? "; or --sample leaves none of its operations" : "")}");
        var report = new CrashPointReport(terminal, runs) { IsJson = isJson, IsQuiet = arguments.GetValue(_quiet) };
        await foreach (var piece in sweep.CrashAsync(runs, report.Advance, cancellation).WithCancellation(CancellationToken.None)) report.Add(piece);
        return report.Finish(terminal.Time.GetElapsedTime(started));
    }

    private static CrashWay[] WaysOf(string kinds) =>
        [.. kinds.Split(',').Select(name => CrashPoint.WayOf(name) ?? throw new UsageException($"--kinds: '{name}' is none of kill, power-loss, torn")).Distinct()];
}
