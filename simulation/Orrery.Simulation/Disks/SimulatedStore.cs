using Orrery.Broker.Persistence;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Scenarios.Model;
using Orrery.Storage;
using Orrery.Storage.Disks;

namespace Orrery.Simulation.Disks;

/// <summary>How far a call of a store has come.</summary>
/// <param name="Stage">Asked for, written, or synced.</param>
/// <param name="Call">"open", "commit", "read" or "close".</param>
/// <param name="Tags">What a commit is about, as <see cref="StoreTags"/> names it; empty for other calls.</param>
internal sealed record StoreProgress(DiskStage Stage, string Call, IReadOnlyList<string> Tags);

/// <summary>The real store on a simulated disk, for one life of a process. It answers when the disk is done in virtual time.</summary>
/// <remarks>End it by <see cref="Kill"/> or <see cref="LosePower"/>, which end the life, or by the port's own way and <see cref="Dispose"/>.</remarks>
internal sealed class SimulatedStore : EventTarget, IMessageStore, IDisposable
{
    private const int AnswerKind = 0;
    private const int WrittenKind = 1;
    private const int SyncedKind = 2;

    private readonly SimulationKernel _kernel;
    private readonly SimulatedDisk _disk;
    private readonly Action<Action> _enter;
    private readonly MountedDisk _mounted;
    private readonly SqliteStore _store;
    private readonly AnswerBuffer _answers;
    private IMessageStoreListener? _listener;
    private long _writtenNanoseconds;
    private long _syncedNanoseconds;
    private bool _isDisposed;

    /// <summary>Puts a store on a disk; it is not open.</summary>
    /// <param name="kernel">The world.</param>
    /// <param name="disk">The disk, which outlives this.</param>
    /// <param name="options">Mode and sizes; its path is the name of the file on the disk.</param>
    /// <param name="enter">Runs an answer inside the process, and the process to rest; or keeps it while the process is paused.</param>
    public SimulatedStore(SimulationKernel kernel, SimulatedDisk disk, StorageOptions options, Action<Action> enter)
        : base($"{disk.Name}.store")
    {
        (_kernel, _disk, _enter) = (kernel, disk, enter);
        _answers = new AnswerBuffer(disk);
        _mounted = new MountedDisk(disk);
        _store = new SqliteStore(options with { FileSystem = _mounted.Name });
    }

    /// <summary>Hears how far calls have come, when they have; it changes nothing in the run.</summary>
    public Action<StoreProgress>? Observer { get; set; }

    /// <summary>Hears of the operations of the disk, when they are begun.</summary>
    public Action<DiskOperation>? OperationObserver { get; set; }

    /// <inheritdoc/>
    public bool CommitsEachWrite => _store.CommitsEachWrite;

    /// <inheritdoc/>
    public void Open(IMessageStoreListener listener)
    {
        _listener = listener;
        Call("open", [], () => _store.Open(_answers));
    }

    /// <inheritdoc/>
    public void Commit(IReadOnlyList<StoreMutation> mutations) => Call("commit", StoreTags.Of(mutations), () => _store.Commit(mutations));

    /// <inheritdoc/>
    public void ReadQueue(StoredQueue queue, long afterMessageId, int countMax, long bytesMax) =>
        Call("read", [], () => _store.ReadQueue(queue, afterMessageId, countMax, bytesMax));

    /// <inheritdoc/>
    public void Close() => Call("close", [], _store.Close);

    /// <summary>The process ended: nothing is answered any more, and the disk keeps what the system has (B1).</summary>
    public void Kill()
    {
        _disk.Kill();
        Dispose();
    }

    /// <summary>The power went.</summary>
    /// <inheritdoc cref="SimulatedDisk.LosePower"/>
    public void LosePower(Survival survival, int tornSectorBytes)
    {
        _disk.LosePower(survival, tornSectorBytes);
        Dispose();
    }

    /// <summary>The world is over: lets go of everything, and changes nothing in it.</summary>
    public void Forget()
    {
        _disk.Freeze();
        Dispose();
    }

    /// <summary>Ends it: nothing is answered any more.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _store.Dispose();
        _mounted.Dispose();
    }

    /// <inheritdoc/>
    public override string Describe(int kind) => kind switch
    {
        AnswerKind => "answer",
        WrittenKind => "written",
        _ => "synced",
    };

    /// <inheritdoc/>
    public override void OnEvent(int kind, long argument, object? state)
    {
        if (_isDisposed) return;
        if (kind == AnswerKind)
        {
            var answers = (Answers)state!;
            _enter(() =>
            {
                if (!_isDisposed) answers.Group.ForEach(answer => answer(answers.To));
            });
            return;
        }

        Observer?.Invoke((StoreProgress)state!);
    }

    private void Call(string call, IReadOnlyList<string> tags, Action work)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Observer?.Invoke(new StoreProgress(DiskStage.Submit, call, tags));
        (_writtenNanoseconds, _syncedNanoseconds) = (-1, -1);
        _disk.Observer = OnOperation;
        work();
        if (_mounted.Fault is { } fault) throw new InvalidOperationException("The simulated disk has a bug.", fault);
        var answers = _answers.Take();
        if (_writtenNanoseconds >= 0) Schedule(_writtenNanoseconds, WrittenKind, new StoreProgress(DiskStage.Written, call, tags));
        if (_syncedNanoseconds >= 0) Schedule(_syncedNanoseconds, SyncedKind, new StoreProgress(DiskStage.Synced, call, tags));
        foreach (var (nanoseconds, group) in answers) Schedule(nanoseconds, AnswerKind, new Answers(_listener!, group));
    }

    private void Schedule(long nanoseconds, int kind, object state) =>
        _kernel.Schedule(Math.Max(nanoseconds, _kernel.NowNanoseconds), EventClass.Network, this, kind, 0, state);

    // What comes after the answer is a checkpoint, and none of the call's.
    private void OnOperation(DiskOperation operation)
    {
        if (_answers.IsEmpty && operation.Kind == DiskOperationKind.Write) _writtenNanoseconds = operation.EndNanoseconds;
        if (_answers.IsEmpty && operation.Kind == DiskOperationKind.Sync) _syncedNanoseconds = operation.EndNanoseconds;
        OperationObserver?.Invoke(operation);
    }

    /// <summary>What a call answers, and whom: a broker that begins anew opens the store again, and has nothing to do with earlier calls.</summary>
    private sealed record Answers(IMessageStoreListener To, List<Action<IMessageStoreListener>> Group);

    /// <summary>Keeps what the store answers within a call, with the time at which the disk had come so far.</summary>
    private sealed class AnswerBuffer(SimulatedDisk disk) : IMessageStoreListener
    {
        private List<(long Nanoseconds, List<Action<IMessageStoreListener>> Group)> _answers = [];

        public bool IsEmpty => _answers.Count == 0;

        public List<(long Nanoseconds, List<Action<IMessageStoreListener>> Group)> Take()
        {
            var taken = _answers;
            _answers = [];
            return taken;
        }

        public void OnQueue(RecoveredQueue queue) => Add(listener => listener.OnQueue(queue));

        public void OnRetained(StoredMessage message) => Add(listener => listener.OnRetained(message));

        public void OnOpened(long largestQueueId, long largestMessageId) => Add(listener => listener.OnOpened(largestQueueId, largestMessageId));

        public void OnCommitted() => Add(listener => listener.OnCommitted());

        public void OnPage(StoredQueue queue, IReadOnlyList<StoredEntry> messages, bool isLast) =>
            Add(listener => listener.OnPage(queue, messages, isLast));

        public void OnFailed(StoreFailure failure) => Add(listener => listener.OnFailed(failure));

        public void OnClosed() => Add(listener => listener.OnClosed());

        private void Add(Action<IMessageStoreListener> answer)
        {
            if (disk.IsStopped) return;                     // who would answer has ended by then
            var now = disk.BusyUntilNanoseconds;
            if (_answers.Count == 0 || _answers[^1].Nanoseconds != now) _answers.Add((now, []));
            _answers[^1].Group.Add(answer);
        }
    }
}
