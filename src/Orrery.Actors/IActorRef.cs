namespace Orrery.Actors;

/// <summary>Something that a message can be told to.</summary>
public interface ICanTell
{
    /// <summary>Puts a message into the receiver's mailbox and returns at once.</summary>
    /// <param name="message">Never null; immutable by agreement, since it is shared, not copied.</param>
    /// <param name="sender">Where an answer should go; null is <see cref="ActorRefs.NoSender"/>.</param>
    /// <remarks>
    /// Callable from any thread. Delivery is at most once; two messages told by one thread (or one actor) to one
    /// receiver arrive in that order. A message for a stopped actor goes to <see cref="ActorSystem.DeadLetters"/>.
    /// </remarks>
    void Tell(object message, IActorRef? sender);
}

/// <summary>The address of an actor: all that other actors ever hold of it.</summary>
/// <remarks>Two references are equal when they are the same incarnation of the same actor.</remarks>
public interface IActorRef : ICanTell, IEquatable<IActorRef>, IComparable<IActorRef>
{
    /// <summary>Where the actor stands in the hierarchy.</summary>
    ActorPath Path { get; }
}
