using Orrery.Simulation.Kernel;
using Orrery.Simulation.Measuring;

namespace Orrery.Simulation.Tests.Measuring;

/// <summary>The worlds that are measured do what their figures say, here in small.</summary>
public sealed class WorkloadsTests
{
    [Fact]
    public void Streams_deliver_each_acknowledged_message_and_never_stop()
    {
        var world = Workloads.Streams(new KernelOptions(), pairs: 3, window: 4);
        world.RunFor(MeasuredWorld.Second);
        var first = world.Deliveries;
        world.RunFor(MeasuredWorld.Second);

        Assert.InRange(first, 500, 6_000);              // 12 on their way, some 5 ms for each and its acknowledgement
        Assert.InRange(world.Deliveries - first, first / 2, first * 2);
        Assert.InRange(world.Acknowledged - world.Deliveries, -12, 12);
        Assert.Equal(2 * (world.Deliveries + world.Acknowledged), world.Packets);
    }

    [Fact]
    public void A_fleet_delivers_one_message_a_second_to_each_client()
    {
        var world = Workloads.Fleet(new KernelOptions(), clients: 10);
        world.RunFor(10 * MeasuredWorld.Second);

        Assert.InRange(world.Deliveries, 99, 100);
        Assert.InRange(world.Acknowledged, 99, 100);
    }

    [Fact]
    public void Idle_clients_are_connected_and_stay_so()
    {
        var world = Workloads.Idle(new KernelOptions(), brokers: 3, clientsEach: 5);
        world.RunFor(10 * 60 * MeasuredWorld.Second);

        Assert.Equal((15, 0), (world.Connected, world.Deliveries));
    }

    [Fact]
    public void A_planted_payload_is_the_only_difference()
    {
        var found = DivergenceFinder.Find(new KernelOptions { CheckpointInterval = 256 }, options => Run(options, -1), options => Run(options, 100));

        Assert.NotNull(found);
        Assert.StartsWith("p0->b1", found.Source, StringComparison.Ordinal);
        Assert.StartsWith("bytes[", found.Field, StringComparison.Ordinal);
        Assert.Equal(("0x2A", "0x2B", CauseList.CountMax), (found.First, found.Second, found.Causes.Count));

        static SimulationKernel Run(KernelOptions options, long planted)
        {
            var world = Workloads.Streams(options, pairs: 2, window: 3, planted);
            world.RunFor(MeasuredWorld.Second);
            return world.Kernel;
        }
    }

    [Fact]
    public void Every_part_is_described_and_measures_what_it_says()
    {
        foreach (var part in SimulationBenchmark.Parts) Assert.NotEmpty(SimulationBenchmark.Describe(part));
        Assert.Throws<ArgumentException>(() => new SimulationBenchmark(new StoppedMachine()).Measure("nothing"));
    }

    [Theory]
    [InlineData(2, null, true), InlineData(3, null, true), InlineData(null, 3, true), InlineData(null, 4, true), InlineData(4, null, false), InlineData(null, 2, false)]
    public void A_limit_is_met_at_its_own_value(int? least, int? most, bool met) =>
        Assert.Equal(met, new Figure("part", "name", 3, "") { AtLeast = least, AtMost = most }.IsMet);

    private sealed class StoppedMachine : IMachine
    {
        public TimeSpan Clock => TimeSpan.Zero;

        public long ProcessBytes => 0;

        public long LiveBytes => 0;
    }
}
