using Orrery.Actors.Cells;
using Orrery.Actors.Production;

namespace Orrery.Actors;

/// <summary>The base of all actors.</summary>
/// <remarks>Every member runs on the actor's own turn: one message at a time, to its end, on whatever thread.</remarks>
public abstract class ActorBase
{
    private readonly ActorCell _context;

    /// <summary>Binds the new actor to the cell that is making it.</summary>
    /// <exception cref="ActorInitializationException">The actor was made by <c>new</c> outside of its props' factory.</exception>
    protected ActorBase()
    {
        _context = ActorThread.Current.Creating
            ?? throw new ActorInitializationException($"{GetType().Name} can only be made by ActorOf(Props.Create(...)).");
        // The first ActorBase of a turn claims the cell, so that a second one made by mistake is an error.
        ActorThread.Current.Creating = null;
    }

    /// <summary>The actor's surroundings.</summary>
    protected IUntypedActorContext Context => _context;

    /// <summary>The actor's own reference.</summary>
    protected IActorRef Self => _context;

    /// <summary>The sender of the message in hand. Copy it before deferring its use.</summary>
    protected IActorRef Sender => _context.CurrentSender;

    internal ActorCell Cell => _context;

    /// <summary>Handles one message.</summary>
    /// <param name="message">The message.</param>
    /// <returns>False passes it to <see cref="Unhandled"/>.</returns>
    protected abstract bool Receive(object message);

    /// <summary>Runs before the first message of the actor; by default also after a restart, see <see cref="PostRestart"/>.</summary>
    protected virtual void PreStart()
    {
    }

    /// <summary>Runs after the last message, when all children have stopped.</summary>
    protected virtual void PostStop()
    {
    }

    /// <summary>Runs on the failed instance before it is replaced. By default stops all children and calls <see cref="PostStop"/>.</summary>
    /// <param name="reason">The failure.</param>
    /// <param name="message">The message that failed; null if the failure was not in handling one.</param>
    protected virtual void PreRestart(Exception reason, object? message)
    {
        foreach (var child in Context.GetChildren())
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }

        PostStop();
    }

    /// <summary>Runs on the new instance after a restart. By default calls <see cref="PreStart"/>.</summary>
    /// <param name="reason">The failure.</param>
    protected virtual void PostRestart(Exception reason) => PreStart();

    /// <summary>Runs for a message that no handler took. By default publishes <see cref="UnhandledMessage"/>.</summary>
    /// <param name="message">The message.</param>
    /// <exception cref="DeathPactException">The message is <see cref="Terminated"/>: who watches must handle it, or dies too.</exception>
    protected virtual void Unhandled(object message)
    {
        if (message is Terminated terminated) throw new DeathPactException(terminated.ActorRef);
        _context.System.EventStream.Publish(new UnhandledMessage(message, Sender, Self));
    }

    /// <summary>The strategy for the children, unless the props name one.</summary>
    /// <returns>By default <see cref="Actors.SupervisorStrategy.DefaultStrategy"/>.</returns>
    protected virtual SupervisorStrategy SupervisorStrategy() => Actors.SupervisorStrategy.DefaultStrategy;

    /// <summary>Replaces the current behaviour.</summary>
    /// <param name="receive">Returns whether it handled the message.</param>
    protected void Become(Receive receive) => Context.Become(receive);

    /// <summary>Puts a behaviour on top of the current one.</summary>
    /// <param name="receive">Returns whether it handled the message.</param>
    protected void BecomeStacked(Receive receive) => Context.BecomeStacked(receive);

    /// <summary>Goes back to the behaviour below.</summary>
    protected void UnbecomeStacked() => OnUnbecomeStacked();

    internal virtual void OnUnbecomeStacked() => Context.UnbecomeStacked();

    internal bool InvokeReceive(object message) => Receive(message);

    internal void InvokeUnhandled(object message) => Unhandled(message);

    internal void InvokePreStart() => PreStart();

    internal void InvokePostStop() => PostStop();

    internal void InvokePreRestart(Exception reason, object? message) => PreRestart(reason, message);

    internal void InvokePostRestart(Exception reason) => PostRestart(reason);

    internal SupervisorStrategy InvokeSupervisorStrategy() => SupervisorStrategy();
}
