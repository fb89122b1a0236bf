namespace Orrery.Actors;

/// <summary>Messages that the runtime acts on before, or instead of, the actor's behaviour.</summary>
public interface IAutoReceivedMessage;

/// <summary>Messages that are not reported as dead letters when nobody takes them.</summary>
public interface IDeadLetterSuppression;

/// <summary>Messages that do not count as activity for <see cref="IActorContext.SetReceiveTimeout"/>.</summary>
public interface INotInfluenceReceiveTimeout;

/// <summary>Stops the receiver when its turn comes in the mailbox, after all that was told before it.</summary>
public sealed class PoisonPill : IAutoReceivedMessage
{
    private PoisonPill()
    {
    }

    /// <summary>The one instance.</summary>
    public static PoisonPill Instance { get; } = new();
}

/// <summary>Makes the receiver fail with <see cref="ActorKilledException"/>; its supervisor decides, by default to stop it.</summary>
public sealed class Kill : IAutoReceivedMessage
{
    private Kill()
    {
    }

    /// <summary>The one instance.</summary>
    public static Kill Instance { get; } = new();
}

/// <summary>Comes when no message came for the time given to <see cref="IActorContext.SetReceiveTimeout"/>.</summary>
public sealed class ReceiveTimeout
{
    private ReceiveTimeout()
    {
    }

    /// <summary>The one instance.</summary>
    public static ReceiveTimeout Instance { get; } = new();
}

/// <summary>Says that a watched actor has stopped. Its sender is that actor.</summary>
public sealed class Terminated : IAutoReceivedMessage, IDeadLetterSuppression
{
    /// <summary>Made by the runtime; public for tests of actors that watch.</summary>
    /// <param name="actorRef">Who stopped.</param>
    /// <param name="existenceConfirmed">Whether there ever was such an actor.</param>
    /// <param name="addressTerminated">Always false here: there are no remote actors.</param>
    public Terminated(IActorRef actorRef, bool existenceConfirmed, bool addressTerminated)
    {
        ActorRef = actorRef;
        ExistenceConfirmed = existenceConfirmed;
        AddressTerminated = addressTerminated;
    }

    /// <summary>Who stopped.</summary>
    public IActorRef ActorRef { get; }

    /// <summary>Whether there ever was such an actor.</summary>
    public bool ExistenceConfirmed { get; }

    /// <summary>Always false here: there are no remote actors.</summary>
    public bool AddressTerminated { get; }

    /// <inheritdoc/>
    public override string ToString() => $"Terminated({ActorRef})";
}

/// <summary>Asks an actor to say who it is; the runtime answers with <see cref="ActorIdentity"/>.</summary>
/// <param name="messageId">Comes back in the answer.</param>
public sealed class Identify(object messageId) : IAutoReceivedMessage
{
    /// <summary>Comes back in the answer.</summary>
    public object MessageId { get; } = messageId;
}

/// <summary>The answer to <see cref="Identify"/>.</summary>
/// <param name="messageId">That of the question.</param>
/// <param name="subject">Who answers; null if there is no such actor.</param>
public sealed class ActorIdentity(object messageId, IActorRef? subject)
{
    /// <summary>That of the question.</summary>
    public object MessageId { get; } = messageId;

    /// <summary>Who answers; null if there is no such actor.</summary>
    public IActorRef? Subject { get; } = subject;
}
