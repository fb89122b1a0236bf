namespace Orrery.Actors.Cells;

/// <summary>What only some actors need, apart from the cell, so that an idle actor without it stays small.</summary>
internal sealed class CellExtras
{
    public ChildTable? Children;
    public OrderedTable<InternalActorRef, WatchEntry, ByReference>? Watchers;
    public OrderedTable<InternalActorRef, WatchEntry, ByReference>? Watching;
    public Stack<Receive>? Behaviours;
    public Stack<HandlerTable>? Handlers;
    public StashBuffer? Stash;
    public ActorTimers? Timers;
    public ReceiveTimeoutTimer? ReceiveTimeout;
    public Failure? Failure;
    public Dictionary<ActorCell, RestartStatistics>? Restarts;
    public PendingStep Pending;
    public Exception? PendingCause;
}

/// <summary>A failure whose directive has not come yet.</summary>
/// <param name="Perpetrator">The actor itself, or the child whose failure it escalated.</param>
/// <param name="Message">The message that failed; null if it was not in handling one.</param>
internal sealed record Failure(ActorCell Perpetrator, object? Message);

/// <summary>What an actor does once the children that it waits for have stopped.</summary>
internal enum PendingStep : byte
{
    None,
    Create,
    Recreate,
    Terminate,
}
