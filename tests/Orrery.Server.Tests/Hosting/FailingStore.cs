using Orrery.Broker.Persistence;
using Orrery.Storage;

namespace Orrery.Server.Tests.Hosting;

/// <summary>A real store with a bug that strikes when the test says so, once: a commit throws.</summary>
internal sealed class FailingStore(ThreadedStore store) : IMessageStore, IDisposable
{
    private volatile bool _fails;
    private volatile bool _hasFailed;

    public bool HasFailed => _hasFailed;

    public void FailNext() => _fails = true;

    public void Open(IMessageStoreListener listener) => store.Open(listener);

    public void Commit(IReadOnlyList<StoreMutation> mutations)
    {
        if (_fails)
        {
            (_fails, _hasFailed) = (false, true);
            throw new InvalidOperationException("planted");
        }

        store.Commit(mutations);
    }

    public void ReadQueue(StoredQueue queue, long afterMessageId, int countMax, long bytesMax) =>
        store.ReadQueue(queue, afterMessageId, countMax, bytesMax);

    public void Close() => store.Close();

    public void Dispose() => store.Dispose();
}
