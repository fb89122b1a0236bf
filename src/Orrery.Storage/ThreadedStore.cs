using System.Diagnostics.CodeAnalysis;
using Orrery.Broker.Persistence;

namespace Orrery.Storage;

/// <summary>Runs a store on a thread of its own, which is where the listener hears from it: nobody else waits for the disk.</summary>
public sealed class ThreadedStore : IMessageStore, IDisposable
{
    private readonly SqliteStore _store;
    private readonly Queue<Action> _work = new();           // short: the port has one call under way, and a read or two beside it
    private readonly Thread _thread;
    private bool _isEnding;

    /// <summary>Starts the thread; the store is not open.</summary>
    public ThreadedStore(StorageOptions options)
    {
        _store = new SqliteStore(options);
        _thread = new Thread(Run) { Name = "orrery-store", IsBackground = true };
        _thread.Start();
    }

    /// <inheritdoc/>
    public bool CommitsEachWrite => _store.CommitsEachWrite;

    /// <inheritdoc/>
    public void Open(IMessageStoreListener listener) => Call(() => _store.Open(listener));

    /// <inheritdoc/>
    public void Commit(IReadOnlyList<StoreMutation> mutations) => Call(() => _store.Commit(mutations));

    /// <inheritdoc/>
    public void ReadQueue(StoredQueue queue, long afterMessageId, int countMax, long bytesMax) =>
        Call(() => _store.ReadQueue(queue, afterMessageId, countMax, bytesMax));

    /// <inheritdoc/>
    public void Close() => Call(_store.Close);

    /// <summary>Waits for the calls so far, then ends the thread and lets go of the file. Not from within the listener.</summary>
    public void Dispose()
    {
        lock (_work)
        {
            if (_isEnding) return;
            _isEnding = true;
            Monitor.Pulse(_work);
        }

        _thread.Join();
    }

    private void Call(Action work)
    {
        lock (_work)
        {
            ObjectDisposedException.ThrowIf(_isEnding, this);
            _work.Enqueue(work);
            Monitor.Pulse(_work);
        }
    }

    private void Run()
    {
        while (TryTake(out var work))
        {
            work();
        }

        _store.Dispose();
    }

    /// <summary>Waits for the next call; until it comes, works off what no call waits for: each of these takes a few milliseconds.</summary>
    private bool TryTake([NotNullWhen(true)] out Action? work)
    {
        while (true)
        {
            lock (_work)
            {
                // Sleeps at once: a thread that spins takes the processor from those that it waits for.
                while (_work.Count == 0 && !_isEnding && !_store.HasCleanUp) Monitor.Wait(_work);
                if (_work.TryDequeue(out work)) return true;
                if (_isEnding && !_store.HasCleanUp) return false;
            }

            _store.CleanUp();
        }
    }
}
