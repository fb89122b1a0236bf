namespace Orrery.Actors;

/// <summary>Where messages end that reach no actor: it publishes them as <see cref="DeadLetter"/>.</summary>
internal sealed class DeadLetterActorRef(ActorSystem system, ActorPath path) : InternalActorRef
{
    public override ActorPath Path => path;

    internal override ActorSystem System => system;

    public override void Tell(object message, IActorRef? sender)
    {
        ArgumentNullException.ThrowIfNull(message);
        Publish(message, sender, this);
    }

    /// <summary>Reports a message that did not reach its recipient.</summary>
    public void Publish(object message, IActorRef? sender, IActorRef recipient)
    {
        switch (message)
        {
            case AllDeadLetters letter:
                system.EventStream.Publish(letter);
                break;
            case Identify identify when sender is not null:
                sender.Tell(new ActorIdentity(identify.MessageId, null), this);
                break;
            case IDeadLetterSuppression:
                if (system.EventStream.HasSubscriber(typeof(SuppressedDeadLetter)))
                {
                    system.EventStream.Publish(new SuppressedDeadLetter(message, sender ?? this, recipient));
                }

                break;
            default:
                if (system.EventStream.HasSubscriber(typeof(DeadLetter)))
                {
                    system.EventStream.Publish(new DeadLetter(message, sender ?? this, recipient));
                }

                break;
        }
    }
}
