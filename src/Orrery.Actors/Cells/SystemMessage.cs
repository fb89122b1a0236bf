namespace Orrery.Actors.Cells;

/// <summary>A message of the runtime itself. It overtakes plain messages and is linked into at most one queue.</summary>
internal abstract class SystemMessage
{
    internal SystemMessage? Next;
}

/// <summary>Asks to hear of the receiver's end.</summary>
internal sealed class Watch(InternalActorRef watcher) : SystemMessage
{
    public InternalActorRef Watcher => watcher;
}

/// <summary>Takes back <see cref="Watch"/>.</summary>
internal sealed class Unwatch(InternalActorRef watcher) : SystemMessage
{
    public InternalActorRef Watcher => watcher;
}

/// <summary>Says that an actor has ended; told to its watchers and always to its parent.</summary>
internal sealed class DeathWatchNotification(InternalActorRef actor, bool ExistenceConfirmed) : SystemMessage
{
    public InternalActorRef Actor => actor;

    public bool IsExistenceConfirmed => ExistenceConfirmed;
}

/// <summary>Says that a child has failed and waits for a directive.</summary>
internal sealed class Failed(ActorCell child, Exception cause) : SystemMessage
{
    public ActorCell Child => child;

    public Exception Cause => cause;
}

/// <summary>Handle no plain messages until told to go on.</summary>
internal sealed class Suspend : SystemMessage;

/// <summary>Go on with the same instance.</summary>
internal sealed class Resume(Exception? cause) : SystemMessage
{
    /// <summary>The receiver's own failure that this answers; null if it was suspended because of another's.</summary>
    public Exception? Cause => cause;
}

/// <summary>Go on with a new instance.</summary>
internal sealed class Recreate(Exception cause) : SystemMessage
{
    public Exception Cause => cause;
}

/// <summary>Stop.</summary>
internal sealed class Terminate : SystemMessage;
