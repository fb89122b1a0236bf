namespace Orrery.Broker.Persistence;

/// <summary>Where a broker keeps what must outlive its process: the port that a disk is behind.</summary>
/// <remarks>
/// One actor of the broker calls it, one call at a time, and never waits: every call is answered through the listener, later or
/// within the call, in the order of the calls. Which mode of durability a commit has is the store's own setting. Ids of queues and
/// messages are given by the caller, above the largest that <see cref="IMessageStoreListener.OnOpened"/> named. What is told of a queue
/// that has ended is left out: whoever tells it had not heard of the end.
/// </remarks>
public interface IMessageStore
{
    /// <summary>True if each write wants a commit of its own; false, the default, where all that waits goes into one.</summary>
    bool CommitsEachWrite => false;

    /// <summary>Opens the store and tells all that it keeps: first queues with their subscriptions and exchanges, then retained
    /// messages, then <see cref="IMessageStoreListener.OnOpened"/>, or <see cref="IMessageStoreListener.OnFailed"/> alone.</summary>
    /// <param name="listener">Is told everything from now on.</param>
    void Open(IMessageStoreListener listener);

    /// <summary>Applies changes, all or none of them, and makes them as durable as the store's mode says. At most one is under way.</summary>
    /// <param name="mutations">In order; not empty, and not changed any more.</param>
    void Commit(IReadOnlyList<StoreMutation> mutations);

    /// <summary>Reads messages of a queue that have no packet identifier yet, in the order of their ids.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="afterMessageId">Only messages with a larger id.</param>
    /// <param name="countMax">At most so many, 1 or more.</param>
    /// <param name="bytesMax">At most so many bytes of topics and payloads, but one message in any case.</param>
    void ReadQueue(StoredQueue queue, long afterMessageId, int countMax, long bytesMax);

    /// <summary>Closes the store in order; what was committed is durable in every mode but memory.</summary>
    void Close();
}

/// <summary>Hears from a store, on any thread.</summary>
public interface IMessageStoreListener
{
    /// <summary>A session or group was found, when opening.</summary>
    void OnQueue(RecoveredQueue queue);

    /// <summary>A retained message was found, when opening.</summary>
    void OnRetained(StoredMessage message);

    /// <summary>Everything was told, and the store takes changes.</summary>
    /// <param name="largestQueueId">The largest id that a queue ever had, or a number above it; 0 in a new store.</param>
    /// <param name="largestMessageId">The same for messages.</param>
    void OnOpened(long largestQueueId, long largestMessageId);

    /// <summary>The commit under way is durable.</summary>
    void OnCommitted();

    /// <summary>What <see cref="IMessageStore.ReadQueue"/> found.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="messages">In order; empty when nothing is left.</param>
    /// <param name="isLast">Whether the queue had no more.</param>
    void OnPage(StoredQueue queue, IReadOnlyList<StoredEntry> messages, bool isLast);

    /// <summary>The call under way failed.</summary>
    void OnFailed(StoreFailure failure);

    /// <summary>The store is closed.</summary>
    void OnClosed();
}
