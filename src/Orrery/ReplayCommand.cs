using System.CommandLine;
using System.Text;
using Orrery.Runs;
using Orrery.Simulation.Reports;
using Orrery.Simulation.Running;

namespace Orrery;

/// <summary>`orrery replay`: runs one run once more, and shows all of it.</summary>
internal sealed class ReplayCommand
{
    private const string Description = """
        Runs one run of a scenario file, prints everything that happened in it, and what was found.

        Examples:
          orrery replay half-open.yaml                                  a file with one run
          orrery replay half-open.yaml --run half-open/comes-back       the names are in orrery check --json
          orrery replay wild.yaml --seed 4711 | less
          orrery replay wild.yaml --seed 4711 --html run.html --pcapng run.pcapng
          orrery replay queue.yaml --crash-point 57:torn                crashed as orrery run --crash-points did it

        In the text, "-->" is a packet sent, "--x" one that never arrives, "<--" one received; "[2 of 4 for a/b]" says how far the
        exchange of a message is. '!' marks what shows that a rule is broken, '?' what shows that nobody can tell. A crash point
        that the run never comes to is a mistake, and the message says which points there are.

        Exit codes: 0 nothing failed; 1 the run failed; 2 the file is invalid, or the arguments make no sense; 3 nobody can tell.
        """;

    private readonly RunScenario _runner;
    private readonly ReportFlags _reports = new();
    private readonly Argument<string> _file = new("file") { Description = "A scenario file." };
    private readonly Option<string?> _run = new("--run") { Description = "Which run of the file, by its whole name or the end of it.", HelpName = "name" };
    private readonly Option<string?> _seed = new("--seed") { Description = "The seed in place of the file's.", HelpName = "seed" };

    private readonly Option<string?> _crash = new("--crash-point") { Description = "Crash a broker at an operation of its disk: [BROKER/]OPERATION:kill, :power-loss or :torn, with +COUNT at the so manieth of the next start too.", HelpName = "point" };

    private ReplayCommand(RunScenario runner) => _runner = runner;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal, RunScenario runner)
    {
        var replay = new ReplayCommand(runner);
        var command = new Command("replay", Description) { replay._file, replay._run, replay._seed, replay._crash };
        replay._reports.AddTo(command);
        ConnectionFlags.Require(replay._seed, text => SeedRange.TryParse(text) is { } range && range.First == range.Last, "--seed is a number from 0");
        ConnectionFlags.Require(replay._crash, text => CrashPoint.TryParse(text) is not null, "--crash-point is such as 57:torn, b1/57:kill or 57:power-loss+12");
        command.SetAction(arguments => replay.Run(arguments, terminal));
        return command;
    }

    private int Run(ParseResult arguments, Terminal terminal)
    {
        try
        {
            var file = ScenarioFiles.ReadValid([arguments.GetValue(_file)!]);
            if (file.Count > 1) throw new UsageException("replay shows one run: give a file, no folder");
            var seeds = arguments.GetValue(_seed) is { } text ? SeedRange.TryParse(text) : null;
            var planned = OneOf(PlannedRun.Plan(file, filter: null, seeds, repetitions: 1), arguments.GetValue(_run));
            if (arguments.GetValue(_crash) is { } point) planned = planned with { Crash = CrashPoint.TryParse(point) };

            var files = _reports.FilesFor(arguments, [planned]);
            var execution = new RunExecution(_runner, terminal.Time) { IsDetailed = true };
            var result = RunExecution.CompareWithGolden(planned, execution.Run(planned, out _));
            if (result.CrashReach != CrashReach.Whole) throw new UsageException(MissedCrashPoint.Explain(planned, result));
            files.Write(planned, result);
            var output = new StreamBufferWriter(terminal.Output);
            TimelineWriter.Write(result, output);
            output.Flush();
            terminal.Output.Flush();
            return VerdictExitCodes.Of([result.Verdict]);
        }
        catch (UsageException mistake)
        {
            return mistake.Print("replay", terminal);
        }
        catch (IOException)
        {
            return VerdictExitCodes.Usage;                      // nobody reads the output any more, as behind `head -n 1`
        }
    }

    private static PlannedRun OneOf(List<PlannedRun> plan, string? name)
    {
        var chosen = name is null ? plan : [.. plan.Where(planned => planned.Run.Name == name)];
        if (chosen.Count == 0) chosen = [.. plan.Where(planned => planned.Run.Name.EndsWith(name!, StringComparison.Ordinal))];
        if (chosen.Count == 1) return chosen[0];
        var list = new StringBuilder(chosen.Count == 0 ? $"no run is called '{name}'; there are:" : "which run? Say --run with one of these:");
        foreach (var planned in (chosen.Count == 0 ? plan : chosen).Take(50)) list.Append("\n  ").Append(planned.Run.Name);
        throw new UsageException(list.ToString());
    }
}
