using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;
using Orrery.Simulation.Tests.Scenarios;

namespace Orrery.Simulation.Tests.Running;

/// <summary>longer-than-memory is about a queue that is read in pages, which nobody would notice if its messages became too few for that.</summary>
public sealed class PagedQueueTests
{
    [Theory]
    [InlineData("longer-than-memory[crash=kill]")]
    [InlineData("longer-than-memory[crash=power_loss]")]
    public void The_queue_that_is_longer_than_memory_is_read_in_pages_on_both_sides_of_the_crash(string name)
    {
        var run = Documents.ReadLibrary("durability/longer-than-memory.yaml").Runs.Single(run => run.Name == name);

        var result = ScenarioRunner.Run(run, new RunOptions { Detailed = true });

        Assert.Equal(Verdict.Pass, result.Verdict);
        var reads = result.History.Events.Where(happened => happened is { Kind: HistoryKind.DiskSubmitted, Name: "read", Detail: null }).ToArray();
        var back = result.History.Events.Last(happened => happened.Kind == HistoryKind.ProcessStarted && happened.Node == "b1").Nanoseconds;
        Assert.InRange(reads.Count(read => read.Nanoseconds < back), 2, 8);
        Assert.InRange(reads.Count(read => read.Nanoseconds > back), 1, 8);
    }
}
