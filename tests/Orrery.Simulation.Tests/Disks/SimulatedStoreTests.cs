using Orrery.Broker.Persistence;
using Orrery.Mqtt;
using Orrery.Simulation.Disks;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Scenarios.Model;
using Orrery.Storage;
using Orrery.Storage.Tests.Models;

namespace Orrery.Simulation.Tests.Disks;

public sealed class SimulatedStoreTests
{
    private static readonly StorageOptions Options = new() { Path = "store.db", LogPagesMax = 20 };

    private readonly StoredQueue _queue = new(StoredQueueKind.Session, "a") { Id = 1 };

    [Fact]
    public void An_answer_comes_when_the_disk_is_done_and_not_before()
    {
        var world = new World(1);
        var reader = new StoreReader();
        world.Store.Open(reader);
        world.Kernel.RunUntil(1_000_000_000);
        Assert.NotNull(reader.Opened);

        var due = 0L;
        world.Store.OperationObserver = operation => due = operation.Kind == DiskOperationKind.Sync ? operation.EndNanoseconds : due;
        world.Store.Commit([new StoreMutation.BeginQueue(_queue)]);
        Assert.InRange(due, 1_001_000_000, 1_002_000_000);  // a few writes, and two syncs: of a new log's header, and of the commit
        world.Kernel.RunUntil(due - 1);
        Assert.Equal(0, reader.Committed);
        world.Kernel.RunUntil(due);
        Assert.Equal(1, reader.Committed);
    }

    [Fact]
    public void A_commit_is_submitted_then_written_then_synced_and_says_what_it_is_about()
    {
        var world = new World(1);
        world.Store.Open(new StoreReader());
        world.Kernel.RunUntil(1_000_000_000);
        world.Progress.Clear();

        world.Store.Commit([new StoreMutation.BeginQueue(_queue), new StoreMutation.AddInbound(_queue, new PacketIdentifier(3))]);
        world.Kernel.RunUntil(2_000_000_000);

        Assert.Equal([DiskStage.Submit, DiskStage.Written, DiskStage.Synced], world.Progress.Select(item => item.Progress.Stage));
        Assert.All(world.Progress, item => Assert.Equal(["session_begin", "inbound_qos2"], item.Progress.Tags));
        Assert.Equal(1_000_000_000, world.Progress[0].Nanoseconds);
        Assert.Equal(500_000, world.Progress[2].Nanoseconds - world.Progress[1].Nanoseconds);  // what a sync takes
    }

    [Theory]
    [InlineData(DiskStage.Written, 0)]
    [InlineData(DiskStage.Synced, 1)]
    public void A_power_loss_between_write_and_sync_takes_the_commit_and_one_after_it_does_not(DiskStage stage, int expected)
    {
        var world = new World(1);
        var reader = new StoreReader();
        world.Store.Open(reader);
        world.Kernel.RunUntil(1_000_000_000);
        world.Store.Observer = progress =>
        {
            if (progress.Stage == stage) world.Store.LosePower(Survival.None, 0);
        };
        world.Store.Commit([new StoreMutation.BeginQueue(_queue)]);
        world.Kernel.RunUntil(2_000_000_000);
        Assert.Equal(0, reader.Committed);                  // nobody is left to be told

        var next = world.NextLife();
        var recovered = new StoreReader();
        next.Open(recovered);
        world.Kernel.RunUntil(3_000_000_000);
        Assert.Equal(expected, recovered.Queues.Count);
    }

    [Fact]
    public void A_killed_life_is_not_answered_and_the_next_finds_what_was_written()
    {
        var world = new World(1);
        var reader = new StoreReader();
        world.Store.Open(reader);
        world.Kernel.RunUntil(1_000_000_000);
        world.Store.Observer = progress =>
        {
            if (progress.Stage == DiskStage.Written) world.Store.Kill();
        };
        world.Store.Commit([new StoreMutation.BeginQueue(_queue)]);
        world.Kernel.RunUntil(2_000_000_000);
        Assert.Equal(0, reader.Committed);

        var recovered = new StoreReader();
        world.NextLife().Open(recovered);
        world.Kernel.RunUntil(3_000_000_000);
        Assert.Single(recovered.Queues);
    }

    [Fact]
    public void A_stop_of_the_world_in_a_call_leaves_it_unanswered()
    {
        var world = new World(1);
        var reader = new StoreReader();
        world.Store.Open(reader);
        world.Kernel.RunUntil(1_000_000_000);
        var stopped = new List<long>();
        world.Disk.StopAt(world.Disk.OperationCount + 1, stopped.Add);

        world.Store.Commit([new StoreMutation.BeginQueue(_queue)]);
        world.Kernel.RunUntil(2_000_000_000);

        Assert.Equal([1_000_005_000], stopped);             // after one write
        Assert.Equal(0, reader.Committed);
        Assert.Empty(reader.Failures);
    }

    [Fact]
    public void A_seed_repeats_itself_and_another_one_does_not()
    {
        Assert.Equal(Hash(5), Hash(5));
        Assert.NotEqual(Hash(5), Hash(6));
    }

    [Fact]
    public void Worlds_on_several_threads_do_not_disturb_each_other()
    {
        ulong[] alone = [.. Enumerable.Range(0, 16).Select(seed => Hash((ulong)seed))];
        var together = new ulong[alone.Length];

        Parallel.For(0, alone.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, seed => together[seed] = Hash((ulong)seed));

        Assert.Equal(alone, together);
    }

    private static ulong Hash(ulong seed)
    {
        var world = new World(seed);
        var reader = new StoreReader();
        world.Store.Open(reader);
        foreach (var group in new Orrery.Storage.Tests.Models.Workload().Groups(Enumerable.Range((int)seed, 60)))
        {
            world.Store.Commit(group);
            world.Kernel.RunUntil(world.Disk.BusyUntilNanoseconds);
        }

        world.Store.LosePower(Survival.AnySubset, 512);
        var recovered = new StoreReader();
        var next = world.NextLife();
        next.Open(recovered);
        world.Kernel.RunUntil(world.Kernel.NowNanoseconds + 10_000_000_000);
        Assert.NotNull(recovered.Opened);
        next.Close();
        world.Kernel.RunUntil(world.Kernel.NowNanoseconds + 10_000_000_000);
        next.Dispose();
        return world.Kernel.Hash;
    }

    private sealed class World
    {
        public World(ulong seed)
        {
            Kernel = new SimulationKernel(new KernelOptions { Seed = seed });
            Disk = new SimulatedDisk(Kernel, "b1.disk", new DiskLatency { SyncMeanNanoseconds = seed > 1 ? 300_000 : 0 });
            Store = NextLife();
        }

        public SimulationKernel Kernel { get; }

        public SimulatedDisk Disk { get; }

        public SimulatedStore Store { get; }

        public List<(StoreProgress Progress, long Nanoseconds)> Progress { get; } = [];

        public SimulatedStore NextLife() => new(Kernel, Disk, Options, answer => answer())
        {
            Observer = progress => Progress.Add((progress, Kernel.NowNanoseconds)),
        };
    }
}
