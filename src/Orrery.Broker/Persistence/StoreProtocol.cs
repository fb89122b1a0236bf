using Orrery.Actors;

namespace Orrery.Broker.Persistence;

/// <summary>The messages that <see cref="StoreActor"/> accepts, and its answers. All are immutable.</summary>
internal static class StoreProtocol
{
    /// <summary>Changes that are kept together or not at all.</summary>
    /// <param name="Mutations">In order; none where only the answer is wanted, which covers all that the sender caused before.</param>
    /// <param name="Token">The sender's own count of its writes, answered with <see cref="Durable"/>; 0 wants no answer.</param>
    public sealed record Write(IReadOnlyList<StoreMutation> Mutations, long Token);

    /// <summary>All writes of the receiver up to this token are as durable as the store's mode says.</summary>
    public sealed record Durable(long Token);

    /// <summary>Asks for messages of a queue, as they are once all that the store was told before is kept.</summary>
    /// <param name="Queue">The queue.</param>
    /// <param name="AfterMessageId">Only messages with a larger id.</param>
    /// <param name="CountMax">At most so many.</param>
    /// <param name="BytesMax">At most so many bytes, but one message in any case.</param>
    /// <param name="Number">Repeated in the answer, <see cref="Page"/>.</param>
    public sealed record ReadPage(StoredQueue Queue, long AfterMessageId, int CountMax, long BytesMax, long Number);

    /// <summary>The answer to <see cref="ReadPage"/>.</summary>
    /// <param name="Queue">The queue.</param>
    /// <param name="Entries">In the order of their ids; empty when nothing is left.</param>
    /// <param name="IsLast">Whether the queue had no more.</param>
    /// <param name="Number">As asked.</param>
    public sealed record Page(StoredQueue Queue, IReadOnlyList<StoredEntry> Entries, bool IsLast, long Number);

    /// <summary>What the receiver wrote waits: there is no room, and the store tries again.</summary>
    public sealed record Stalled(StoreFailure Failure);

    /// <summary>What the receiver wrote is never answered: the store is given up.</summary>
    public sealed record Failed(StoreFailure Failure);

    /// <summary>Opens the store. Told once, before anything else.</summary>
    public sealed record Open
    {
        public static Open Instance { get; } = new();
    }

    /// <summary>Keeps what was told before, closes the store, and answers with <see cref="Closed"/>.</summary>
    public sealed record Close
    {
        public static Close Instance { get; } = new();
    }

    /// <summary>The answer to <see cref="Close"/>, also of a store that had failed.</summary>
    public sealed record Closed
    {
        public static Closed Instance { get; } = new();
    }

    /// <summary>The store told all that it kept, and takes changes.</summary>
    public sealed record Opened(long LargestQueueId, long LargestMessageId);

    /// <summary>The store can't be opened.</summary>
    public sealed record OpenFailed(StoreFailure Failure);

    /// <summary>The listener's news: the commit under way is durable.</summary>
    public sealed record Committed
    {
        public static Committed Instance { get; } = new();
    }

    /// <summary>The listener's news: what the read under way found.</summary>
    public sealed record PageRead(StoredQueue Queue, IReadOnlyList<StoredEntry> Entries, bool IsLast);

    /// <summary>The listener's news: the call under way failed.</summary>
    public sealed record CallFailed(StoreFailure Failure);

    /// <summary>The listener's news: the store is closed.</summary>
    public sealed record StoreClosed
    {
        public static StoreClosed Instance { get; } = new();
    }

    /// <summary>Tells an actor what a store says, on whatever thread it does.</summary>
    public sealed class Listener(IActorRef actor) : IMessageStoreListener
    {
        public void OnQueue(RecoveredQueue queue) => actor.Tell(queue, ActorRefs.NoSender);

        public void OnRetained(StoredMessage message) => actor.Tell(message, ActorRefs.NoSender);

        public void OnOpened(long largestQueueId, long largestMessageId) =>
            actor.Tell(new Opened(largestQueueId, largestMessageId), ActorRefs.NoSender);

        public void OnCommitted() => actor.Tell(Committed.Instance, ActorRefs.NoSender);

        public void OnPage(StoredQueue queue, IReadOnlyList<StoredEntry> messages, bool isLast) =>
            actor.Tell(new PageRead(queue, messages, isLast), ActorRefs.NoSender);

        public void OnFailed(StoreFailure failure) => actor.Tell(new CallFailed(failure), ActorRefs.NoSender);

        public void OnClosed() => actor.Tell(StoreClosed.Instance, ActorRefs.NoSender);
    }
}
