using Orrery.Broker.Persistence;
using Orrery.Storage.Disks;
using Orrery.Storage.Tests.Models;

namespace Orrery.Storage.Tests;

/// <summary>What each mode asks of the disk before it says that something is kept, and what is left of it when the power goes.</summary>
public sealed class DurabilityModeTests : IDisposable
{
    private const int Commits = 10;
    private const int First = 100;

    private readonly MemoryDisk _disk = new();
    private readonly MountedDisk _mounted;

    public DurabilityModeTests() => _mounted = new MountedDisk(_disk);

    public void Dispose() => _mounted.Dispose();

    /// <summary>Modes, and whether a commit waits for the disk, and whether whoever commits does so for each write alone.</summary>
    public static TheoryData<DurabilityMode, bool, bool> Modes() => new()
    {
        { DurabilityMode.OperatingSystem, false, false },
        { DurabilityMode.Group, true, false },
        { DurabilityMode.EachWrite, true, true },
    };

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_commit_is_answered_after_a_sync_of_its_own_where_that_is_promised(DurabilityMode mode, bool syncs, bool isEachAlone)
    {
        using var store = Open(mode, out var listener);
        Assert.Equal(isEachAlone, store.CommitsEachWrite);
        for (var id = 1; id <= Commits; id++)
        {
            var before = _disk.Syncs;
            store.Commit([new StoreMutation.BeginQueue(Build.Session(id, $"{id}"))]);

            Assert.Equal(id, listener.SyncsAtAnswers.Count);
            Assert.Equal(syncs, listener.SyncsAtAnswers[^1] > before);
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void What_was_answered_before_the_power_went_is_there_where_that_is_promised(DurabilityMode mode, bool syncs, bool isEachAlone)
    {
        using (var store = Open(mode, out _))
        {
            for (var id = 1; id <= Commits; id++) store.Commit([new StoreMutation.BeginQueue(Build.Session(id, $"{id}"))]);
            Assert.Equal(isEachAlone, store.CommitsEachWrite);
            _disk.LosePower();
        }

        _disk.GetPower();
        using var again = new SqliteStore(OptionsOf(mode));
        var reader = new StoreReader();
        again.Open(reader);

        Assert.Empty(reader.Failures);
        Assert.Equal(syncs ? 1 + Commits : 1, reader.Queues.Count);
    }

    private SqliteStore Open(DurabilityMode mode, out Listener listener)
    {
        var store = new SqliteStore(OptionsOf(mode));
        store.Open(listener = new Listener(_disk));
        Assert.True(listener.IsOpened);

        // The first commit begins a log, whose header every mode syncs.
        store.Commit([new StoreMutation.BeginQueue(Build.Session(First, "first"))]);
        _disk.SyncAll();
        listener.SyncsAtAnswers.Clear();
        return store;
    }

    private StorageOptions OptionsOf(DurabilityMode mode) => new() { Path = "store.db", Mode = mode, FileSystem = _mounted.Name };

    private sealed class Listener(MemoryDisk disk) : IMessageStoreListener
    {
        public bool IsOpened { get; private set; }

        /// <summary>How many syncs there had been when each commit was answered.</summary>
        public List<int> SyncsAtAnswers { get; } = [];

        public void OnQueue(RecoveredQueue queue) => Assert.Fail("the store is new");

        public void OnRetained(StoredMessage message) => Assert.Fail("the store is new");

        public void OnOpened(long largestQueueId, long largestMessageId) => IsOpened = true;

        public void OnCommitted() => SyncsAtAnswers.Add(disk.Syncs);

        public void OnPage(StoredQueue queue, IReadOnlyList<StoredEntry> messages, bool isLast) => Assert.Fail("nobody reads");

        public void OnFailed(StoreFailure failure) => Assert.Fail(failure.Message);

        public void OnClosed()
        {
        }
    }
}
