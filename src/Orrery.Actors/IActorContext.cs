namespace Orrery.Actors;

/// <summary>Makes actors, and stops them.</summary>
public interface IActorRefFactory
{
    /// <summary>Makes a child of this context (or, on a system, a child of <c>/user</c>).</summary>
    /// <param name="props">How to make the actor; its constructor runs on the actor's own first turn.</param>
    /// <param name="name">Unique among siblings; null has one made up, which starts with <c>$</c>.</param>
    /// <returns>The reference, usable at once.</returns>
    /// <exception cref="InvalidActorNameException">The name is malformed or taken.</exception>
    /// <exception cref="InvalidOperationException">The parent is stopping.</exception>
    IActorRef ActorOf(Props props, string? name = null);

    /// <summary>Stops an actor after the message that it is handling now; the rest of its mailbox becomes dead letters.</summary>
    /// <param name="child">The actor to stop, with all its descendants.</param>
    void Stop(IActorRef child);
}

/// <summary>Learns of the end of other actors.</summary>
public interface ICanWatch
{
    /// <summary>Asks for one <see cref="Terminated"/> once the subject has stopped, also if it has already.</summary>
    /// <param name="subject">Watching it twice is the same as once.</param>
    /// <returns>The subject.</returns>
    IActorRef Watch(IActorRef subject);

    /// <summary>As <see cref="Watch"/>, with a message of one's own in place of <see cref="Terminated"/>.</summary>
    /// <param name="subject">The actor to watch.</param>
    /// <param name="message">What to be told; its sender will be the subject.</param>
    /// <returns>The subject.</returns>
    IActorRef WatchWith(IActorRef subject, object message);

    /// <summary>Takes back <see cref="Watch"/>: a notice that is already in the mailbox is dropped as well.</summary>
    /// <param name="subject">The actor that was watched.</param>
    /// <returns>The subject.</returns>
    IActorRef Unwatch(IActorRef subject);
}

/// <summary>What an actor sees of its surroundings. Only for use on the actor's own turn.</summary>
public interface IActorContext : IActorRefFactory, ICanWatch
{
    /// <summary>The actor itself.</summary>
    IActorRef Self { get; }

    /// <summary>The sender of the message in hand; <see cref="ActorSystem.DeadLetters"/> if it has none.</summary>
    IActorRef Sender { get; }

    /// <summary>The supervisor.</summary>
    IActorRef Parent { get; }

    /// <summary>The system that the actor lives in.</summary>
    ActorSystem System { get; }

    /// <summary>How the actor was made.</summary>
    Props Props { get; }

    /// <summary>The time without a message after which <see cref="Actors.ReceiveTimeout"/> comes; null when unset.</summary>
    TimeSpan? ReceiveTimeout { get; }

    /// <summary>Has <see cref="Actors.ReceiveTimeout"/> told to the actor each time it has been idle for so long.</summary>
    /// <param name="timeout">More than zero; null switches it off, and drops a notice already in the mailbox.</param>
    void SetReceiveTimeout(TimeSpan? timeout);

    /// <summary>Finds a child.</summary>
    /// <param name="name">Its name.</param>
    /// <returns><see cref="ActorRefs.Nobody"/> if there is none.</returns>
    IActorRef Child(string name);

    /// <summary>The children, oldest first. A snapshot.</summary>
    /// <returns>Also those that are stopping but have not yet stopped.</returns>
    IEnumerable<IActorRef> GetChildren();

    /// <summary>Replaces the current behaviour.</summary>
    /// <param name="receive">Returns whether it handled the message.</param>
    void Become(Receive receive);

    /// <summary>Puts a behaviour on top of the current one.</summary>
    /// <param name="receive">Returns whether it handled the message.</param>
    void BecomeStacked(Receive receive);

    /// <summary>Goes back to the behaviour below; at the bottom it does nothing.</summary>
    void UnbecomeStacked();
}

/// <summary>The context of actors whose behaviours report nothing.</summary>
public interface IUntypedActorContext : IActorContext
{
    /// <summary>Replaces the current behaviour by one that handles all messages.</summary>
    /// <param name="receive">Called with each message.</param>
    void Become(UntypedReceive receive);

    /// <summary>Puts a behaviour that handles all messages on top of the current one.</summary>
    /// <param name="receive">Called with each message.</param>
    void BecomeStacked(UntypedReceive receive);
}

/// <summary>A behaviour.</summary>
/// <param name="message">The message in hand.</param>
/// <returns>False if the message means nothing to it.</returns>
public delegate bool Receive(object message);

/// <summary>A behaviour to which every message means something.</summary>
/// <param name="message">The message in hand.</param>
public delegate void UntypedReceive(object message);
