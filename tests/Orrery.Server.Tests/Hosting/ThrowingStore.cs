using Orrery.Broker.Persistence;

namespace Orrery.Server.Tests.Hosting;

/// <summary>A store with a bug: it throws where it should answer.</summary>
internal sealed class ThrowingStore : IMessageStore
{
    private IMessageStoreListener? _listener;

    /// <summary>Whether it can be opened, and throws later.</summary>
    public bool Opens { get; init; }

    public void Open(IMessageStoreListener listener)
    {
        if (!Opens) throw new InvalidOperationException("planted");
        _listener = listener;
        listener.OnOpened(0, 0);
    }

    public void Commit(IReadOnlyList<StoreMutation> mutations) => throw new InvalidOperationException("planted");

    public void ReadQueue(StoredQueue queue, long afterMessageId, int countMax, long bytesMax) => _listener!.OnPage(queue, [], isLast: true);

    public void Close() => _listener!.OnClosed();
}
