using Orrery.Actors.Production;

namespace Orrery.Actors;

/// <summary>Questions from outside of the actors. An actor tells instead, and handles the answer as a message.</summary>
public static class Futures
{
    /// <summary>Tells a message and returns the answer as a task.</summary>
    /// <param name="self">Whom to ask.</param>
    /// <param name="message">The question.</param>
    /// <param name="timeout">How long to wait; null waits for ever.</param>
    /// <typeparam name="T">The answer's type.</typeparam>
    /// <returns>Fails with <see cref="AskTimeoutException"/>, the cause of a <see cref="Status.Failure"/>, or <see cref="ArgumentException"/> for an answer of another type.</returns>
    /// <exception cref="ArgumentException">The target belongs to no system.</exception>
    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null) =>
        PromiseRef<T>.Ask(SystemOf(self), self, message, timeout);

    /// <summary>Tells a message and returns the answer as a task.</summary>
    /// <param name="self">Whom to ask.</param>
    /// <param name="message">The question.</param>
    /// <param name="timeout">How long to wait; null waits for ever.</param>
    /// <returns>As <see cref="Ask{T}"/>.</returns>
    /// <exception cref="ArgumentException">The target belongs to no system.</exception>
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout = null) =>
        Ask<object>(self, message, timeout);

    internal static ActorSystem SystemOf(ICanTell target) => target switch
    {
        InternalActorRef { System: { } system } => system,
        ActorSelection selection => selection.System,
        _ => throw new ArgumentException("The target belongs to no actor system.", nameof(target)),
    };
}

/// <summary>Stopping an actor from outside, and waiting for its end.</summary>
public static class GracefulStopSupport
{
    /// <summary>Tells <see cref="PoisonPill"/> and waits until the actor has stopped.</summary>
    /// <param name="target">The actor.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <returns>True; or fails with <see cref="AskTimeoutException"/>.</returns>
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout) =>
        GracefulStop(target, timeout, PoisonPill.Instance);

    /// <summary>Tells a message that has the actor stop itself, and waits until it has.</summary>
    /// <param name="target">The actor.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="stopMessage">The message.</param>
    /// <returns>True; or fails with <see cref="AskTimeoutException"/>.</returns>
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object stopMessage) =>
        PromiseRef<bool>.Stop(Futures.SystemOf(target), (InternalActorRef)target, timeout, stopMessage, true);
}
