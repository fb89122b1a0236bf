using Orrery.Simulation.Kernel;

namespace Orrery.Simulation.Tests.Kernel;

public sealed class DivergenceFinderTests
{
    private static readonly KernelOptions Options = new() { Seed = 5, CheckpointInterval = 64 };

    [Fact]
    public void Runs_that_agree_have_no_difference() => Assert.Null(DivergenceFinder.Find(Options, Plain, Plain));

    [Theory, InlineData(0L), InlineData(63L), InlineData(64L), InlineData(777L), InlineData(999L)]
    public void The_first_differing_event_is_found_with_its_field_and_causes(long at)
    {
        var found = DivergenceFinder.Find(Options, Plain, options => Deviant(options, at));

        Assert.NotNull(found);
        Assert.Equal((at, "sensor", "reading", "value", "1", "2"), (found.EventIndex, found.Source, found.Message, found.Field, found.First, found.Second));
        Assert.Equal(Math.Min(at + 1, CauseList.CountMax), found.Causes.Count);
        Assert.Equal(at, found.Causes[0].Index);
        Assert.Contains("sensor, reading, value: 1 in the first run, 2 in the second", found.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_differ_are_named_by_their_index()
    {
        var found = DivergenceFinder.Find(
            Options,
            options => SimulationKernelTests.Walk(options, onStep: (kernel, step) => kernel.Observe("link", "carry", "bytes", "abcd"u8)),
            options => SimulationKernelTests.Walk(options, onStep: (kernel, step) => kernel.Observe("link", "carry", "bytes", step == 500 ? "abXd"u8 : "abcd"u8)));

        Assert.Equal((500, "bytes[2]", "0x63", "0x58"), (found!.EventIndex, found.Field, found.First, found.Second));
    }

    [Fact]
    public void A_draw_too_many_is_found()
    {
        var found = DivergenceFinder.Find(Options, Plain, options => SimulationKernelTests.Walk(options, onStep: (kernel, step) =>
        {
            kernel.Observe("sensor", "reading", "value", 1);
            if (step == 300) kernel.Stream("extra").NextUInt64();
        }));

        Assert.Equal((300, "source", "walker", "extra"), (found!.EventIndex, found.Field, found.First, found.Second));
    }

    [Fact]
    public void A_run_that_ended_early_is_found()
    {
        var found = DivergenceFinder.Find(Options, Plain, options => SimulationKernelTests.Walk(options, 950, (kernel, _) => kernel.Observe("sensor", "reading", "value", 1)));

        Assert.Equal((950, "presence", "the run ended"), (found!.EventIndex, found.Field, found.Second));
    }

    [Fact]
    public void A_run_that_differs_from_itself_is_said_to()
    {
        var runs = 0;                           // a planted static counter: the second run of the search no longer differs
        Assert.Throws<InvalidOperationException>(() => DivergenceFinder.Find(Options, Plain, options => ++runs == 1 ? Deviant(options, 10) : Plain(options)));
    }

    private static SimulationKernel Plain(KernelOptions options) => Deviant(options, -1);

    private static SimulationKernel Deviant(KernelOptions options, long at) => SimulationKernelTests.Walk(
        options, onStep: (kernel, step) => kernel.Observe("sensor", "reading", "value", step == at ? 2UL : 1UL));
}
