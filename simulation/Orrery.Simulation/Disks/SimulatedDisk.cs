using Orrery.Simulation.Kernel;
using Orrery.Storage.Disks;

namespace Orrery.Simulation.Disks;

/// <summary>A disk in memory with the faults of a real one (D1 to D7), on the virtual clock.</summary>
/// <remarks>
/// A call takes effect at once for the process that makes it, and each of its operations for everybody else when it is done in virtual
/// time. So an end of the process or of the power in the middle of a call finds the operations that were done by then.
/// </remarks>
internal sealed class SimulatedDisk : IDisk
{
    private readonly SimulationKernel _kernel;
    private readonly RandomSource _chance;
    private readonly Queue<Flight> _flights = new();        // operations that are not done, in order
    private Folder _folder = new();
    private int _openedInLife;                              // files that were opened before the process ended are of no use after it
    private long _stopAt = long.MaxValue;
    private Action<long>? _onStopped;

    /// <summary>Makes an empty disk.</summary>
    /// <param name="kernel">The world.</param>
    /// <param name="name">Unique in the world: names its stream of chance, and it in hashes.</param>
    /// <param name="latency">How long operations take; null for the default.</param>
    public SimulatedDisk(SimulationKernel kernel, string name, DiskLatency? latency = null)
    {
        (_kernel, Name, Latency) = (kernel, name, latency ?? new DiskLatency());
        _chance = kernel.Stream(name);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>How long operations take from now on.</summary>
    public DiskLatency Latency { get; set; }

    /// <summary>Whether operations take no time: for what was there before the world began.</summary>
    public bool IsInstant { get; set; }

    /// <summary>What goes wrong. Default: nothing.</summary>
    public DiskFaults Faults { get; set; } = new();

    /// <summary>Hears of every operation when it is begun; it changes nothing in the run.</summary>
    public Action<DiskOperation>? Observer { get; set; }

    /// <summary>Operations that were begun.</summary>
    public long OperationCount { get; private set; }

    /// <summary>When all that was begun is done; in the past if nothing is under way.</summary>
    public long BusyUntilNanoseconds { get; private set; }

    /// <summary>Whether the world stopped at an operation: nothing works until <see cref="Kill"/> or <see cref="LosePower"/>.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Bytes that all files take, as a process sees it.</summary>
    public long UsedBytes => _folder.Seen.Values.Sum(node => node.Seen.Length);

    /// <summary>Changes that a power loss may undo, among those that are done.</summary>
    public int UnsyncedCount => _folder.UnsyncedCount + _folder.Seen.Values.Sum(node => node.UnsyncedCount);

    /// <inheritdoc/>
    public long UtcTicks => _kernel.NowNanoseconds / 100;

    /// <summary>Names of the files and how long they are, in order.</summary>
    public IReadOnlyList<(string Name, long Length)> Files => [.. _folder.Seen.Select(file => (file.Key, file.Value.Seen.Length))];

    /// <summary>Lets the world stop at an operation, which then never happens.</summary>
    /// <param name="index">The operation.</param>
    /// <param name="onStopped">Is told, in the middle of the call of the database, when that is in virtual time: all operations before are
    /// done then, so an end of the process or of the power at that instant is one between two operations.</param>
    public void StopAt(long index, Action<long>? onStopped = null) => (_stopAt, _onStopped) = (index, onStopped);

    /// <summary>Nothing is done before this instant (D1).</summary>
    public void StallUntil(long nanoseconds) => BusyUntilNanoseconds = Math.Max(BusyUntilNanoseconds, nanoseconds);

    /// <summary>The process ended (B1): what it wrote so far is in the system's cache.</summary>
    public void Kill()
    {
        Abandon();
        _folder.ForgetProcess();
    }

    /// <summary>The power went: what was synced is there, and what the arguments say of the rest (D2, D3, D4).</summary>
    /// <param name="survival">Which of the changes that were not synced survive.</param>
    /// <param name="tornSectorBytes">A write that survives in part does so by sectors of this size; 0 for whole writes.</param>
    public void LosePower(Survival survival, int tornSectorBytes)
    {
        Abandon();
        var prefix = survival == Survival.Prefix ? _chance.Uniform(0, UnsyncedCount) : 0;
        _folder.LosePower(_ => Survives(), (change, _) => tornSectorBytes == 0 ? Whole(change) : Torn(change));

        bool Survives() => survival switch
        {
            Survival.All => true,
            Survival.None => false,
            Survival.Prefix => prefix-- > 0,
            _ => _chance.Chance(1, 2),
        };

        IEnumerable<FileChange> Whole(FileChange change) => Survives() ? [change] : [];

        // Each sector by itself where any subset may survive; of a prefix, the write at its end is the one that is torn.
        FileChange[] Torn(FileChange change)
        {
            if (survival is Survival.All or Survival.None) return [.. Whole(change)];
            if (survival == Survival.AnySubset) return [.. change.Sectors(tornSectorBytes).Where(_ => _chance.Chance(1, 2))];
            var isLast = prefix == 1;
            return Survives() ? [.. change.Sectors(tornSectorBytes).Where(_ => !isLast || _chance.Chance(1, 2))] : [];
        }
    }

    /// <summary>Nothing works any more, and nobody hears of it: the world is over.</summary>
    public void Freeze()
    {
        IsStopped = true;
        _openedInLife++;
    }

    /// <summary>The disk is replaced by an empty one (B4).</summary>
    public void Wipe()
    {
        Abandon();
        _folder = new Folder();
    }

    /// <summary>One bit of what a file holds durably turns over (D6).</summary>
    /// <returns>Which; null if there is no such file, or nothing in it.</returns>
    public long? Rot(string name)
    {
        Settle(_kernel.NowNanoseconds);
        if (!_folder.Seen.TryGetValue(name, out var node) || node.Durable.Length == 0) return null;
        var bit = _chance.Uniform(0, (node.Durable.Length * 8) - 1);
        node.Durable.FlipBit(bit);
        if (bit / 8 < node.Seen.Length) node.Seen.FlipBit(bit);
        return bit;
    }

    /// <summary>The disk as it is after its first so many operations, with nothing of what came later.</summary>
    /// <param name="kernel">The world of the copy.</param>
    /// <param name="operations">How many; not fewer than are done in virtual time.</param>
    public SimulatedDisk CopyAfter(SimulationKernel kernel, long operations)
    {
        Settle(_kernel.NowNanoseconds);
        var copy = new SimulatedDisk(kernel, Name, Latency);
        var nodes = _folder.Copy(_flights.Where(flight => flight.Index < operations).Select(flight => flight.Node), out copy._folder);
        foreach (var flight in _flights)
        {
            if (flight.Index < operations) copy.Apply(flight with { Node = flight.Node is { } node ? nodes[node] : null });
        }

        copy.Kill();
        return copy;
    }

    bool IDisk.Exists(string name) => !IsStopped && _folder.Seen.ContainsKey(name);

    IDiskFile? IDisk.Open(string name, bool isCreated, bool syncsFolder)
    {
        if (IsStopped) return null;
        if (_folder.Seen.TryGetValue(name, out var node))
        {
            node.SyncsFolder |= syncsFolder;
            return new OpenedFile(this, name, node, _openedInLife);
        }

        if (!isCreated) return null;
        if (Begin(DiskOperationKind.Create, name, 0, 0, out var flight) != DiskResult.Done) return null;
        node = new FileNode { SyncsFolder = syncsFolder };
        _folder.Seen[name] = node;
        _flights.Enqueue(flight with { Node = node });
        return new OpenedFile(this, name, node, _openedInLife);
    }

    DiskResult IDisk.Delete(string name, bool isFolderSynced)
    {
        var result = Begin(DiskOperationKind.Delete, name, 0, 0, out var flight);
        if (result != DiskResult.Done) return result;
        _folder.Seen.Remove(name);
        _flights.Enqueue(flight with { SyncsFolder = isFolderSynced });
        return result;
    }

    void IDisk.FillRandom(Span<byte> bytes)
    {
        foreach (ref var one in bytes)
        {
            one = (byte)_chance.Uniform(0, 255);
        }
    }

    private void Abandon()
    {
        Settle(_kernel.NowNanoseconds);
        _flights.Clear();
        (IsStopped, _stopAt, _onStopped, BusyUntilNanoseconds) = (false, long.MaxValue, null, 0);
        _openedInLife++;
    }

    /// <summary>Begins an operation: counts it, decides about its fate, and lets its time pass.</summary>
    private DiskResult Begin(DiskOperationKind kind, string file, long offset, long length, out Flight flight)
    {
        flight = default;
        if (IsStopped) return DiskResult.Failed;
        Settle(_kernel.NowNanoseconds);
        var index = OperationCount++;
        var start = Math.Max(BusyUntilNanoseconds, _kernel.NowNanoseconds);
        var outcome = index >= _stopAt ? DiskOutcome.Stopped : Decide(kind, file, offset + length);
        if (outcome != DiskOutcome.Stopped) BusyUntilNanoseconds = start + LatencyOf(kind);
        flight = new Flight(index, BusyUntilNanoseconds, kind, outcome, null, file, null, SyncsFolder: false);

        _kernel.Observe(Name, "operation", "kind", ((ulong)kind << 8) | (ulong)outcome);
        _kernel.Observe(Name, "operation", "offset", (ulong)offset);
        _kernel.Observe(Name, "operation", "length", (ulong)length);
        Observer?.Invoke(new DiskOperation(index, kind, file, offset, length, outcome, start, BusyUntilNanoseconds));
        if (outcome == DiskOutcome.Stopped)
        {
            IsStopped = true;
            _onStopped?.Invoke(start);
        }

        return outcome switch
        {
            DiskOutcome.Done or DiskOutcome.Lied => DiskResult.Done,
            DiskOutcome.Full => DiskResult.Full,
            _ => DiskResult.Failed,
        };
    }

    private DiskOutcome Decide(DiskOperationKind kind, string file, long end)
    {
        var permille = kind switch
        {
            DiskOperationKind.Read => Faults.ReadErrorsPermille,
            DiskOperationKind.Sync => Faults.SyncErrorsPermille,
            _ => Faults.WriteErrorsPermille,
        };
        if (permille > 0 && _chance.Chance(permille, 1_000)) return DiskOutcome.Failed;
        if (kind == DiskOperationKind.Sync && Faults.SyncsLie) return DiskOutcome.Lied;
        if (kind != DiskOperationKind.Write || Faults.CapacityBytes == long.MaxValue) return DiskOutcome.Done;
        var growth = _folder.Seen.TryGetValue(file, out var node) ? Math.Max(0, end - node.Seen.Length) : 0;
        return growth > 0 && UsedBytes + growth > Faults.CapacityBytes ? DiskOutcome.Full : DiskOutcome.Done;
    }

    private long LatencyOf(DiskOperationKind kind) => IsInstant ? 0 : kind switch
    {
        DiskOperationKind.Read => Sample(Latency.ReadNanoseconds, Latency.ReadMeanNanoseconds),
        DiskOperationKind.Sync => Sample(Latency.SyncNanoseconds, Latency.SyncMeanNanoseconds),
        _ => Sample(Latency.WriteNanoseconds, Latency.WriteMeanNanoseconds),
    };

    private long Sample(long minimum, long mean) =>
        mean == 0 ? minimum : Math.Min(minimum + _chance.Exponential(mean), Math.Max(minimum, Latency.MaxNanoseconds));

    private void Settle(long nanoseconds)
    {
        while (_flights.TryPeek(out var flight) && flight.Nanoseconds <= nanoseconds)
        {
            Apply(_flights.Dequeue());
        }
    }

    private void Apply(in Flight flight)
    {
        switch (flight.Kind)
        {
            case DiskOperationKind.Create:
                _folder.OnChanged(flight.File, flight.Node);
                break;
            case DiskOperationKind.Delete:
                _folder.OnChanged(flight.File, null);
                if (flight.SyncsFolder && !Faults.SyncsLie) _folder.OnSynced();
                break;
            case DiskOperationKind.Sync when flight.Outcome == DiskOutcome.Failed:
                flight.Node!.OnSyncFailed(() => _chance.Chance(1, 2));
                break;
            case DiskOperationKind.Sync when flight.Outcome == DiskOutcome.Done:
                flight.Node!.OnSynced();
                if (flight.SyncsFolder) _folder.OnSynced();
                break;
            case DiskOperationKind.Write or DiskOperationKind.Truncate:
                flight.Node!.OnChanged(flight.Change!);
                break;
        }
    }

    /// <summary>An operation on its way: what it will have changed when it is done.</summary>
    private readonly record struct Flight(
        long Index, long Nanoseconds, DiskOperationKind Kind, DiskOutcome Outcome, FileNode? Node, string File, FileChange? Change, bool SyncsFolder);

    /// <summary>A file that a process has open.</summary>
    private sealed class OpenedFile(SimulatedDisk disk, string name, FileNode node, int life) : IDiskFile
    {
        public long Length => node.Seen.Length;

        private bool IsDead => life != disk._openedInLife;

        public DiskResult Read(long offset, Span<byte> bytes, out int count)
        {
            count = 0;
            if (IsDead) return DiskResult.Failed;
            var result = disk.Begin(DiskOperationKind.Read, name, offset, bytes.Length, out _);
            if (result == DiskResult.Done) count = node.Seen.Read(offset, bytes);
            return result;
        }

        public DiskResult Write(long offset, ReadOnlySpan<byte> bytes)
        {
            if (IsDead) return DiskResult.Failed;
            var result = disk.Begin(DiskOperationKind.Write, name, offset, bytes.Length, out var flight);
            if (result == DiskResult.Done) Change(flight, node.Write(offset, bytes));
            return result;
        }

        public DiskResult Truncate(long length)
        {
            if (IsDead) return DiskResult.Failed;
            var result = disk.Begin(DiskOperationKind.Truncate, name, length, 0, out var flight);
            if (result == DiskResult.Done) Change(flight, new FileChange(length, null));
            return result;
        }

        public DiskResult Sync()
        {
            if (IsDead) return DiskResult.Failed;
            var result = disk.Begin(DiskOperationKind.Sync, name, 0, 0, out var flight);
            if (flight.Outcome == DiskOutcome.Stopped || disk.IsStopped) return result;
            disk._flights.Enqueue(flight with { Node = node, SyncsFolder = node.SyncsFolder });
            if (result == DiskResult.Done) node.SyncsFolder = false;
            return result;
        }

        public void Close()
        {
        }

        private void Change(in Flight flight, FileChange change)
        {
            change.ApplyTo(node.Seen);
            disk._flights.Enqueue(flight with { Node = node, Change = change });
        }
    }
}
