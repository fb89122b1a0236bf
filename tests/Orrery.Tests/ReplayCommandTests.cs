namespace Orrery.Tests;

public sealed class ReplayCommandTests : IDisposable
{
    private readonly ScenarioFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task One_run_is_shown_whole_with_its_findings()
    {
        var runner = new FakeRunner { Then = FakeRunner.Broken };

        var run = await CommandRun.OfAsync(runner.Run, "replay", _folder.Write("a.yaml", ScenarioFolder.OneRun), "--seed", "9");

        Assert.Equal((1, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            $"""
            run       one
            seed      9
            verdict   fail
            trace     {FakeRunner.TraceOf(Orrery.Simulation.Scenarios.ScenarioFile.Read("a.yaml", ScenarioFolder.OneRun).Runs[0].Hash, 9)}

            ! 1.000000 s  #0  c#1  --> b1   PUBLISH id 1, QoS 1, topic a/b, payload "hi" [1 of 2]
            ! 1.005000 s  #1  b1   <-- c#1  PUBLISH id 1, QoS 1, topic a/b, payload "hi" [1 of 2]

            2.500 s of virtual time, 2 events shown, 42 in all

            BROKEN Q1-2: c got no PUBACK for 1.
              MQTT-4.3.2-4
              shown by #0, #1

            """.ReplaceLineEndings("\n"),
            run.Output);
        Assert.True(Assert.Single(runner.Asked).Detailed);
    }

    [Theory]
    [InlineData("many/second[qos=1]")]
    [InlineData("second[qos=1]")]
    public async Task A_run_is_chosen_by_its_name_or_the_end_of_it(string name)
    {
        var run = await CommandRun.OfAsync(new FakeRunner().Run, "replay", _folder.Write("a.yaml", ScenarioFolder.FourRuns), "--run", name);

        Assert.StartsWith("run       many/second[qos=1]\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData(null, "which run? Say --run with one of these:\n  many/first[qos=0]\n")]
    [InlineData("[qos=1]", "which run? Say --run with one of these:\n  many/first[qos=1]\n  many/second[qos=1]\n")]
    [InlineData("third", "no run is called 'third'; there are:\n  many/first[qos=0]\n")]
    public async Task Whoever_does_not_say_which_run_gets_the_names(string? name, string expected)
    {
        var file = _folder.Write("a.yaml", ScenarioFolder.FourRuns);

        var run = await CommandRun.OfAsync(new FakeRunner().Run, name is null ? ["replay", file] : ["replay", file, "--run", name]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"orrery replay: {expected}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_written_beside_the_text()
    {
        var run = await CommandRun.OfAsync(
            new FakeRunner().Run, "replay", _folder.Write("a.yaml", ScenarioFolder.OneRun), "--jsonl", _folder.PathOf("l.jsonl"), "--timeline", _folder.PathOf("t.txt"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(3, File.ReadAllLines(_folder.PathOf("l.jsonl")).Length);
        Assert.Equal(run.Output, File.ReadAllText(_folder.PathOf("t.txt")));
    }
}
