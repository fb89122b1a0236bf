using Orrery.Broker.Persistence;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using Orrery.Simulation.Disks;
using Orrery.Simulation.Kernel;
using Orrery.Storage;
using Orrery.Storage.Disks;
using Orrery.Storage.Tests.Models;

namespace Orrery.Simulation.Tests.Disks;

public sealed class StoreFaultTests : IDisposable
{
    private static readonly StorageOptions Options = new() { Path = "store.db", LogPagesMax = 6, JournalBytesMax = 300 };

    private readonly SimulationKernel _kernel = new(new KernelOptions { Seed = 11 });
    private readonly SimulatedDisk _disk;
    private readonly MountedDisk _mounted;
    private readonly SqliteStore _store;
    private readonly StoreReader _reader = new();
    private readonly StoredQueue _queue = new(StoredQueueKind.Session, "a") { Id = 1 };
    private long _messageId;

    public StoreFaultTests()
    {
        _disk = new SimulatedDisk(_kernel, "disk");
        _mounted = new MountedDisk(_disk);
        _store = new SqliteStore(Options with { FileSystem = _mounted.Name });
        _store.Open(_reader);
        _store.Commit([new StoreMutation.BeginQueue(_queue)]);
    }

    public void Dispose()
    {
        _store.Dispose();
        _mounted.Dispose();
        Assert.Null(_mounted.Fault);
    }

    [Fact]
    public void A_failed_sync_acknowledges_nothing_and_ends_the_store_until_it_is_opened_again()
    {
        _disk.Faults = new DiskFaults { SyncErrorsPermille = 1_000 };
        _store.Commit([Add(10)]);
        _disk.Faults = new DiskFaults();

        _store.Commit([Add(10)]);
        _store.ReadQueue(_queue, 0, 1, 1);

        Assert.Equal([StoreFailureKind.Sync, StoreFailureKind.Sync, StoreFailureKind.Sync], _reader.Failures.Select(failure => failure.Kind));
        Assert.Contains("did not confirm", _reader.Failures[0].Message, StringComparison.Ordinal);
        Assert.Equal(1, _reader.Committed);

        _store.Open(_reader);
        Assert.NotNull(_reader.Opened);
        _store.Commit([Add(10)]);
        Assert.Equal(2, _reader.Committed);
    }

    [Fact]
    public void A_failed_sync_of_a_checkpoint_ends_the_store_too_after_the_commit_was_answered()
    {
        var hasFailed = false;
        _disk.Observer = operation => hasFailed |= operation.Outcome == DiskOutcome.Failed;
        _reader.Acknowledged = () => _disk.Faults = new DiskFaults { SyncErrorsPermille = 1_000 };
        var committed = _reader.Committed;
        while (!hasFailed)
        {
            _disk.Faults = new DiskFaults();
            _store.Commit([Add(3_000)]);
            Assert.Equal(++committed, _reader.Committed);
            Assert.Empty(_reader.Failures);
        }

        _disk.Faults = new DiskFaults();
        _store.Commit([Add(1)]);
        Assert.Equal(StoreFailureKind.Sync, Assert.Single(_reader.Failures).Kind);
        Assert.Equal(committed, _reader.Committed);
    }

    [Fact]
    public void Whatever_fails_nothing_that_was_acknowledged_is_lost()
    {
        var failed = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            var faults = new DiskFaults
            {
                WriteErrorsPermille = seed % 3 == 0 ? 10 : 0,
                SyncErrorsPermille = seed % 3 == 1 ? 30 : 0,
                ReadErrorsPermille = seed % 3 == 2 ? 20 : 0,
            };
            var kernel = new SimulationKernel(new KernelOptions { Seed = (ulong)seed });
            var disk = new SimulatedDisk(kernel, "disk");
            var workload = new Workload();
            var texts = new List<string> { "" };
            var reader = new StoreReader();
            using (var mounted = new MountedDisk(disk))
            using (var store = new SqliteStore(Options with { FileSystem = mounted.Name }))
            {
                store.Open(reader);
                disk.Faults = faults;
                foreach (var group in workload.Groups(Enumerable.Range(seed * 100, 60)))
                {
                    store.Commit(group);
                    texts.Add(workload.Model.Text());
                    if (reader.Failures.Count > 0) break;
                }
            }

            failed += reader.Failures.Count;
            disk.Faults = new DiskFaults();
            kernel.RunUntil(1_000_000_000_000);
            disk.LosePower(seed % 2 == 0 ? Survival.None : Survival.AnySubset, 512);
            using var again = new MountedDisk(disk);
            using var recovered = new SqliteStore(Options with { FileSystem = again.Name });
            Assert.Contains(StoreReader.TextOf(recovered), texts[reader.Committed..]);
        }

        Assert.InRange(failed, 20, 60);
    }

    [Fact]
    public void A_full_disk_keeps_nothing_of_the_group_and_takes_it_when_there_is_room()
    {
        for (var i = 0; i < 5; i++) _store.Commit([Add(3_000)]);
        _disk.Faults = new DiskFaults { CapacityBytes = _disk.UsedBytes + 50_000 };
        StoreMutation.AddMessage[] refused = [];
        while (_reader.Failures.Count == 0)
        {
            refused = [Add(8_000), Add(8_000)];
            _store.Commit(refused);
        }

        Assert.Equal(StoreFailureKind.Full, _reader.Failures[0].Kind);
        Assert.Contains("no room", _reader.Failures[0].Message, StringComparison.Ordinal);
        var committed = _reader.Committed;
        _store.Commit(refused);
        _store.ReadQueue(_queue, 0, 100, long.MaxValue);    // reads go on
        Assert.Equal(2, _reader.Failures.Count);
        Assert.Equal(committed, _reader.Committed);

        _disk.Faults = new DiskFaults();
        _store.Commit(refused);
        Assert.Equal(committed + 1, _reader.Committed);
        _store.Close();

        using var engine = SqliteEngine.Open(Options with { FileSystem = _mounted.Name });
        Assert.Empty(engine.Check());
        Assert.Equal(_messageId, engine.ReadQueue(1, 0, 10_000, long.MaxValue)[^1].Message.Id);
    }

    [Fact]
    public void A_disk_that_is_full_while_the_store_opens_does_not_keep_it_from_opening()
    {
        for (var i = 0; i < 5; i++) _store.Commit([Add(3_000)]);
        var disk = _disk.CopyAfter(new SimulationKernel(new KernelOptions { Seed = 1 }), long.MaxValue);
        disk.Kill();
        disk.Faults = new DiskFaults { CapacityBytes = 1 };
        using var mounted = new MountedDisk(disk);
        using var store = new SqliteStore(Options with { FileSystem = mounted.Name });
        var reader = new StoreReader();

        store.Open(reader);

        Assert.Empty(reader.Failures);
        Assert.Equal(5, Assert.Single(reader.Queues).QueuedCount);
        Assert.Equal([1, 2, 3, 4, 5], reader.Page(store, _queue, 0, 9, long.MaxValue).Select(entry => entry.Message.Id));
        disk.Faults = new DiskFaults();
        store.Commit([new StoreMutation.RemoveMessage(_queue, new StoredMessage(Add(0).Message.Message) { Id = 2 })]);
        Assert.Equal([1, 3, 4, 5], reader.Page(store, _queue, 0, 9, long.MaxValue).Select(entry => entry.Message.Id));
    }

    [Fact]
    public void Closing_on_a_full_disk_loses_nothing_and_a_failure_of_it_is_the_only_answer()
    {
        for (var i = 0; i < 5; i++) _store.Commit([Add(3_000)]);
        _disk.Faults = new DiskFaults { CapacityBytes = _disk.UsedBytes };
        _store.Close();
        Assert.Equal((0, 1), (_reader.Failures.Count, _reader.Closed));

        _disk.Faults = new DiskFaults();
        _store.Open(_reader);
        Assert.Equal(5, _reader.Queues[^1].QueuedCount);
        _store.Commit([Add(10)]);
        _disk.Faults = new DiskFaults { SyncErrorsPermille = 1_000 };
        _store.Close();
        Assert.Equal((1, 1), (_reader.Failures.Count, _reader.Closed));
    }

    [Fact]
    public void A_bit_that_rots_is_found_or_was_in_free_space()
    {
        _store.Commit([.. Enumerable.Range(0, 50).Select(_ => Add(5_000))]);
        _store.Close();
        var text = StoreReader.TextOf(_store);
        _store.Close();
        _kernel.RunUntil(1_000_000_000_000);

        var found = 0;
        for (var round = 0; round < 60; round++)
        {
            var copy = _disk.CopyAfter(new SimulationKernel(new KernelOptions { Seed = (ulong)round }), long.MaxValue);
            copy.LosePower(Survival.All, 0);
            copy.Rot("store.db");
            using var mounted = new MountedDisk(copy);
            using var store = new SqliteStore(Options with { FileSystem = mounted.Name });
            var reader = new StoreReader();
            store.Open(reader);
            if (reader.Failures.Count == 0) store.ReadQueue(_queue, 0, 1_000, long.MaxValue);
            if (reader.Failures.Count == 0) Assert.Equal(text, reader.Text(store));
            else Assert.Equal(StoreFailureKind.Damaged, reader.Failures[0].Kind);
            found += reader.Failures.Count;
        }

        Assert.InRange(found, 50, 60);
    }

    [Fact]
    public void Reads_that_fail_end_the_store()
    {
        _store.Commit([.. Enumerable.Range(0, 50).Select(_ => Add(5_000))]);
        _store.Open(_reader);
        _disk.Faults = new DiskFaults { ReadErrorsPermille = 1_000 };

        _store.ReadQueue(_queue, 0, 100, long.MaxValue);

        Assert.Equal(StoreFailureKind.InputOutput, Assert.Single(_reader.Failures).Kind);
    }

    private StoreMutation.AddMessage Add(int payloadBytes)
    {
        var message = new ApplicationMessage { Topic = TopicName.Parse("t"), Payload = new byte[payloadBytes], QoS = QoS.AtLeastOnce };
        return new StoreMutation.AddMessage(new StoredMessage(message) { Id = ++_messageId }, [new QueueTarget(_queue, QoS.AtLeastOnce, false, null)]);
    }
}
