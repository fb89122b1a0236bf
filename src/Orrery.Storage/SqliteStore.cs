using Orrery.Broker.Persistence;

namespace Orrery.Storage;

/// <summary>The store behind its port, which answers each call within it.</summary>
/// <remarks>The production shell is <see cref="ThreadedStore"/>. After a failure but for want of room it refuses everything until it is
/// opened again.</remarks>
public sealed class SqliteStore : IMessageStore, IDisposable
{
    private readonly StorageOptions _options;
    private SqliteEngine? _engine;
    private IMessageStoreListener? _listener;
    private StoreFailure? _failure;

    /// <summary>Makes a store that is not open.</summary>
    public SqliteStore(StorageOptions options) => _options = options;

    /// <summary>Whether there is work for <see cref="CleanUp"/>.</summary>
    public bool HasCleanUp => _engine is { HasEndedQueues: true };

    /// <inheritdoc/>
    public bool CommitsEachWrite => _options.Mode == DurabilityMode.EachWrite;

    /// <inheritdoc/>
    public void Open(IMessageStoreListener listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        Dispose();
        _listener = listener;
        _failure = null;
        Answer(
            () =>
            {
                _engine = SqliteEngine.Open(_options);
                _engine.Recover(listener.OnQueue, listener.OnRetained);
            },
            () => listener.OnOpened(_engine!.LargestQueueId, _engine.LargestMessageId));
    }

    /// <inheritdoc/>
    public void Commit(IReadOnlyList<StoreMutation> mutations)
    {
        Answer(() => Opened().Commit(mutations), () => _listener!.OnCommitted());
        Quietly(engine => engine.Checkpoint());             // nobody waits for that
    }

    /// <inheritdoc/>
    public void ReadQueue(StoredQueue queue, long afterMessageId, int countMax, long bytesMax)
    {
        ArgumentNullException.ThrowIfNull(queue);
        IReadOnlyList<StoredEntry> entries = [];
        var isLast = false;
        Answer(
            () => entries = Opened().ReadQueue(queue.Id, afterMessageId, countMax, bytesMax, out isLast),
            () => _listener!.OnPage(queue, entries, isLast));
    }

    /// <inheritdoc/>
    public void Close()
    {
        var engine = _engine;
        _engine = null;
        Answer(() => engine?.Close(), () => _listener?.OnClosed());
    }

    /// <summary>Does some of the work that no call waits for: deletes entries of queues that have ended.</summary>
    public void CleanUp()
    {
        if (HasCleanUp) Quietly(engine => engine.CleanUp());
    }

    /// <summary>Lets go of the file as a crash would.</summary>
    public void Dispose()
    {
        _engine?.Dispose();
        _engine = null;
    }

    private SqliteEngine Opened() => _engine ?? throw new StoreException(StoreFailures.Refused(_failure!));

    // What fails here was no call, so that the next call hears of it.
    private void Quietly(Action<SqliteEngine> work)
    {
        if (_engine is not { } engine) return;
        try
        {
            work(engine);
        }
        catch (StoreException failure)
        {
            Remember(failure.Failure);
        }
    }

    private void Remember(StoreFailure failure)
    {
        if (failure.Kind == StoreFailureKind.Full) return;  // may be tried again
        _failure ??= failure;
        Dispose();
    }

    // The listener is called outside the try: what it throws is a bug of its own and no failure of the store.
    private void Answer(Action work, Action answer)
    {
        try
        {
            work();
        }
        catch (StoreException failure)
        {
            Remember(failure.Failure);
            _listener?.OnFailed(failure.Failure);
            return;
        }

        answer();
    }
}
