namespace Orrery.Broker.Persistence;

/// <summary>Whose messages a queue of the store holds.</summary>
/// <remarks>The numbers are stored on disk, so they do not change.</remarks>
public enum StoredQueueKind : byte
{
    /// <summary>One client's session.</summary>
    Session = 0,

    /// <summary>A shared subscription: what no member was given yet.</summary>
    SharedGroup = 1,
}

/// <summary>Names one queue of the store, of a session or of a shared subscription, in all messages about it.</summary>
/// <remarks>A client that begins a new session gets a new one. The store sets the id when it is told of the queue; whoever learns of the
/// queue later, from a mailbox behind that, sees it.</remarks>
public sealed class StoredQueue
{
    /// <summary>Names a queue that the store does not know yet.</summary>
    /// <param name="kind">Whose it is.</param>
    /// <param name="name">The client identifier; of a group `$share/name/filter`.</param>
    public StoredQueue(StoredQueueKind kind, string name) => (Kind, Name) = (kind, name);

    /// <summary>Whose it is.</summary>
    public StoredQueueKind Kind { get; }

    /// <summary>The client identifier; of a group `$share/name/filter`.</summary>
    public string Name { get; }

    /// <summary>Its number in the store, from 1 and never used again; 0 while the store does not know it.</summary>
    public long Id { get; set; }

    /// <summary>The store's actor's own: true once it was told of the queue's end. What comes about the queue later is void.</summary>
    internal bool IsEnded { get; set; }
}
