using System.Text;
using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios;

namespace Orrery.Tests;

public sealed class BlessCommandTests : IDisposable
{
    private readonly ScenarioFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_first_blessing_needs_no_reason_and_run_holds_the_file_to_it()
    {
        var file = _folder.Write("a.yaml", ScenarioFolder.FourRuns);

        var blessed = await CommandRun.OfAsync(new FakeRunner().Run, "bless", file);
        var same = await CommandRun.OfAsync(new FakeRunner().Run, "run", file);
        var other = await CommandRun.OfAsync(new FakeRunner { Then = Other }.Run, "run", file);

        Assert.Equal((0, ""), (blessed.ExitCode, blessed.Error));
        Assert.StartsWith($"{file}: blessed\n  many/first[qos=0]: ", blessed.Output, StringComparison.Ordinal);
        Assert.EndsWith("1 of 1 files changed\n", blessed.Output, StringComparison.Ordinal);
        Assert.StartsWith(ScenarioFolder.FourRuns, File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Equal((0, 1), (same.ExitCode, other.ExitCode));
        Assert.Equal(4, other.Output.Split("BROKEN golden").Length - 1);
    }

    [Fact]
    public async Task A_second_blessing_of_the_same_traces_writes_nothing()
    {
        var file = _folder.Write("a.yaml", ScenarioFolder.FourRuns);
        await CommandRun.OfAsync(new FakeRunner().Run, "bless", file);
        var text = File.ReadAllText(file);

        var again = await CommandRun.OfAsync(new FakeRunner().Run, "bless", file);

        Assert.Equal((0, "0 of 1 files changed\n"), (again.ExitCode, again.Output));
        Assert.Equal(text, File.ReadAllText(file));
    }

    [Fact]
    public async Task A_change_needs_a_reason_which_is_printed()
    {
        var file = _folder.Write("a.yaml", ScenarioFolder.OneRun);
        await CommandRun.OfAsync(new FakeRunner().Run, "bless", file);
        var text = File.ReadAllText(file);

        var without = await CommandRun.OfAsync(new FakeRunner { Then = Other }.Run, "bless", file);
        var kept = File.ReadAllText(file);
        var with = await CommandRun.OfAsync(new FakeRunner { Then = Other }.Run, "bless", file, "--reason", "CONNACK is longer");

        Assert.Equal((2, text), (without.ExitCode, kept));
        Assert.StartsWith($"{file}: would be blessed\n  one: ", without.Output, StringComparison.Ordinal);
        Assert.Equal("orrery bless: traces are others than before: say why with --reason TEXT; nothing was written\n", without.Error);
        Assert.Equal(0, with.ExitCode);
        Assert.Contains($"{file}: blessed: CONNACK is longer\n  one: ", with.Output, StringComparison.Ordinal);
        Assert.Contains(" -> 00000000000000ff\n", with.Output, StringComparison.Ordinal);
        Assert.EndsWith("golden: { engine: \"0.1.0\", trace: \"00000000000000ff\" }\n", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_writes_nothing_and_fails_where_something_would_change()
    {
        var file = _folder.Write("a.yaml", ScenarioFolder.OneRun);

        var before = await CommandRun.OfAsync(new FakeRunner().Run, "bless", file, "--check");
        var untouched = File.ReadAllText(file);
        await CommandRun.OfAsync(new FakeRunner().Run, "bless", file);
        var after = await CommandRun.OfAsync(new FakeRunner().Run, "bless", file, "--check");

        Assert.Equal((1, ScenarioFolder.OneRun), (before.ExitCode, untouched));
        Assert.Contains("would be blessed", before.Output, StringComparison.Ordinal);
        Assert.Equal((0, "0 of 1 files would change\n"), (after.ExitCode, after.Output));
    }

    [Fact]
    public async Task A_file_with_a_run_that_fails_is_not_blessed_and_others_are()
    {
        var bad = _folder.Write("a.yaml", ScenarioFolder.FourRuns);
        var good = _folder.Write("b.yaml", ScenarioFolder.OneRun);
        var runner = new FakeRunner { Then = result => result.Name == "many/first[qos=1]" ? FakeRunner.Broken(result) : result };

        var run = await CommandRun.OfAsync(runner.Run, "bless", _folder.Path);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"{bad}: not blessed\nFAIL     many/first[qos=1]", run.Output, StringComparison.Ordinal);
        Assert.Equal(ScenarioFolder.FourRuns, File.ReadAllText(bad));
        Assert.Contains("golden", File.ReadAllText(good), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_has_not_the_same_trace_twice_is_not_blessed()
    {
        var file = _folder.Write("a.yaml", ScenarioFolder.OneRun);
        var number = 0;
        var runner = new FakeRunner { Then = result => result with { TraceHash = $"{++number:x16}" } };

        var run = await CommandRun.OfAsync(runner.Run, "bless", file);

        Assert.Equal((1, ScenarioFolder.OneRun), (run.ExitCode, File.ReadAllText(file)));
        Assert.Contains("BROKEN determinism", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_skipped_run_keeps_what_the_file_has_for_it()
    {
        var file = _folder.Write("a.yaml", ScenarioFolder.FourRuns);
        await CommandRun.OfAsync(new FakeRunner().Run, "bless", file);
        var skipped = ScenarioFile.Read(file, File.ReadAllText(file)).Runs.Single(run => run.Name == "many/second[qos=1]").GoldenTrace;
        var runner = new FakeRunner
        {
            Then = result => result.Name == "many/second[qos=1]" ? result with { Verdict = Verdict.Skipped, TraceHash = "", SkipReason = "no disk" } : Other(result),
        };

        var run = await CommandRun.OfAsync(runner.Run, "bless", file, "--reason", "because");

        Assert.Equal(0, run.ExitCode);
        var runs = ScenarioFile.Read(file, File.ReadAllText(file)).Runs;
        Assert.Equal(["00000000000000ff", "00000000000000ff", "00000000000000ff", skipped], runs.Select(made => made.GoldenTrace));
    }

    [Fact]
    public async Task A_mark_at_the_start_of_the_file_stays()
    {
        var file = _folder.PathOf("a.yaml");
        File.WriteAllBytes(file, [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(ScenarioFolder.OneRun)]);

        Assert.Equal(0, (await CommandRun.OfAsync(new FakeRunner().Run, "bless", file)).ExitCode);

        var bytes = File.ReadAllBytes(file);
        Assert.Equal([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(ScenarioFolder.OneRun)], bytes[..(ScenarioFolder.OneRun.Length + 3)]);
    }

    private static RunResult Other(RunResult result) => result with { TraceHash = "00000000000000ff" };
}
