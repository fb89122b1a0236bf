using System.Globalization;
using System.Text.Json;
using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios;

namespace Orrery.Tests;

/// <summary>`orrery run --crash-points`, with the simulation itself.</summary>
public sealed class CrashPointCommandTests : IDisposable
{
    private const string Durable = """
        orrery: 1
        name: durable
        seed: 1
        topology:
          brokers: { b1: { persistence: group } }
          clients: { pub: { clean_start: false, session_expiry: 1h, reconnect: 100ms } }
        steps:
          - { at: 0s, do: connect, client: pub }
          - { at: 100ms, do: publish, client: pub, topic: a, qos: 1, retain: true }
        """;

    private readonly ScenarioFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_run_with_a_store_has_a_line_and_the_last_one_counts_points_and_violations()
    {
        _folder.Write("a.yaml", Durable);
        _folder.Write("b.yaml", ScenarioFolder.OneRun);

        var run = await CommandRun.OfAsync(ScenarioRunner.Run, "run", _folder.Path, "--crash-points");

        Assert.True((run.ExitCode, run.Error) == (0, ""), run.Output + run.Error);
        var lines = run.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Matches(@"^pass     durable  seed 1 +\d+ points$", lines[0]);
        Assert.Matches(@"^\d+ crash points of 1 scenario: 0 violations in \d+\.\d s$", lines[1]);
    }

    [Fact]
    public async Task A_sample_of_one_kind_has_fewer_points()
    {
        var file = _folder.Write("a.yaml", Durable);

        var all = await PointsAsync(file);
        var kills = await PointsAsync(file, "--kinds", "kill");
        var some = await PointsAsync(file, "--kinds", "kill", "--sample", "4");

        Assert.InRange(kills, 20, all / 2);
        Assert.InRange(some, 5, kills / 2);
    }

    [Fact]
    public async Task A_violation_names_its_rule_and_the_command_that_replays_the_point()
    {
        var file = _folder.Write("a.yaml", Durable + "\ncrashed: [ { delivered: { client: pub, topic: a }, times: 1 } ]\n");

        var run = await CommandRun.OfAsync(ScenarioRunner.Run, "run", file, "--crash-points", "--sample", "20", "--kinds", "torn");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("BROKEN expect: pub got messages of a 0 times", run.Output, StringComparison.Ordinal);
        var command = run.Output.Split('\n').First(line => line.Contains("see all of it: ", StringComparison.Ordinal)).Split("see all of it: orrery ")[1];
        Assert.Matches($"^replay {file} --seed 1 --crash-point b1/\\d+:torn$", command);

        var replay = await CommandRun.OfAsync(ScenarioRunner.Run, [.. command.Split(' '), "--html", _folder.PathOf("point.html")]);
        Assert.Equal(1, replay.ExitCode);
        Assert.Contains("BROKEN expect: pub got messages of a 0 times", replay.Output, StringComparison.Ordinal);
        Assert.Contains("power_loss", replay.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.PathOf("point.html")));
    }

    [Fact]
    public async Task Lines_of_JSON_do_not_depend_on_how_many_run_at_once()
    {
        var file = _folder.Write("a.yaml", Durable);

        var alone = await CommandRun.OfAsync(ScenarioRunner.Run, "run", file, "--crash-points", "--json", "--jobs", "1", "--sample", "5");
        var together = await CommandRun.OfAsync(ScenarioRunner.Run, "run", file, "--crash-points", "--json", "--jobs", "8", "--sample", "5");

        Assert.Equal(alone.Output, together.Output);
        var line = JsonDocument.Parse(alone.Output).RootElement;
        Assert.Equal("durable", line.GetProperty("name").GetString());
        Assert.Equal(0, line.GetProperty("violations").GetArrayLength());
        Assert.EndsWith($"{line.GetProperty("points").GetInt32()} crash points of 1 scenario: 0 violations", alone.Error.Split(" in ")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_interrupts_is_told_in_the_last_line_how_many_points_were_judged()
    {
        var file = _folder.Write("a.yaml", Durable);
        var planned = await PointsAsync(file, "--kinds", "kill");
        using var source = new CancellationTokenSource();
        var begun = 0;
        RunResult RunSome(ScenarioRun run, RunOptions options)
        {
            if (options.Crash!.Again is null && ++begun == 3) source.Cancel();
            return ScenarioRunner.Run(run, options) with { RecoveryOperations = [] };
        }

        var run = await CommandRun.OfAsync("", ["run", file, "--crash-points", "--kinds", "kill", "--jobs", "1"], runner: RunSome, cancellation: source.Token);

        Assert.Equal(3, run.ExitCode);
        var lines = run.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Matches(@"^part     durable  seed 1 +3 points, interrupted$", lines[0]);
        Assert.Matches($@"^interrupted after 3 of \d+ crash points: 0 violations in \d+\.\d s$", lines[1]);
        Assert.InRange(int.Parse(lines[1].Split(' ')[4], CultureInfo.InvariantCulture), 4, planned);
    }

    [Fact]
    public async Task Whoever_interrupts_before_the_first_point_is_told_that_nothing_was_judged()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        var run = await CommandRun.OfAsync("", ["run", _folder.Write("a.yaml", Durable), "--crash-points"], runner: ScenarioRunner.Run, cancellation: source.Token);

        Assert.Equal((3, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("interrupted before the first crash point", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Verdict.Unknown, 3, "unknown  durable", ", 1 unknown: 0 violations")]
    [InlineData(Verdict.Fail, 1, "FAIL     durable", ": 1 violations")]
    public async Task A_point_of_which_nobody_can_tell_is_shown_and_changes_the_exit_code(Verdict verdict, int exitCode, string line, string summary)
    {
        var file = _folder.Write("a.yaml", Durable);
        var point = (await CommandRun.OfAsync(ScenarioRunner.Run, "replay", file, "--crash-point", "99999:kill")).Error.Split(" to ")[^1].Split(',')[0];
        RunResult RunWith(ScenarioRun run, RunOptions options)
        {
            var result = ScenarioRunner.Run(run, options);
            if (options.Crash!.ToString() != $"b1/{point}:kill") return result;
            return result with { Verdict = verdict, Findings = [new Finding("Q1-1", "", "nobody knows", [], verdict == Verdict.Unknown)] };
        }

        var run = await CommandRun.OfAsync(RunWith, "run", file, "--crash-points", "--kinds", "kill", "--quiet");
        var json = await CommandRun.OfAsync(RunWith, "run", file, "--crash-points", "--kinds", "kill", "--json");

        Assert.Equal((exitCode, exitCode), (run.ExitCode, json.ExitCode));
        Assert.StartsWith(line, run.Output, StringComparison.Ordinal);
        Assert.Contains($"crashed at b1/{point}:kill\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("nobody knows", run.Output, StringComparison.Ordinal);
        Assert.Contains(summary, run.Output, StringComparison.Ordinal);
        var found = JsonDocument.Parse(json.Output).RootElement.GetProperty(verdict == Verdict.Fail ? "violations" : "unknown");
        Assert.Equal($"b1/{point}:kill", Assert.Single(found.EnumerateArray()).GetProperty("point").GetString());
    }

    [Fact]
    public async Task A_run_that_never_came_to_its_point_counts_for_none()
    {
        var file = _folder.Write("a.yaml", Durable);
        static RunResult RunWith(ScenarioRun run, RunOptions options)
        {
            // One operation of each start more than there is.
            var result = ScenarioRunner.Run(run, options);
            return result with { RecoveryOperations = [.. result.RecoveryOperations, 9_999] };
        }

        var all = await CommandRun.OfAsync(ScenarioRunner.Run, "run", file, "--crash-points", "--kinds", "kill");
        var more = await CommandRun.OfAsync(RunWith, "run", file, "--crash-points", "--kinds", "kill");
        var json = await CommandRun.OfAsync(RunWith, "run", file, "--crash-points", "--kinds", "kill", "--json");

        Assert.Equal((0, all.Output.Split(' ')[^9]), (more.ExitCode, more.Output.Split(' ')[^12]));
        Assert.Matches(@"\d+ never reached\n  never reached: b1/\d+:kill\+9999, b1/", more.Output);
        Assert.Matches(@"\d+ crash points of 1 scenario, \d+ never reached: 0 violations", more.Output);
        Assert.Matches(@"""never_reached"":\[""b1/\d+:kill\+9999"",", json.Output.Replace("\\u002B", "+", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("b1/99999:kill", "durable with seed 1 ends before operation 99999 of the disk of b1: give one from ")]
    [InlineData("99999:torn", "durable with seed 1 ends before operation 99999 of the disk of b1: give one from ")]
    [InlineData("b2/50:kill", "durable with seed 1 has no operation on the disk of 'b2': name one of b1")]
    [InlineData("50:kill+9999", "durable with seed 1 never comes to operation 9999 of the start after that crash: give one from +")]
    public async Task A_replay_that_never_comes_to_its_point_is_a_mistake(string point, string expected)
    {
        var html = _folder.PathOf("run.html");

        var run = await CommandRun.OfAsync(ScenarioRunner.Run, "replay", _folder.Write("a.yaml", Durable), "--crash-point", point, "--html", html);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"orrery replay: --crash-point {point}: {expected}", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(html));
    }

    [Fact]
    public async Task The_last_operation_that_a_mistake_names_can_be_crashed()
    {
        var file = _folder.Write("a.yaml", Durable);
        var mistake = await CommandRun.OfAsync(ScenarioRunner.Run, "replay", file, "--crash-point", "99999:kill");
        var last = long.Parse(mistake.Error.Split(" to ")[^1].Split(',')[0], CultureInfo.InvariantCulture);

        var reached = await CommandRun.OfAsync(ScenarioRunner.Run, "replay", file, "--crash-point", $"{last}:kill");
        var behind = await CommandRun.OfAsync(ScenarioRunner.Run, "replay", file, "--crash-point", $"{last + 1}:kill");

        Assert.Equal((0, 2), (reached.ExitCode, behind.ExitCode));
    }

    [Fact]
    public async Task A_run_without_a_store_cannot_be_replayed_crashed()
    {
        var run = await CommandRun.OfAsync(ScenarioRunner.Run, "replay", _folder.Write("a.yaml", ScenarioFolder.OneRun), "--crash-point", "5:kill");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("nothing can be crashed: give a broker persistence", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--sample 5", "--sample thins out the points of --crash-points, which is not there")]
    [InlineData("--kinds torn", "--kinds thins out the points of --crash-points, which is not there")]
    [InlineData("--crash-points --html x", "--html writes a run to a file, and --crash-points makes a run of each point: write one of them, as with orrery replay")]
    [InlineData("--crash-points --pcapng x", "--pcapng writes a run to a file")]
    [InlineData("--crash-points --jsonl x", "--jsonl writes a run to a file")]
    [InlineData("--crash-points --timeline -", "--timeline writes a run to a file")]
    [InlineData("--crash-points --repeat 2", "--repeat compares equal runs")]
    public async Task Options_that_would_be_ignored_are_refused(string options, string expected)
    {
        var run = await CommandRun.OfAsync(ScenarioRunner.Run, ["run", _folder.Write("a.yaml", Durable), .. options.Split(' ')]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--kinds", "melt", "'melt' is none of kill, power-loss, torn")]
    [InlineData("--filter", "one", "none of these runs has a broker with a store")]
    public async Task What_makes_no_sense_is_refused(string option, string value, string expected)
    {
        _folder.Write("a.yaml", Durable);
        _folder.Write("b.yaml", ScenarioFolder.OneRun);

        var run = await CommandRun.OfAsync(ScenarioRunner.Run, "run", _folder.Path, "--crash-points", option, value);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    private static async Task<int> PointsAsync(params string[] arguments)
    {
        var run = await CommandRun.OfAsync(ScenarioRunner.Run, ["run", "--crash-points", .. arguments]);
        Assert.Equal(0, run.ExitCode);
        return int.Parse(run.Output.TrimEnd('\n').Split('\n')[^1].Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
