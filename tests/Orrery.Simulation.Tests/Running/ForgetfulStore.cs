using Orrery.Broker.Persistence;

namespace Orrery.Simulation.Tests.Running;

/// <summary>Keeps all but some changes.</summary>
internal sealed class ForgetfulStore(IMessageStore store, Func<StoreMutation, bool> isForgotten) : IMessageStore
{
    public bool CommitsEachWrite => store.CommitsEachWrite;

    public void Open(IMessageStoreListener listener) => store.Open(listener);

    public void Commit(IReadOnlyList<StoreMutation> mutations) => store.Commit([.. mutations.Where(mutation => !isForgotten(mutation))]);

    public void ReadQueue(StoredQueue queue, long afterMessageId, int countMax, long bytesMax) => store.ReadQueue(queue, afterMessageId, countMax, bytesMax);

    public void Close() => store.Close();
}
