namespace Orrery.Actors;

/// <summary>A message that reached no actor, published on the <see cref="ActorSystem.EventStream"/>.</summary>
public abstract class AllDeadLetters
{
    private protected AllDeadLetters(object message, IActorRef sender, IActorRef recipient)
    {
        Message = message;
        Sender = sender;
        Recipient = recipient;
    }

    /// <summary>What was told.</summary>
    public object Message { get; }

    /// <summary>Who told it; <see cref="ActorSystem.DeadLetters"/> if it had no sender.</summary>
    public IActorRef Sender { get; }

    /// <summary>Whom it was for.</summary>
    public IActorRef Recipient { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{GetType().Name} from {Sender} to {Recipient}: {Message}";
}

/// <summary>A message for an actor that has stopped or whose bounded mailbox is full.</summary>
/// <param name="message">What was told.</param>
/// <param name="sender">Who told it.</param>
/// <param name="recipient">Whom it was for.</param>
public sealed class DeadLetter(object message, IActorRef sender, IActorRef recipient)
    : AllDeadLetters(message, sender, recipient);

/// <summary>A dead letter of a message marked with <see cref="IDeadLetterSuppression"/>.</summary>
/// <param name="message">What was told.</param>
/// <param name="sender">Who told it.</param>
/// <param name="recipient">Whom it was for.</param>
public sealed class SuppressedDeadLetter(object message, IActorRef sender, IActorRef recipient)
    : AllDeadLetters(message, sender, recipient);

/// <summary>A message that an actor received and that no handler of its took, published on the event stream.</summary>
/// <param name="message">What was told.</param>
/// <param name="sender">Who told it.</param>
/// <param name="recipient">Who did not know what to do with it.</param>
public sealed class UnhandledMessage(object message, IActorRef sender, IActorRef recipient)
{
    /// <summary>What was told.</summary>
    public object Message { get; } = message;

    /// <summary>Who told it.</summary>
    public IActorRef Sender { get; } = sender;

    /// <summary>Who did not know what to do with it.</summary>
    public IActorRef Recipient { get; } = recipient;

    /// <inheritdoc/>
    public override string ToString() => $"UnhandledMessage from {Sender} to {Recipient}: {Message}";
}
