using Orrery.Broker.Persistence;
using Orrery.Simulation.Disks;
using Orrery.Storage;

namespace Orrery.Simulation.Tests.Disks;

public sealed class CrashPointTests
{
    private static readonly (string Name, Action<SimulatedDisk> Do) Kill = ("kill", disk => disk.Kill());

    private static readonly (string Name, Action<SimulatedDisk> Do)[] PowerLosses =
    [
        ("power loss that leaves nothing", disk => disk.LosePower(Survival.None, 0)),
        ("power loss that leaves any subset", disk => disk.LosePower(Survival.AnySubset, 0)),
        ("power loss that leaves a prefix", disk => disk.LosePower(Survival.Prefix, 0)),
        ("power loss that tears sectors of 512 bytes", disk => disk.LosePower(Survival.AnySubset, 512)),
        ("power loss that tears sectors of 4096 bytes", disk => disk.LosePower(Survival.AnySubset, 4_096)),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whenever_the_world_ends_what_was_acknowledged_is_recovered(int seed)
    {
        var points = new CrashPoints(Numbers(seed, 45)).Run([Kill, .. PowerLosses]);

        Assert.Empty(points.Violations);
        Assert.InRange(points.Disk.OperationCount, 80, 2_000);
        Assert.InRange(points.Tried, 500, int.MaxValue);
    }

    [Fact]
    public void A_second_end_during_the_recovery_changes_nothing()
    {
        var points = new CrashPoints(Numbers(4, 16)).Run([Kill, PowerLosses[3]], recoveryCrashEvery: 9);

        Assert.Empty(points.Violations);
    }

    [Fact]
    public void Without_a_sync_the_end_of_the_process_takes_nothing()
    {
        var points = new CrashPoints(Numbers(5, 60), DurabilityMode.OperatingSystem).Run([Kill]);

        Assert.Empty(points.Violations);
    }

    [Fact]
    public void Without_a_sync_a_power_loss_takes_the_last_groups_and_leaves_a_store_that_is_whole()
    {
        var points = new CrashPoints(Numbers(6, 30), DurabilityMode.OperatingSystem).Run(PowerLosses);

        Assert.All(points.Violations, violation => Assert.Matches("the state after group [0-9]+, and [0-9]+ were acknowledged$", violation));
    }

    [Fact]
    public void An_end_of_the_world_during_compaction_changes_nothing()
    {
        var points = new CrashPoints(Numbers(9, 40), atEnd: engine => engine.Compact()).Run([Kill, .. PowerLosses]);

        Assert.Empty(points.Violations);
        Assert.InRange(points.Disk.OperationCount - points.FirstPointAtEnd, 30, 5_000);
    }

    // The four below are bugs on purpose: they show that the check can fail.
    [Fact]
    public void An_acknowledgement_before_the_sync_is_found_by_a_power_loss() =>
        Assert.NotEmpty(new CrashPoints(Numbers(7, 60), DurabilityMode.OperatingSystem).Run([PowerLosses[0]]).Violations);

    [Fact]
    public void A_sync_that_lies_is_found_by_a_power_loss() =>
        Assert.NotEmpty(new CrashPoints(Numbers(7, 60), faults: new DiskFaults { SyncsLie = true }).Run([PowerLosses[0]]).Violations);

    [Fact]
    public void A_forgotten_packet_identifier_is_found_by_a_kill() =>
        Assert.NotEmpty(new CrashPoints(Numbers(8, 60), isKept: mutation => mutation is not StoreMutation.AddInbound).Run([Kill]).Violations);

    [Fact]
    public void A_forgotten_removal_is_found_by_a_kill() =>
        Assert.NotEmpty(new CrashPoints(Numbers(8, 60), isKept: mutation => mutation is not StoreMutation.RemoveMessage).Run([Kill]).Violations);

    private static IEnumerable<int> Numbers(int seed, int count) => Enumerable.Range(seed * 1_000, count);
}
