namespace Orrery.Actors;

/// <summary>A failure inside an actor, published on the event stream when its supervisor hears of it.</summary>
/// <param name="cause">What was thrown.</param>
/// <param name="logSource">The path of the actor that failed.</param>
/// <param name="logClass">The class of that actor.</param>
/// <param name="message">What was being done.</param>
public sealed class Error(Exception cause, string logSource, Type logClass, object message)
{
    /// <summary>What was thrown.</summary>
    public Exception Cause { get; } = cause;

    /// <summary>The path of the actor that failed.</summary>
    public string LogSource { get; } = logSource;

    /// <summary>The class of that actor; <see cref="ActorBase"/> if it never came to be.</summary>
    public Type LogClass { get; } = logClass;

    /// <summary>What was being done.</summary>
    public object Message { get; } = message;

    /// <inheritdoc/>
    public override string ToString() => $"[{LogSource}] {Message}: {Cause}";
}
