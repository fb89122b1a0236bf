using System.CommandLine;
using System.Text;
using Orrery.Runs;
using Orrery.Simulation.Reports;
using Orrery.Simulation.Running;

namespace Orrery;

/// <summary>`orrery run`: runs scenarios in the simulation and judges them.</summary>
internal sealed partial class RunCommand
{
    private const string Description = """
        Runs scenario files (docs/SCENARIOS.md) in the simulation, and judges what happened.

        Examples:
          orrery run scenarios                              every run of every file below a folder
          orrery run half-open.yaml --filter comes-back     the runs whose name contains a text
          orrery run wild.yaml --seed 1..1000               with a thousand seeds in place of the file's
          orrery run scenarios --repeat 3                   three times each: every trace must be the same
          orrery run scenarios --json > runs.jsonl          a JSON object a run
          orrery run scenarios/durability --crash-points    crashed at every operation of their disks
          orrery run scenarios --crash-points --sample 20 --kinds torn
          orrery run qos2.yaml --filter '[cut=3]' --html run.html --pcapng run.pcapng

        A run whose trace is not the one under 'golden' in its file fails by the rule "golden": orrery bless accepts it.
        Runs are printed in the order of the files, whatever --jobs is, and no hash depends on it.

        With --crash-points the process of each broker with a store ends at each operation of its disk but reads, in three ways: killed,
        by a power loss that leaves any part of what was not synced, and by one that tears writes. It starts again after a second; what
        comes of it is judged by the rules of every run, by whether the broker recovers and lost nothing, and by the scenario's claims
        below 'crashed'. At every tenth operation the start that follows is crashed too, at each of its operations. --sample thins both
        out. The last line says how many points there were, and how many were left out if it was interrupted. A run that never came to
        its point counts for none. orrery replay FILE --crash-point POINT shows one, and writes it to a file.

        Exit codes: 0 nothing failed; 1 a run failed; 2 a file is invalid, or the arguments make no sense; 3 nothing failed, but of
        some runs nobody can tell, or it was interrupted.
        """;

    private readonly RunScenario _runner;
    private readonly ReportFlags _reports = new();
    private readonly Argument<string[]> _paths = new("path") { Description = "Files, or folders with .yaml, .yml and .json files.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> _seed = new("--seed") { Description = "The seed in place of the file's, or a range such as 1..100.", HelpName = "seed" };
    private readonly Option<int> _repeat = new("--repeat") { Description = "Run each run this many times; a trace that differs fails.", DefaultValueFactory = _ => 1, HelpName = "count" };
    private readonly Option<int> _jobs = new("--jobs") { Description = "Runs at once; as many as there are processors unless said.", DefaultValueFactory = _ => Environment.ProcessorCount, HelpName = "count" };
    private readonly Option<string?> _filter = new("--filter") { Description = "Only runs whose name contains this.", HelpName = "text" };
    private readonly Option<bool> _json = new("--json") { Description = "Print a JSON object a run; the summary goes to standard error." };
    private readonly Option<bool> _quiet = new("--quiet") { Description = "Print no line for what passes." };

    private RunCommand(RunScenario runner) => _runner = runner;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal, RunScenario runner)
    {
        var run = new RunCommand(runner);
        var command = new Command("run", Description) { run._paths };
        foreach (var option in (Option[])[run._seed, run._repeat, run._jobs, run._filter, run._json, run._quiet, run._crashPoints, run._sample, run._kinds]) command.Options.Add(option);
        run._reports.AddTo(command);
        ConnectionFlags.RequireRange(run._repeat, 1, PlannedRun.CountMax);
        ConnectionFlags.RequireRange(run._jobs, 1, 1024);
        ConnectionFlags.RequireRange(run._sample, 1, int.MaxValue);
        ConnectionFlags.Require(run._seed, text => SeedRange.TryParse(text) is not null, $"--seed is a number from 0, or a range such as 1..100 of at most {SeedRange.CountMax}");
        command.Validators.Add(run.ValidateCrashPoints);
        command.SetAction((arguments, cancellation) => run.RunAsync(arguments, terminal, cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            if (arguments.GetValue(_json) && _reports.PrintsTimeline(arguments)) throw new UsageException("--json and --timeline - both want standard output: name a file for the timeline");
            var seeds = arguments.GetValue(_seed) is { } text ? SeedRange.TryParse(text) : null;
            var plan = PlannedRun.Plan(ScenarioFiles.ReadValid(arguments.GetValue(_paths)!), arguments.GetValue(_filter), seeds, arguments.GetValue(_repeat));
            return arguments.GetValue(_crashPoints) ? await CrashAsync(plan, arguments, terminal, cancellation) : await RunAsync(plan, arguments, terminal, cancellation);
        }
        catch (UsageException mistake)
        {
            return mistake.Print("run", terminal);
        }
        catch (IOException)
        {
            return VerdictExitCodes.Usage;                      // nobody reads the output any more, as behind `head -n 1`
        }
    }

    private async Task<int> RunAsync(List<PlannedRun> plan, ParseResult arguments, Terminal terminal, CancellationToken cancellation)
    {
        var started = terminal.Time.GetTimestamp();
        var files = _reports.FilesFor(arguments, plan);
        var prints = _reports.PrintsTimeline(arguments);
        var isJson = arguments.GetValue(_json);
        var execution = new RunExecution(_runner, terminal.Time) { IsDetailed = files.AreWanted || prints };
        var progress = new ProgressLine(terminal, plan.Count);
        var text = new RunText(plan);
        var repetitions = new RepetitionCheck();
        var counts = new Dictionary<Verdict, int>();

        var outcomes = RunPool.InOrderAsync(plan, arguments.GetValue(_jobs), planned => Execute(planned, execution, files, prints, progress), cancellation);
        await foreach (var ended in outcomes.WithCancellation(CancellationToken.None))
        {
            var outcome = repetitions.Compare(ended);
            counts[outcome.Verdict] = counts.GetValueOrDefault(outcome.Verdict) + 1;
            if (outcome.Timeline is { } timeline) progress.Print(() => terminal.Output.Write([.. timeline, (byte)'\n']));
            if (isJson) progress.Print(() => terminal.Output.Write(RunJson.Of(outcome)));
            else if (outcome.Verdict != Verdict.Pass || !arguments.GetValue(_quiet)) progress.Print(() => terminal.Output.Write(Encoding.UTF8.GetBytes(text.Next(outcome))));
            if (terminal.IsErrorScreen) terminal.Output.Flush();
        }

        var summary = RunText.Summary(counts, plan.Count, terminal.Time.GetElapsedTime(started));
        if (isJson) progress.Print(() => terminal.Error.Write(summary));
        else progress.Print(() => terminal.Output.Write(Encoding.UTF8.GetBytes(text.Rest() + summary)));
        terminal.Output.Flush();
        var isWhole = counts.Values.Sum() == plan.Count;
        return VerdictExitCodes.Of(isWhole ? counts.Keys : counts.Keys.Append(Verdict.Unknown));
    }

    private static RunOutcome Execute(PlannedRun planned, RunExecution execution, ReportFiles files, bool printsTimeline, ProgressLine progress)
    {
        var result = RunExecution.CompareWithGolden(planned, execution.Run(planned, out var elapsed));
        files.Write(planned, result);
        var outcome = RunOutcome.Of(planned, result, elapsed);
        if (printsTimeline && planned.Repetition == 1) outcome = outcome with { Timeline = Encoding.UTF8.GetBytes(string.Join('\n', TimelineWriter.Lines(result)) + "\n") };
        progress.Advance(result.Verdict is Verdict.Fail or Verdict.Unknown);
        return outcome;
    }
}
