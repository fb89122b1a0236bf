using System.Text.Json;
using Orrery.Simulation.Running;

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
        Assert.Matches(@"^pass   durable  seed 1 +\d+ points$", lines[0]);
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
        return int.Parse(run.Output.TrimEnd('\n').Split('\n')[^1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
