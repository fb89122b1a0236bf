using System.Text.Json;
using Orrery.Simulation.Running;

namespace Orrery.Tests;

/// <summary>The commands with the simulation itself: a few short scenarios.</summary>
public sealed class RealRunsTests : IDisposable
{
    private static readonly string Scenarios = Path.Combine(FindRoot(), "tests", "interop", "captures");

    private readonly ScenarioFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task No_trace_depends_on_how_many_run_at_once_or_on_what_is_recorded()
    {
        var alone = await RunAsync("--jobs", "1");
        var together = await RunAsync("--jobs", "8", "--repeat", "3");
        var recorded = await RunAsync("--jsonl", _folder.PathOf("lines"));

        Assert.Equal(7, alone.Count);
        Assert.DoesNotContain(alone, run => run.Trace.Length != 16);
        Assert.Equal(7, alone.Select(run => run.Trace).Distinct().Count());
        Assert.Equal(alone.SelectMany(run => new[] { run, run, run }), together);
        Assert.Equal(alone, recorded);
    }

    [Fact]
    public async Task Another_seed_is_another_run()
    {
        var first = await RunAsync("--seed", "1");
        var second = await RunAsync("--seed", "2");

        Assert.All(first.Zip(second), pair => Assert.NotEqual(pair.First.Trace, pair.Second.Trace));
    }

    [Fact]
    public async Task What_is_blessed_is_what_runs_again()
    {
        var file = _folder.Write("cut.yaml", File.ReadAllText(Path.Combine(Scenarios, "cut.yaml")));

        var blessed = await CommandRun.OfAsync(ScenarioRunner.Run, "bless", file);
        var again = await CommandRun.OfAsync(ScenarioRunner.Run, "bless", file, "--check");
        var run = await CommandRun.OfAsync(ScenarioRunner.Run, "run", file);

        Assert.Equal((0, 0), (blessed.ExitCode, again.ExitCode));
        Assert.EndsWith("1 of 1 files changed\n", blessed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("golden", run.Output, StringComparison.Ordinal);
        Assert.Equal(4, run.Output.Split("seed 1  ").Length - 1);
    }

    [Fact]
    public async Task A_replay_shows_the_packets_of_the_run()
    {
        var run = await CommandRun.OfAsync(ScenarioRunner.Run, "replay", Path.Combine(Scenarios, "cut.yaml"), "--run", "half-open");

        Assert.Contains("--x b1", run.Output, StringComparison.Ordinal);
        Assert.Contains("PUBLISH id 1, QoS 1, topic t", run.Output, StringComparison.Ordinal);
        Assert.Contains("FAULT", run.Output, StringComparison.Ordinal);
        Assert.Contains("topic will, payload \"gone\"", run.Output, StringComparison.Ordinal);
    }

    private static async Task<List<(string Name, int Seed, string Trace)>> RunAsync(params string[] options)
    {
        var run = await CommandRun.OfAsync(ScenarioRunner.Run, ["run", Scenarios, "--json", .. options]);
        Assert.DoesNotContain("determinism", run.Output, StringComparison.Ordinal);
        return
        [
            .. from line in run.Output.TrimEnd('\n').Split('\n')
               let made = JsonDocument.Parse(line).RootElement
               select (made.GetProperty("name").GetString()!, made.GetProperty("seed").GetInt32(), made.GetProperty("trace").GetString()!)
        ];
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Engine.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
