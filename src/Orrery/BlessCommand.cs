using System.CommandLine;
using System.Globalization;
using System.Text;
using Orrery.Runs;
using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios;

namespace Orrery;

/// <summary>`orrery bless`: accepts the traces of runs as those that they must reproduce.</summary>
internal sealed class BlessCommand
{
    private const string Description = """
        Runs scenario files, and writes the hash of each run's trace under 'golden' into its file. Nothing else of the file changes.
        From then on, orrery run fails a run whose trace is another one. Each run is done twice; one that fails, or that has not the
        same trace twice, is not blessed, nor is any other of its file.

        Examples:
          orrery bless scenarios/will                                       files that have no golden traces yet
          orrery bless scenarios --check                                    only say what would change
          orrery bless scenarios --reason 'CONNACK carries Receive Maximum' needed where a trace was another one

        Exit codes: 0 done, or nothing to do; 1 a run failed, or with --check, something would change; 2 a file is invalid, the
        arguments make no sense, or a reason is missing.
        """;

    private readonly RunScenario _runner;
    private readonly Argument<string[]> _paths = new("path") { Description = "Files, or folders with .yaml, .yml and .json files.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> _reason = new("--reason") { Description = "Why traces are others than before; needed where one is.", HelpName = "text" };
    private readonly Option<bool> _check = new("--check") { Description = "Write nothing; say what would change." };
    private readonly Option<int> _jobs = new("--jobs") { Description = "Runs at once; as many as there are processors unless said.", DefaultValueFactory = _ => Environment.ProcessorCount, HelpName = "count" };

    private BlessCommand(RunScenario runner) => _runner = runner;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal, RunScenario runner)
    {
        var bless = new BlessCommand(runner);
        var command = new Command("bless", Description) { bless._paths, bless._reason, bless._check, bless._jobs };
        ConnectionFlags.RequireRange(bless._jobs, 1, 1024);
        ConnectionFlags.Require(bless._reason, text => !string.IsNullOrWhiteSpace(text), "--reason is a sentence");
        command.SetAction((arguments, cancellation) => bless.RunAsync(arguments, terminal, cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            var files = ScenarioFiles.ReadValid(arguments.GetValue(_paths)!);
            var outcomes = await RunTwiceAsync(files, arguments.GetValue(_jobs), terminal, cancellation);
            if (outcomes is null) return VerdictExitCodes.Unknown;

            var text = new StringBuilder();
            var changes = new List<GoldenChange>();
            var hasFailed = false;
            foreach (var file in files)
            {
                var mine = outcomes.Where(outcome => ReferenceEquals(outcome.Planned.File, file)).ToArray();
                if (Refusal(mine) is { } refusal)
                {
                    hasFailed = true;
                    text.Append(CultureInfo.InvariantCulture, $"{file.File}: not blessed\n{refusal}");
                    continue;
                }
                KeyValuePair<string, string>[] traces =
                    [.. from outcome in mine where outcome.Planned.Repetition == 1 && outcome.Verdict != Verdict.Skipped select KeyValuePair.Create(outcome.Planned.Run.Name, outcome.TraceHash)];
                if (traces.Length > 0) changes.Add(new GoldenChange(file, WithSkipped(file, traces)));
                else text.Append(CultureInfo.InvariantCulture, $"{file.File}: skipped: {mine[0].SkipReason}\n");
            }
            return Accept(changes, hasFailed, arguments, text, terminal);
        }
        catch (UsageException mistake)
        {
            return mistake.Print("bless", terminal);
        }
    }

    private int Accept(List<GoldenChange> changes, bool hasFailed, ParseResult arguments, StringBuilder text, Terminal terminal)
    {
        var reason = arguments.GetValue(_reason);
        var isCheck = arguments.GetValue(_check);
        var needed = changes.Where(change => change.IsNeeded).ToArray();
        var lacksReason = !isCheck && reason is null && needed.Any(change => change.Changed.Any());
        foreach (var change in needed) Describe(change, isCheck || lacksReason, reason, text);
        if (lacksReason)
        {
            terminal.Output.Write(Encoding.UTF8.GetBytes(text.ToString()));
            throw new UsageException("traces are others than before: say why with --reason TEXT; nothing was written");
        }

        if (!isCheck)
        {
            foreach (var change in needed) change.Write();
        }
        text.Append(CultureInfo.InvariantCulture, $"{needed.Length} of {changes.Count} files {(isCheck ? "would change" : "changed")}\n");
        terminal.Output.Write(Encoding.UTF8.GetBytes(text.ToString()));
        terminal.Output.Flush();
        return hasFailed || (isCheck && needed.Length > 0) ? VerdictExitCodes.Fail : VerdictExitCodes.Pass;
    }

    // Null when the user broke it off.
    private async Task<List<RunOutcome>?> RunTwiceAsync(List<ScenarioFile> files, int jobs, Terminal terminal, CancellationToken cancellation)
    {
        var plan = PlannedRun.Plan(files, filter: null, seeds: null, repetitions: 2);
        var execution = new RunExecution(_runner, terminal.Time);
        var progress = new ProgressLine(terminal, plan.Count);
        var repetitions = new RepetitionCheck();
        var outcomes = new List<RunOutcome>();
        var pool = RunPool.InOrderAsync(plan, jobs, planned => RunOutcome.Of(planned, execution.Run(planned, out var elapsed), elapsed), cancellation);
        await foreach (var outcome in pool.WithCancellation(CancellationToken.None))
        {
            outcomes.Add(repetitions.Compare(outcome));
            progress.Advance(outcomes[^1].Verdict == Verdict.Fail);
        }
        progress.Print(() => { });
        return outcomes.Count == plan.Count ? outcomes : null;
    }

    private static string? Refusal(IReadOnlyList<RunOutcome> outcomes)
    {
        var refused = outcomes.Where(outcome => outcome.Verdict == Verdict.Fail).DistinctBy(outcome => outcome.Planned.Run.Name).ToArray();
        if (refused.Length == 0) return null;
        var text = new RunText([.. refused.Select(outcome => outcome.Planned)]);
        return string.Concat(refused.Select(text.Next));
    }

    // What a run must reproduce elsewhere stays in the file when it is skipped here.
    private static KeyValuePair<string, string>[] WithSkipped(ScenarioFile file, KeyValuePair<string, string>[] traces)
    {
        var byName = traces.ToDictionary(StringComparer.Ordinal);
        return
        [
            .. from run in file.Runs
               let trace = byName.GetValueOrDefault(run.Name) ?? run.GoldenTrace
               where trace is not null
               select KeyValuePair.Create(run.Name, trace)
        ];
    }

    private static void Describe(GoldenChange change, bool isUnwritten, string? reason, StringBuilder text)
    {
        text.Append(change.File.File).Append(isUnwritten ? ": would be blessed" : ": blessed");
        if (reason is not null && change.Changed.Any()) text.Append(": ").Append(reason);
        text.Append('\n');
        foreach (var (name, hash) in change.Added) text.Append(CultureInfo.InvariantCulture, $"  {name}: {hash} is new\n");
        foreach (var (name, old, hash) in change.Changed) text.Append(CultureInfo.InvariantCulture, $"  {name}: {old} -> {hash}\n");
        foreach (var name in change.Gone) text.Append(CultureInfo.InvariantCulture, $"  {name}: is no more\n");
    }
}
