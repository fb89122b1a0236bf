using System.Globalization;
using Orrery.Broker.Persistence;
using Orrery.Simulation.Disks;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Processes;
using Orrery.Simulation.Scenarios.Model;
using Orrery.Storage;

namespace Orrery.Simulation.Running;

/// <summary>The disk of a broker, which outlives its lives, and the store that each of them has on it.</summary>
internal sealed class BrokerDisk : IProcessStores, IDisposable
{
    /// <summary>The file of the database.</summary>
    public const string DatabaseFile = "store.db";

    // Small, so that scenarios reach what a broker reaches in hours: the log is copied back, the journal is worked off, and pages leave the cache.
    private const int LogPagesMax = 64;
    private const int JournalBytesMax = 4_096;
    private const int CacheKibibytes = 1_024;
    private const long NanosecondsPerMicrosecond = 1_000;

    private readonly RunWorld _world;
    private readonly SimulatedBroker _broker;
    private readonly List<Func<DiskFaults, DiskFaults>> _faults = [];
    private SimulatedStore? _store;

    /// <summary>Makes a disk with nothing on it.</summary>
    public BrokerDisk(RunWorld world, SimulatedBroker broker)
    {
        (_world, _broker) = (world, broker);
        Disk = new SimulatedDisk(world.Kernel, $"{broker.Name}.disk", WorldOptions.LatencyOf(broker.Node.Disk)) { IsInstant = true };
        Survival = WorldOptions.Of(broker.Node.Disk?.Unsynced ?? Unsynced.AnySubset);
        TornSectorBytes = (int)(broker.Node.Disk?.TornWrite?.Bytes ?? 0);
        SetFaults();
    }

    /// <summary>The disk.</summary>
    public SimulatedDisk Disk { get; }

    /// <summary>What the next power loss leaves of what was not synced.</summary>
    public Survival Survival { get; set; }

    /// <summary>The sectors by which the next power loss tears writes; 0 for whole writes.</summary>
    public int TornSectorBytes { get; set; }

    /// <summary>Hears of each operation when it is begun; it changes nothing in the run.</summary>
    public Action<DiskOperation>? OperationBegun { get; set; }

    /// <summary>The operation at which the world stops, in whichever life it comes; <see cref="long.MaxValue"/> for none.</summary>
    public long StopAt { get; set; } = long.MaxValue;

    /// <summary>Is told then, as <see cref="SimulatedDisk.StopAt"/> says.</summary>
    public Action<long>? OnStopped { get; set; }

    /// <summary>Hears how a life ended.</summary>
    public Action<string>? Ended { get; set; }

    /// <inheritdoc/>
    public IMessageStore Mount(Action<Action> enter)
    {
        var options = new StorageOptions
        {
            Path = DatabaseFile,
            Mode = _broker.Node.Persistence switch
            {
                Persistence.Os => DurabilityMode.OperatingSystem,
                Persistence.Fsync => DurabilityMode.EachWrite,
                _ => DurabilityMode.Group,
            },
            LogPagesMax = LogPagesMax,
            JournalBytesMax = JournalBytesMax,
            CacheKibibytes = CacheKibibytes,
        };
        Disk.StopAt(StopAt, nanoseconds => OnStopped?.Invoke(nanoseconds));
        _store = new SimulatedStore(_world.Kernel, Disk, options, enter) { Observer = OnProgress, OperationObserver = OnOperation };
        return _world.Options.WrapStore?.Invoke(_store) ?? _store;
    }

    /// <inheritdoc/>
    public void OnEnded(string how)
    {
        if (how == "power_loss") _store!.LosePower(Survival, TornSectorBytes);
        else _store!.Kill();
        if (how == "wiped_disk") Disk.Wipe();
        Ended?.Invoke(how);
        _store = null;
    }

    /// <summary>The broker has what was kept: what was on the disk before the world began is there, and from now on operations take time.</summary>
    public void OnReady() => Disk.IsInstant = false;

    /// <summary>Lets go of a store at the end of the run, and changes nothing in it.</summary>
    public void Dispose()
    {
        _store?.Forget();
        _store?.Dispose();
    }

    /// <summary>Changes what goes wrong.</summary>
    /// <returns>Undoes it.</returns>
    public Action Change(Func<DiskFaults, DiskFaults> fault)
    {
        _faults.Add(fault);
        SetFaults();
        return () =>
        {
            _faults.Remove(fault);
            SetFaults();
        };
    }

    private void SetFaults()
    {
        var faults = new DiskFaults { CapacityBytes = _broker.Node.Disk?.Capacity?.Bytes ?? long.MaxValue };
        foreach (var fault in _faults) faults = fault(faults);
        Disk.Faults = faults;
    }

    private void OnProgress(StoreProgress progress)
    {
        if (_world.Recorder.IsDetailed)
        {
            var isAsked = progress.Stage == DiskStage.Submit;
            var name = isAsked ? progress.Call : $"{progress.Call} {(progress.Stage == DiskStage.Written ? "written" : "synced")}";
            _world.Recorder.Add(isAsked ? HistoryKind.DiskSubmitted : HistoryKind.DiskDone, _broker.Name, name, progress.Tags.Count == 0 ? null : string.Join(", ", progress.Tags));
        }

        if (!_world.Triggers.WatchesDisks) return;
        var due = _world.Triggers.OnDisk(progress, node => WorldLinks.Is(_broker, node));
        if (due.Count > 0) _world.Script.Fire(due, _broker, null);
    }

    private void OnOperation(DiskOperation operation)
    {
        OperationBegun?.Invoke(operation);
        if (!_world.Recorder.IsDetailed) return;
        var bytes = operation.Kind switch
        {
            DiskOperationKind.Read or DiskOperationKind.Write => string.Create(CultureInfo.InvariantCulture, $", {operation.Length} bytes at {operation.Offset}"),
            DiskOperationKind.Truncate => string.Create(CultureInfo.InvariantCulture, $" to {operation.Offset} bytes"),
            _ => "",
        };
        var took = (operation.EndNanoseconds - _world.Kernel.NowNanoseconds) / NanosecondsPerMicrosecond;
        var outcome = operation.Outcome == DiskOutcome.Done ? "" : $", {operation.Outcome.ToString().ToLowerInvariant()}";
        _world.Recorder.Add(
            HistoryKind.DiskSubmitted, _broker.Name, operation.Kind.ToString().ToLowerInvariant(),
            string.Create(CultureInfo.InvariantCulture, $"operation {operation.Index}: {operation.File}{bytes}, done in {took} us{outcome}"));
    }
}
