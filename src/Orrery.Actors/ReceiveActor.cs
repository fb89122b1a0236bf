using Orrery.Actors.Cells;

namespace Orrery.Actors;

/// <summary>An actor that names a handler per type of message, in its constructor and inside <c>Become</c>.</summary>
/// <remarks>Handlers are tried in the order in which they were named; the first that fits takes the message.</remarks>
public abstract class ReceiveActor : ActorBase
{
    private HandlerTable _handlers;

    /// <summary>Handles messages of a type.</summary>
    /// <param name="handler">Called with each such message.</param>
    /// <param name="shouldHandle">Narrows it down; null takes all messages of the type.</param>
    /// <typeparam name="T">The message's class, a base of it, or an interface.</typeparam>
    /// <exception cref="InvalidOperationException">After <see cref="ReceiveAny"/>, or outside constructor and Become.</exception>
    protected void Receive<T>(Action<T> handler, Predicate<T>? shouldHandle = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        EnsureMayConfigure();
        if (shouldHandle is null)
        {
            _handlers.Add(TypedHandler<T>.Instance, handler);
        }
        else
        {
            _handlers.Add(GuardedHandler<T>.Instance, new Guarded<T>(shouldHandle, handler));
        }
    }

    /// <summary>Handles the messages of a type for which a predicate holds.</summary>
    /// <param name="shouldHandle">Called first.</param>
    /// <param name="handler">Called with each message for which the predicate held.</param>
    /// <typeparam name="T">The message's class, a base of it, or an interface.</typeparam>
    protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => Receive(handler, shouldHandle);

    /// <summary>Handles messages of a type by a function that may decline one.</summary>
    /// <param name="handler">Returns false to have the later handlers tried.</param>
    /// <typeparam name="T">The message's class, a base of it, or an interface.</typeparam>
    protected void Receive<T>(Func<T, bool> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        EnsureMayConfigure();
        _handlers.Add(ChoosyHandler<T>.Instance, handler);
    }

    /// <summary>Handles every message that reaches it. No handler can be named after it.</summary>
    /// <param name="handler">Called with each message.</param>
    protected void ReceiveAny(Action<object> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        EnsureMayConfigure();
        _handlers.Add(AnyHandler.Instance, handler);
    }

    /// <summary>Replaces the current handlers.</summary>
    /// <param name="configure">Names the new ones by <c>Receive</c>.</param>
    protected void Become(Action configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _handlers = default;
        Cell.IsConfiguring = true;
        configure();
        _handlers.Trim();
        Cell.IsConfiguring = false;
    }

    /// <summary>Puts new handlers on top of the current ones.</summary>
    /// <param name="configure">Names the new ones by <c>Receive</c>.</param>
    protected void BecomeStacked(Action configure)
    {
        Cell.PushHandlers(_handlers);
        Become(configure);
    }

    /// <inheritdoc/>
    protected sealed override bool Receive(object message) => _handlers.TryHandle(message);

    internal override void OnUnbecomeStacked()
    {
        // Handlers pushed by this class lie below any behaviour set through the context.
        if (Cell.HasContextBehaviour)
        {
            Context.UnbecomeStacked();
        }
        else if (Cell.TryPopHandlers(out var handlers))
        {
            _handlers = handlers;
        }
    }

    /// <summary>Ends the configuration that the constructor began.</summary>
    internal void FinishConstruction() => _handlers.Trim();

    private void EnsureMayConfigure()
    {
        if (!Cell.IsConfiguring)
        {
            throw new InvalidOperationException("Receive can only be called in the constructor and inside Become.");
        }

        if (_handlers.EndsWithAny)
        {
            throw new InvalidOperationException("A handler after ReceiveAny would never be reached.");
        }
    }
}
