using System.CommandLine;
using System.Globalization;
using System.Text;
using Orrery.Simulation.Swarm;

namespace Orrery;

/// <summary>`orrery determinism`: runs random scenarios several times, and compares.</summary>
internal sealed class DeterminismCommand
{
    private const string Description = """
        Makes a random scenario of each seed, and runs it twice in this process and once in another one with another time zone,
        culture, garbage collector, compilation, number of processors and working directory. The second run in this process is
        not recorded, and disturbed by collections and sleeps between its events. The hashes must be equal.

        Examples:
          orrery determinism                                2,000 scenarios from seed 1
          orrery determinism --count 50 --seed 7            fifty from seed 7
          orrery determinism --count 10 --list              runs each once and prints seed and hash
          orrery determinism --seed 7 --scenario            prints the scenario of a seed, for orrery run

        Exit codes: 0 no difference; 1 a difference, with the first event that differs; 2 the arguments make no sense.
        """;

    private readonly Option<int> _count = new("--count") { Description = "How many scenarios.", DefaultValueFactory = _ => 2_000 };
    private readonly Option<ulong> _seed = new("--seed") { Description = "The first seed; the others follow it.", DefaultValueFactory = _ => 1 };
    private readonly Option<bool> _list = new("--list") { Description = "Run each once, print seed and hash, and see that nothing runs on another thread." };
    private readonly Option<bool> _scenario = new("--scenario") { Description = "Print the scenario of --seed, without running it." };
    private readonly Option<bool> _checkpoints = new("--checkpoints") { Description = "Print the hashes at the checkpoints of --seed.", Hidden = true };
    private readonly Option<int?> _trace = new("--trace") { Description = "Print what went into the hash of --seed from this checkpoint on.", Hidden = true };
    private readonly Terminal _terminal;
    private readonly IRepeatableRuns _runs;

    private DeterminismCommand(Terminal terminal, IRepeatableRuns runs)
    {
        (_terminal, _runs) = (terminal, runs);
        _count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 10_000_000) result.AddError("--count is a number from 1 to 10000000");
        });
    }

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal) => Create(terminal, new RandomRuns());

    /// <summary>Makes the command with other runs than the real ones.</summary>
    internal static Command Create(Terminal terminal, IRepeatableRuns runs)
    {
        var determinism = new DeterminismCommand(terminal, runs);
        var command = new Command("determinism", Description)
        {
            determinism._count, determinism._seed, determinism._list, determinism._scenario, determinism._checkpoints, determinism._trace,
        };
        command.SetAction(determinism.Run);
        return command;
    }

    private int Run(ParseResult arguments)
    {
        var (first, count) = (arguments.GetValue(_seed), arguments.GetValue(_count));
        if (arguments.GetValue(_scenario)) return Print([RandomScenario.Text(first).TrimEnd()]);
        if (arguments.GetValue(_checkpoints)) return Print(_runs.Checkpoints(first));
        if (arguments.GetValue(_trace) is { } interval) return Print(_runs.Trace(first, interval));
        return arguments.GetValue(_list) ? List(first, count) : Verify(first, count);
    }

    // Nothing else happens in this process, so that whatever its pool does is an escape.
    private int List(ulong first, int count)
    {
        var detector = new EscapeDetector();
        for (var i = 0; i < count; i++)
        {
            var seed = first + (ulong)i;
            Print([string.Create(CultureInfo.InvariantCulture, $"{seed} {_runs.HashOf(seed, isWatched: false, null)}")]);
            if (detector.Escaped() is not { } escaped) continue;
            _terminal.Error.WriteLine($"orrery determinism: the run of seed {seed} left its thread: {escaped}");
            return VerdictExitCodes.Fail;
        }

        return VerdictExitCodes.Pass;
    }

    private int Verify(ulong first, int count)
    {
        using var other = new OtherProcess();
        other.Start(first, count);
        var disturbance = new Disturbance();
        var check = new SeedComparison(_runs, other, disturbance.Disturb);
        var shown = 0;
        var differences = check.Run(first, count, other.Hashes, done =>
        {
            if (done * 10 / (2 * count) == shown) return;
            shown = done * 10 / (2 * count);
            _terminal.Error.WriteLine($"{done} of {2 * count} runs in this process, as many as half of them in the other");
        });
        foreach (var difference in differences)
        {
            Print(
            [
                $"seed {difference.Seed}: {difference.Where} differs: {difference.First} and {difference.Second}", difference.Difference.TrimEnd(),
            ]);
        }

        if (other.Failure is { } failure) _terminal.Error.WriteLine($"orrery determinism: {failure}");
        Print([differences.Count > 0 ? "runs differ" : other.Failure is null ? $"{count} scenarios, 3 runs each: no difference" : "the other process failed"]);
        return differences.Count > 0 || other.Failure is not null ? VerdictExitCodes.Fail : VerdictExitCodes.Pass;
    }

    private int Print(IEnumerable<string> lines)
    {
        foreach (var line in lines) _terminal.Output.Write(Encoding.UTF8.GetBytes(line + "\n"));
        _terminal.Output.Flush();
        return VerdictExitCodes.Pass;
    }
}
