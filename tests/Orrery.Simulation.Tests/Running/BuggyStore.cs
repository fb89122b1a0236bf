using Orrery.Broker.Persistence;

namespace Orrery.Simulation.Tests.Running;

/// <summary>Throws at each commit, and where it is opened unless it is told not to.</summary>
internal sealed class BuggyStore(IMessageStore store, Func<bool> opens) : IMessageStore
{
    public void Open(IMessageStoreListener listener)
    {
        if (!opens()) throw new InvalidOperationException("planted");
        store.Open(listener);
    }

    public void Commit(IReadOnlyList<StoreMutation> mutations) => throw new InvalidOperationException("planted");

    public void ReadQueue(StoredQueue queue, long afterMessageId, int countMax, long bytesMax) => store.ReadQueue(queue, afterMessageId, countMax, bytesMax);

    public void Close() => store.Close();
}
