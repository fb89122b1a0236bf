using Orrery.Actors.Cells;

namespace Orrery.Actors;

/// <summary>What every reference of this runtime can do beyond receiving plain messages.</summary>
internal abstract class InternalActorRef : IActorRef
{
    public abstract ActorPath Path { get; }

    /// <summary>The system that the reference belongs to; null for <see cref="ActorRefs.Nobody"/>.</summary>
    internal virtual ActorSystem? System => null;

    /// <summary>A number that no other reference of the same system has; 0 for references outside a system.</summary>
    internal virtual int Uid => 0;

    public abstract void Tell(object message, IActorRef? sender);

    /// <summary>Delivers a message of the runtime itself; such messages overtake plain ones.</summary>
    /// <remarks>The default is that of a reference without an actor: whoever watches it hears that there is none.</remarks>
    internal virtual void SendSystemMessage(SystemMessage message)
    {
        if (message is Watch watch)
        {
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(this, ExistenceConfirmed: false));
        }
    }

    /// <summary>Asks the actor to stop after the message that it is handling now.</summary>
    internal virtual void Stop()
    {
    }

    public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    // The uid, not the object's own hash code, which differs from run to run.
    public override int GetHashCode() => Uid;

    public int CompareTo(IActorRef? other)
    {
        if (other is null) return 1;
        if (ReferenceEquals(this, other)) return 0;
        var byPath = Path.CompareTo(other.Path);
        return byPath != 0 || other is not InternalActorRef reference ? byPath : Uid.CompareTo(reference.Uid);
    }

    public override string ToString() => $"[{Path}#{Uid}]";
}
