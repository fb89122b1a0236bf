using Orrery.Broker.Persistence;
using Orrery.Simulation.Disks;
using Orrery.Simulation.Kernel;
using Orrery.Storage;
using Orrery.Storage.Disks;
using Orrery.Storage.Tests.Models;

namespace Orrery.Simulation.Tests.Disks;

/// <summary>Runs changes on a store once, then ends the world at every operation of its disk, and looks at what is recovered (P-2).</summary>
internal sealed class CrashPoints
{
    private readonly SimulationKernel _kernel = new(new KernelOptions { Seed = 3 });
    private readonly StorageOptions _options;
    private readonly List<string> _texts = [];              // by how many groups are committed
    private readonly List<long> _acknowledgedAt = [];       // operations of the disk when so many groups were acknowledged

    public CrashPoints(IEnumerable<int> numbers, DurabilityMode mode = DurabilityMode.Group, Func<StoreMutation, bool>? isKept = null, DiskFaults? faults = null,
        Action<SqliteEngine>? atEnd = null)
    {
        _options = new StorageOptions { Path = "store.db", Mode = mode, LogPagesMax = 6, JournalBytesMax = 300 };
        Disk = new SimulatedDisk(_kernel, "disk") { Faults = faults ?? new DiskFaults() };
        var workload = new Workload();
        using var mounted = new MountedDisk(Disk);
        using var store = new SqliteStore(_options with { FileSystem = mounted.Name });
        var reader = new StoreReader { Acknowledged = () => _acknowledgedAt.Add(Disk.OperationCount) };
        store.Open(reader);
        _texts.Add(workload.Model.Text());
        _acknowledgedAt.Add(0);                             // an empty store is what there is before anything
        foreach (var group in workload.Groups(numbers))
        {
            store.Commit([.. group.Where(isKept ?? (_ => true))]);
            if (reader.Failures.Count > 0) break;
            _texts.Add(workload.Model.Text());
        }

        if (atEnd is not null)
        {
            store.Close();
            FirstPointAtEnd = Disk.OperationCount;
            using var engine = SqliteEngine.Open(_options with { FileSystem = mounted.Name });
            atEnd(engine);
        }

        Failures = reader.Failures;
        if (Failures.Count > 0) _texts.Add(workload.Model.Text());
        Assert.Null(mounted.Fault);
    }

    public SimulatedDisk Disk { get; }

    public IReadOnlyList<StoreFailure> Failures { get; }

    /// <summary>The first operation of what was done at the end; 0 without that.</summary>
    public long FirstPointAtEnd { get; }

    /// <summary>How many crashes were tried.</summary>
    public int Tried { get; private set; }

    /// <summary>What was wrong after them.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>Crashes at every operation, in every way given.</summary>
    /// <param name="ways">Each ends the world for a disk.</param>
    /// <param name="recoveryCrashEvery">At every so manieth operation the recovery is crashed in the same way, at each of its operations too; 0 for never.</param>
    public CrashPoints Run(IReadOnlyList<(string Name, Action<SimulatedDisk> Do)> ways, int recoveryCrashEvery = 0)
    {
        for (var point = FirstPointAtEnd; point <= Disk.OperationCount; point++)
        {
            foreach (var way in ways)
            {
                var crashed = Disk.CopyAfter(NewWorld((ulong)point), point);
                way.Do(crashed);
                var name = $"{way.Name} at operation {point}";
                var before = recoveryCrashEvery > 0 && point % recoveryCrashEvery == 0 ? crashed.CopyAfter(NewWorld(1), long.MaxValue) : null;
                var text = Recover(crashed, name, point);
                if (text is null || before is null) continue;

                for (var again = 0L; again <= crashed.OperationCount; again++)
                {
                    var twice = crashed.CopyAfter(NewWorld((ulong)again), again);
                    way.Do(twice);
                    Recover(twice, $"{name}, and at operation {again} of the recovery", point);
                }

                // What was recovered was shown to clients: no power loss may take it back.
                var last = crashed.CopyAfter(NewWorld(2), long.MaxValue);
                last.LosePower(Survival.None, 0);
                if (Recover(last, $"{name}, and a power loss after the recovery", point) is { } later && later != text)
                    Violations.Add($"{name}: what was recovered is gone after a power loss");
            }
        }

        return this;
    }

    private string? Recover(SimulatedDisk disk, string name, long point)
    {
        Tried++;
        using var mounted = new MountedDisk(disk);
        using var store = new SqliteStore(_options with { FileSystem = mounted.Name });
        var reader = new StoreReader();
        store.Open(reader);
        if (reader.Failures is [var failure, ..])
        {
            Violations.Add($"{name}: {failure.Kind}: {failure.Message}");
            return null;
        }

        var text = reader.Text(store);
        Assert.Null(mounted.Fault);
        var acknowledged = _acknowledgedAt.FindLastIndex(operations => operations <= point);
        var found = _texts.FindIndex(acknowledged, candidate => candidate == text);
        if (found < 0 || found > acknowledged + 1)
        {
            var earlier = _texts.IndexOf(text);
            Violations.Add(earlier < 0 ? $"{name}: not the state after any group" : $"{name}: the state after group {earlier}, and {acknowledged} were acknowledged");
        }

        return text;
    }

    private static SimulationKernel NewWorld(ulong seed) => new(new KernelOptions { Seed = seed + 100 });
}
