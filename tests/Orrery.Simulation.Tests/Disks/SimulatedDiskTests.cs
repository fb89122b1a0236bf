using Orrery.Simulation.Disks;
using Orrery.Simulation.Kernel;
using Orrery.Storage.Disks;

namespace Orrery.Simulation.Tests.Disks;

public sealed class SimulatedDiskTests
{
    private const long Second = 1_000_000_000;

    private readonly SimulationKernel _kernel = new(new KernelOptions { Seed = 7 });
    private readonly SimulatedDisk _disk;

    public SimulatedDiskTests() => _disk = new SimulatedDisk(_kernel, "disk");

    [Fact]
    public void A_process_reads_what_it_wrote_at_once()
    {
        var file = Open("a");

        Write(file, 0, 1, 2, 3);
        Write(file, 5, 9);

        Assert.Equal(6, file.Length);
        Assert.Equal([1, 2, 3, 0, 0, 9], Read("a"));
        Assert.Equal(DiskResult.Done, file.Truncate(2));
        Assert.Equal([1, 2], Read("a"));
    }

    [Fact]
    public void The_end_of_the_process_keeps_what_was_written_by_then()
    {
        var file = Open("a");
        Write(file, 0, 1);
        Pass();
        Write(file, 1, 2);                                  // under way when the process ends

        _disk.Kill();

        Assert.Equal([1], Read("a"));
        Assert.Equal(DiskResult.Failed, file.Write(0, [5]));
    }

    [Fact]
    public void A_power_loss_keeps_what_was_synced_and_nothing_else_where_nothing_survives()
    {
        var file = Open("a", syncsFolder: true);
        Write(file, 0, 1, 2);
        file.Sync();
        Write(file, 1, 7);
        Write(file, 2, 8);
        Pass();

        _disk.LosePower(Survival.None, 0);

        Assert.Equal([1, 2], Read("a"));
        Assert.Equal(0, _disk.UnsyncedCount);
    }

    [Fact]
    public void A_power_loss_during_a_sync_makes_no_difference_to_one_before_it()
    {
        var file = Open("a", syncsFolder: true);
        Write(file, 0, 1);
        file.Sync();
        Pass();
        Write(file, 0, 2);
        file.Sync();
        _kernel.RunUntil(_kernel.NowNanoseconds + 5_000);   // the write is done, and the sync is not

        _disk.LosePower(Survival.None, 0);

        Assert.Equal([1], Read("a"));
    }

    [Fact]
    public void Any_subset_of_what_was_not_synced_may_survive()
    {
        Assert.Equal(["000", "001", "010", "011", "100", "101", "110", "111"], Outcomes(200, "subset", Survival.AnySubset));
    }

    [Fact]
    public void Of_a_prefix_only_the_first_survive()
    {
        Assert.Equal(["000", "100", "110", "111"], Outcomes(100, "prefix", Survival.Prefix));
    }

    [Fact]
    public void A_torn_write_survives_by_whole_sectors()
    {
        var seen = new HashSet<string>();
        for (var round = 0; round < 100; round++)
        {
            var disk = new SimulatedDisk(_kernel, $"torn{round}");
            IDisk port = disk;
            var file = port.Open("a", isCreated: true, syncsFolder: true)!;
            file.Write(0, new byte[1_536]);
            file.Sync();
            file.Write(256, Enumerable.Repeat((byte)1, 1_024).ToArray());   // parts of three sectors
            Pass();
            disk.LosePower(Survival.AnySubset, 512);
            var bytes = Read(disk, "a");
            byte[][] sectors = [bytes[256..512], bytes[512..1_024], bytes[1_024..1_280]];
            Assert.All(sectors, sector => Assert.Single(sector.Distinct()));
            Assert.All((byte[][])[bytes[..256], bytes[1_280..]], rest => Assert.Equal([0], rest.Distinct()));
            seen.Add(string.Join("", sectors.Select(sector => sector[0])));
        }

        Assert.Equal(8, seen.Count);
    }

    [Fact]
    public void A_file_whose_place_in_the_folder_was_not_synced_may_be_gone()
    {
        var file = Open("a", syncsFolder: false);
        Write(file, 0, 1);
        file.Sync();
        Pass();
        _disk.LosePower(Survival.None, 0);
        Assert.Empty(_disk.Files);

        file = Open("b", syncsFolder: true);
        file.Sync();
        Pass();
        Assert.Equal(DiskResult.Done, ((IDisk)_disk).Delete("b", isFolderSynced: false));
        Pass();
        Assert.Empty(_disk.Files);
        _disk.LosePower(Survival.None, 0);
        Assert.Equal(["b"], _disk.Files.Select(found => found.Name));

        Assert.Equal(DiskResult.Done, ((IDisk)_disk).Delete("b", isFolderSynced: true));
        Pass();
        _disk.LosePower(Survival.None, 0);
        Assert.Empty(_disk.Files);
    }

    [Fact]
    public void After_a_failed_sync_a_second_one_does_not_bring_back_what_was_lost()
    {
        var lost = 0;
        for (var round = 0; round < 50; round++)
        {
            var disk = new SimulatedDisk(_kernel, $"failed{round}");
            IDisk port = disk;
            var file = port.Open("a", isCreated: true, syncsFolder: true)!;
            file.Write(0, [0]);
            file.Sync();
            file.Write(0, [1]);
            disk.Faults = new DiskFaults { SyncErrorsPermille = 1_000 };
            Assert.Equal(DiskResult.Failed, file.Sync());
            disk.Faults = new DiskFaults();
            Assert.Equal(DiskResult.Done, file.Sync());
            Assert.Equal([1], Read(disk, "a"));
            Pass();
            disk.LosePower(Survival.All, 0);
            if (Read(disk, "a")[0] == 0) lost++;
        }

        Assert.InRange(lost, 10, 40);
    }

    [Fact]
    public void A_lying_sync_makes_nothing_durable()
    {
        _disk.Faults = new DiskFaults { SyncsLie = true };
        var file = Open("a", syncsFolder: true);
        Write(file, 0, 1);
        Assert.Equal(DiskResult.Done, file.Sync());
        Pass();

        _disk.LosePower(Survival.None, 0);

        Assert.Empty(_disk.Files);
    }

    [Fact]
    public void A_full_disk_takes_nothing_new_and_what_is_there_may_be_changed()
    {
        _disk.Faults = new DiskFaults { CapacityBytes = 10 };
        var file = Open("a");
        Write(file, 0, new byte[10]);

        Assert.Equal(DiskResult.Full, file.Write(9, [1, 2]));
        Assert.Equal(DiskResult.Full, Open("b").Write(0, [1]));
        Assert.Equal(DiskResult.Done, file.Write(8, [1, 2]));
        file.Truncate(5);
        Assert.Equal(DiskResult.Done, file.Write(9, [1]));
        Assert.Equal(10, _disk.UsedBytes);
    }

    [Fact]
    public void Errors_come_as_often_as_asked_for_and_change_nothing()
    {
        var file = Open("a");
        Write(file, 0, 1);
        _disk.Faults = new DiskFaults { WriteErrorsPermille = 300 };

        var failed = Enumerable.Range(0, 1_000).Count(_ => file.Write(0, [2]) == DiskResult.Failed);
        Assert.InRange(failed, 200, 400);

        _disk.Faults = new DiskFaults();
        Write(file, 0, 1);
        _disk.Faults = new DiskFaults { WriteErrorsPermille = 1_000, ReadErrorsPermille = 1_000 };
        Assert.Equal(DiskResult.Failed, file.Write(0, [2]));
        Assert.Equal(DiskResult.Failed, file.Truncate(0));
        Assert.Equal(DiskResult.Failed, file.Read(0, new byte[1], out _));
        _disk.Faults = new DiskFaults();
        Assert.Equal([1], Read("a"));
    }

    [Fact]
    public void The_world_stops_at_an_operation_that_then_never_happens()
    {
        var stopped = new List<long>();
        var file = Open("a", syncsFolder: true);
        Write(file, 0, 1);
        file.Sync();
        _disk.StopAt(_disk.OperationCount + 1, stopped.Add);
        Write(file, 0, 2);
        Assert.Empty(stopped);

        Assert.Equal(DiskResult.Failed, file.Write(0, [3]));
        Assert.Equal(DiskResult.Failed, file.Sync());
        Assert.Equal([_disk.BusyUntilNanoseconds], stopped);
        Assert.True(_disk.IsStopped);
        Pass();
        _disk.Kill();

        Assert.Equal([2], Read("a"));
        Assert.False(_disk.IsStopped);
    }

    [Fact]
    public void Operations_take_their_time_one_after_another()
    {
        var done = new List<(DiskOperationKind Kind, long Start, long End)>();
        _disk.Observer = operation => done.Add((operation.Kind, operation.StartNanoseconds, operation.EndNanoseconds));
        var file = Open("a");
        Write(file, 0, 1);
        file.Sync();

        Assert.Equal([(DiskOperationKind.Create, 0, 5_000), (DiskOperationKind.Write, 5_000, 10_000), (DiskOperationKind.Sync, 10_000, 510_000)], done);
        Assert.Equal(510_000, _disk.BusyUntilNanoseconds);
        _disk.StallUntil(Second);
        Write(file, 0, 1);
        Assert.Equal(Second + 5_000, _disk.BusyUntilNanoseconds);
    }

    [Fact]
    public void One_bit_rots()
    {
        var file = Open("a", syncsFolder: true);
        Write(file, 0, new byte[100]);
        file.Sync();
        Pass();

        var bit = _disk.Rot("a")!.Value;

        Assert.Equal(1 << (int)(bit % 8), Read("a")[bit / 8]);
        Assert.Single(Read("a"), value => value != 0);
        Assert.Null(_disk.Rot("b"));
    }

    [Fact]
    public void A_copy_is_the_disk_after_its_first_operations()
    {
        var file = Open("a", syncsFolder: true);            // operation 0
        Write(file, 0, 1);
        Write(file, 1, 2);
        file.Sync();
        Write(file, 0, 9);

        Assert.Empty(_disk.CopyAfter(_kernel, 0).Files);
        Assert.Equal([], Read(_disk.CopyAfter(_kernel, 1), "a"));
        Assert.Equal([1], Read(_disk.CopyAfter(_kernel, 2), "a"));
        Assert.Equal([1, 2], Read(_disk.CopyAfter(_kernel, 3), "a"));
        Assert.Equal([9, 2], Read(_disk.CopyAfter(_kernel, 5), "a"));
        var copy = _disk.CopyAfter(_kernel, 5);
        copy.LosePower(Survival.None, 0);
        Assert.Equal([1, 2], Read(copy, "a"));
        Assert.Equal([9, 2], Read("a"));
    }

    [Fact]
    public void What_comes_later_changes_no_write_of_a_copy()
    {
        var file = Open("a", syncsFolder: true);
        file.Sync();
        Write(file, 0, Page(1));
        Pass();
        var copy = _disk.CopyAfter(_kernel, _disk.OperationCount);

        file.Sync();
        Pass();
        Write(file, 0, Page(2));
        copy.LosePower(Survival.All, 0);

        Assert.Equal(Page(1), Read(copy, "a"));
        Assert.Equal(Page(2), Read("a"));

        static byte[] Page(byte value) => [.. Enumerable.Repeat(value, 4_096)];
    }

    /// <summary>What is left of three writes of 1 over synced zeros, of so many disks that lose power, in order.</summary>
    private IEnumerable<string> Outcomes(int disks, string name, Survival survival)
    {
        var seen = new HashSet<string>();
        for (var round = 0; round < disks; round++)
        {
            var disk = new SimulatedDisk(_kernel, $"{name}{round}");
            IDisk port = disk;
            var file = port.Open("a", isCreated: true, syncsFolder: true)!;
            file.Write(0, [0, 0, 0]);
            file.Sync();
            for (var i = 0; i < 3; i++) file.Write(i, [1]);
            Pass();
            disk.LosePower(survival, 0);
            seen.Add(string.Join("", Read(disk, "a")));
        }

        return seen.Order();
    }

    private void Pass() => _kernel.RunUntil(_kernel.NowNanoseconds + Second);

    private IDiskFile Open(string name, bool syncsFolder = false) => ((IDisk)_disk).Open(name, isCreated: true, syncsFolder)!;

    private static void Write(IDiskFile file, long offset, params byte[] bytes) => Assert.Equal(DiskResult.Done, file.Write(offset, bytes));

    private byte[] Read(string name) => Read(_disk, name);

    private static byte[] Read(IDisk disk, string name)
    {
        var file = disk.Open(name, isCreated: false, syncsFolder: false)!;
        var bytes = new byte[file.Length + 1];
        Assert.Equal(DiskResult.Done, file.Read(0, bytes, out var count));
        return bytes[..count];
    }
}
