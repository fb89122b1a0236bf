using System.Collections.Concurrent;
using Orrery.Broker.Persistence;

namespace Orrery.Storage;

/// <summary>Runs a store on a thread of its own, which is where the listener hears from it: nobody else waits for the disk.</summary>
public sealed class ThreadedStore : IMessageStore, IDisposable
{
    private readonly SqliteStore _store;
    private readonly BlockingCollection<Action> _work = [];     // short: the port has one call under way, and a read or two beside it
    private readonly Thread _thread;

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
    public void Open(IMessageStoreListener listener) => _work.Add(() => _store.Open(listener));

    /// <inheritdoc/>
    public void Commit(IReadOnlyList<StoreMutation> mutations) => _work.Add(() => _store.Commit(mutations));

    /// <inheritdoc/>
    public void ReadQueue(StoredQueue queue, long afterMessageId, int countMax, long bytesMax) =>
        _work.Add(() => _store.ReadQueue(queue, afterMessageId, countMax, bytesMax));

    /// <inheritdoc/>
    public void Close() => _work.Add(_store.Close);

    /// <summary>Waits for the calls so far, then ends the thread and lets go of the file. Not from within the listener.</summary>
    public void Dispose()
    {
        if (_work.IsAddingCompleted) return;
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Run()
    {
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();

            // Whoever waits goes first: each of these takes a few milliseconds.
            while (_work.Count == 0 && _store.HasCleanUp)
            {
                _store.CleanUp();
            }
        }

        _store.Dispose();
    }
}
