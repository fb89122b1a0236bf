namespace Orrery.Actors;

/// <summary>An actor with one method for all messages.</summary>
public abstract class UntypedActor : ActorBase
{
    /// <inheritdoc/>
    protected sealed override bool Receive(object message)
    {
        OnReceive(message);
        return true;
    }

    /// <summary>Handles one message; one that means nothing to it belongs to <see cref="ActorBase.Unhandled"/>.</summary>
    /// <param name="message">The message.</param>
    protected abstract void OnReceive(object message);

    /// <summary>Replaces the current behaviour.</summary>
    /// <param name="receive">Called with each message.</param>
    protected void Become(UntypedReceive receive) => Context.Become(receive);

    /// <summary>Puts a behaviour on top of the current one.</summary>
    /// <param name="receive">Called with each message.</param>
    protected void BecomeStacked(UntypedReceive receive) => Context.BecomeStacked(receive);
}
