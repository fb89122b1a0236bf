using System.Text;
using Orrery.Simulation.Swarm;

namespace Orrery.Tests;

public sealed class DeterminismCommandTests
{
    [Fact]
    public async Task C4_Random_scenarios_are_the_same_in_another_process_where_everything_else_differs()
    {
        var run = await CommandRun.OfAsync("determinism", "--count", "4", "--seed", "11");

        Assert.Equal((0, "4 scenarios, 3 runs each: no difference\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public void A_run_that_differs_by_process_has_exit_code_1_and_shows_where()
    {
        // The other process runs the real scenarios, so that these here differ from it, and not from each other.
        var (exitCode, output, _) = Run("--count 2", new Altered());

        Assert.Equal(1, exitCode);
        Assert.StartsWith("seed 1: a run in another process differs: 0000000000000001 and ", output, StringComparison.Ordinal);
        Assert.Contains("here:  altered\nthere: event 0 at 0 ns: kernel, start, seed: 1\n", output, StringComparison.Ordinal);
        Assert.EndsWith("runs differ\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void C2_Work_on_the_thread_pool_is_an_escape()
    {
        var (exitCode, output, error) = Run("--list --count 3", new Escaping());

        Assert.Equal((1, "1 0000000000000001\n"), (exitCode, output));
        Assert.Matches("the run of seed 1 left its thread: [0-9]+ work items of the thread pool are done", error);
    }

    // The counters of this process move all the time: other tests use its pool.
    [Theory]
    [InlineData(1, 0, 0, "1 work items of the thread pool are done")]
    [InlineData(0, 2, 0, "2 work items wait for the thread pool")]
    [InlineData(0, 0, 3, "3 timers of the machine are running")]
    [InlineData(0, 0, 0, null)]
    public void C2_Whatever_moves_is_an_escape(int done, int pending, int timers, string? escaped)
    {
        var now = (Done: 7L, Pending: 8L, Timers: 9L);
        var detector = new EscapeDetector(() => now);

        now = (now.Done + done, now.Pending + pending, now.Timers + timers);

        Assert.Equal(escaped, detector.Escaped());
    }

    [Fact]
    public async Task The_scenario_of_a_seed_can_be_kept()
    {
        var run = await CommandRun.OfAsync("determinism", "--scenario", "--seed", "5");

        Assert.Equal((0, RandomScenario.Text(5)), (run.ExitCode, run.Output));
    }

    [Theory, InlineData("determinism --count 0", "--count is a number from 1"), InlineData("determinism --seed -1", "-1")]
    public async Task Arguments_that_make_no_sense_are_named(string arguments, string message)
    {
        var run = await CommandRun.OfAsync(arguments.Split(' '));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private static (int ExitCode, string Output, string Error) Run(string arguments, IRepeatableRuns runs)
    {
        using var output = new MemoryStream();
        var error = new StringWriter();
        var exitCode = DeterminismCommand.Create(new Terminal(new MemoryStream(), output, error), runs).Parse(arguments.Split(' ')).Invoke();
        return (exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    private class Altered : IRepeatableRuns
    {
        public virtual string HashOf(ulong seed, bool isWatched, Action? disturb) => "0000000000000001";

        public string? Difference(ulong seed) => null;

        public IReadOnlyList<string> Checkpoints(ulong seed) => ["altered"];

        public IReadOnlyList<string> Trace(ulong seed, int interval) => ["altered"];
    }

    private sealed class Escaping : Altered
    {
        public override string HashOf(ulong seed, bool isWatched, Action? disturb)
        {
            // A work item counts as done a moment after its last instruction, so that the first one may come too late.
            for (var before = ThreadPool.CompletedWorkItemCount; ThreadPool.CompletedWorkItemCount == before;)
            {
                using var done = new ManualResetEventSlim();
                ThreadPool.QueueUserWorkItem(_ => done.Set());
                done.Wait();
            }

            return base.HashOf(seed, isWatched, disturb);
        }
    }
}
