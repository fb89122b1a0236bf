using Orrery.Broker.Persistence;

namespace Orrery.Simulation.Tests.Running;

/// <summary>Says that a commit is durable before the disk has it.</summary>
internal sealed class HastyStore(IMessageStore store) : IMessageStore
{
    private Listener? _listener;

    public void Open(IMessageStoreListener listener) => store.Open(_listener = new Listener(listener));

    public void Commit(IReadOnlyList<StoreMutation> mutations)
    {
        _listener!.Inner.OnCommitted();
        store.Commit(mutations);
    }

    public void ReadQueue(StoredQueue queue, long afterMessageId, int countMax, long bytesMax) => store.ReadQueue(queue, afterMessageId, countMax, bytesMax);

    public void Close() => store.Close();

    private sealed class Listener(IMessageStoreListener inner) : IMessageStoreListener
    {
        public IMessageStoreListener Inner => inner;

        public void OnQueue(RecoveredQueue queue) => inner.OnQueue(queue);

        public void OnRetained(StoredMessage message) => inner.OnRetained(message);

        public void OnOpened(long largestQueueId, long largestMessageId) => inner.OnOpened(largestQueueId, largestMessageId);

        public void OnCommitted()
        {
        }

        public void OnPage(StoredQueue queue, IReadOnlyList<StoredEntry> messages, bool isLast) => inner.OnPage(queue, messages, isLast);

        public void OnFailed(StoreFailure failure) => inner.OnFailed(failure);

        public void OnClosed() => inner.OnClosed();
    }
}
