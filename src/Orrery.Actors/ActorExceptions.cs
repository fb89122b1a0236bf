namespace Orrery.Actors;

/// <summary>An error of the actor runtime or of its use.</summary>
public class AkkaException : Exception
{
    /// <summary>With a default text.</summary>
    public AkkaException()
    {
    }

    /// <summary>With a text.</summary>
    /// <param name="message">What went wrong.</param>
    public AkkaException(string message)
        : base(message)
    {
    }

    /// <summary>With a text and what led to it.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="cause">What led to it.</param>
    public AkkaException(string message, Exception? cause)
        : base(message, cause)
    {
    }
}

/// <summary>An actor's constructor or <c>PreStart</c> threw. By default the supervisor stops such a child.</summary>
public class ActorInitializationException : AkkaException
{
    /// <summary>With a text.</summary>
    /// <param name="message">What went wrong.</param>
    public ActorInitializationException(string message)
        : base(message)
    {
    }

    /// <summary>With the actor and what it threw.</summary>
    /// <param name="actor">The actor that could not be made.</param>
    /// <param name="message">What went wrong.</param>
    /// <param name="cause">What it threw.</param>
    public ActorInitializationException(IActorRef? actor, string message, Exception? cause = null)
        : base(message, cause) => Actor = actor;

    /// <summary>The actor that could not be made.</summary>
    public IActorRef? Actor { get; }
}

/// <summary>The constructor or <c>PostRestart</c> of the new instance threw during a restart.</summary>
/// <param name="actor">The actor being restarted.</param>
/// <param name="cause">What the new instance threw.</param>
/// <param name="originalCause">The failure that the restart was to repair.</param>
public sealed class PostRestartException(IActorRef actor, Exception cause, Exception originalCause)
    : ActorInitializationException(actor, $"Exception post restart ({originalCause?.GetType().Name})", cause)
{
    /// <summary>The failure that the restart was to repair.</summary>
    public Exception? OriginalCause { get; } = originalCause;
}

/// <summary>The name of a new actor is malformed or taken.</summary>
/// <param name="message">What is wrong with it.</param>
public sealed class InvalidActorNameException(string message) : AkkaException(message);

/// <summary>The receiver was told <see cref="Kill"/>.</summary>
/// <param name="message">The text.</param>
public sealed class ActorKilledException(string message) : AkkaException(message);

/// <summary>A watched actor stopped and the watcher did not handle <see cref="Terminated"/>.</summary>
/// <param name="deadActor">Who stopped.</param>
public sealed class DeathPactException(IActorRef deadActor)
    : AkkaException($"Monitored actor [{deadActor}] terminated")
{
    /// <summary>Who stopped.</summary>
    public IActorRef DeadActor { get; } = deadActor;
}

/// <summary>The same message was stashed twice.</summary>
/// <param name="message">The text.</param>
public sealed class IllegalActorStateException(string message) : AkkaException(message);

/// <summary>A bounded stash is full.</summary>
/// <param name="message">The text.</param>
public sealed class StashOverflowException(string message) : AkkaException(message);

/// <summary>No answer came to an <c>Ask</c> in time.</summary>
/// <param name="message">The text.</param>
public sealed class AskTimeoutException(string message) : AkkaException(message);
