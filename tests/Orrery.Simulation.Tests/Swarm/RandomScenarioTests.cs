using Orrery.Simulation.Scenarios.Model;
using Orrery.Simulation.Swarm;

namespace Orrery.Simulation.Tests.Swarm;

public sealed class RandomScenarioTests
{
    [Fact]
    public void Every_seed_makes_a_valid_scenario_of_the_promised_size()
    {
        for (var seed = 0UL; seed < 300; seed++)
        {
            var scenario = RandomScenario.Of(seed).Scenario;

            Assert.InRange(scenario.Topology.Brokers.Count, 1, 2);
            Assert.InRange(scenario.Topology.Clients.Count, 2, 8);
            Assert.InRange(scenario.Steps.Count, 23, 69);
        }
    }

    [Fact]
    public void A_seed_makes_the_same_text_each_time_and_seeds_make_different_ones()
    {
        Assert.Equal(RandomScenario.Text(5), RandomScenario.Text(5));
        Assert.Equal(100, Enumerable.Range(0, 100).Select(seed => RandomScenario.Of((ulong)seed).Hash).Distinct().Count());
    }

    [Fact]
    public void All_that_may_happen_happens_in_some()
    {
        var scenarios = Enumerable.Range(0, 500).Select(seed => RandomScenario.Of((ulong)seed).Scenario).ToArray();

        Type[] steps =
        [
            typeof(ConnectStep), typeof(PublishStep), typeof(SubscribeStep), typeof(UnsubscribeStep), typeof(PingStep), typeof(DisconnectStep),
            typeof(HoldAcksStep), typeof(CrashStep), typeof(StopStep), typeof(PauseStep), typeof(SetClockStep),
        ];
        Assert.Empty(steps.Except(scenarios.SelectMany(scenario => scenario.Steps).Select(step => step.GetType())));
        Type[] faults =
        [
            typeof(ClogFault), typeof(HalfOpenFault), typeof(ResetFault), typeof(FinFault), typeof(RefuseFault), typeof(HangFault),
            typeof(LatencyFault), typeof(BandwidthFault), typeof(SegmentFault), typeof(PartitionFault),
            typeof(DiskFullFault), typeof(DiskErrorFault), typeof(DiskStallFault), typeof(DiskLiesFault), typeof(BitRotFault),
        ];
        Assert.Empty(faults.Except(scenarios.SelectMany(scenario => scenario.Faults).Select(fault => fault.GetType())));
        Assert.Equal(Enum.GetValues<Persistence>(), scenarios.SelectMany(scenario => scenario.Topology.Brokers).Select(broker => broker.Value.Persistence).Distinct().Order());
        Assert.Equal(Enum.GetValues<CrashKind>(), scenarios.SelectMany(scenario => scenario.Steps).OfType<CrashStep>().Select(crash => crash.Kind).Distinct().Order());
        var versions = scenarios.SelectMany(scenario => scenario.Topology.Clients).Select(client => client.Value.Protocol.Version).Distinct().Order();
        Assert.Equal([ProtocolVersion.V31, ProtocolVersion.V311, ProtocolVersion.V5], versions.Select(version => version!.Value));
    }
}
