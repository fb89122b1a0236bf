using System.Runtime.CompilerServices;

namespace Orrery.Actors.Cells;

/// <summary>A kind of handler. Stateless: one instance serves all actors, the delegate is passed in.</summary>
internal abstract class Handler
{
    /// <summary>Calls the delegate if the message fits.</summary>
    /// <returns>Whether it took the message.</returns>
    public abstract bool TryHandle(object handler, object message);
}

// A HandlerTable stores each delegate beside the kind that it was made for, so the casts below need no check.

/// <summary>Takes all messages of a type.</summary>
internal sealed class TypedHandler<T> : Handler
{
    public static readonly TypedHandler<T> Instance = new();

    public override bool TryHandle(object handler, object message)
    {
        if (message is not T typed) return false;
        Unsafe.As<Action<T>>(handler)(typed);
        return true;
    }
}

/// <summary>Takes the messages of a type for which a predicate holds.</summary>
internal sealed class GuardedHandler<T> : Handler
{
    public static readonly GuardedHandler<T> Instance = new();

    public override bool TryHandle(object handler, object message)
    {
        if (message is not T typed) return false;
        var guarded = Unsafe.As<Guarded<T>>(handler);
        if (!guarded.ShouldHandle(typed)) return false;
        guarded.Handle(typed);
        return true;
    }
}

/// <summary>A predicate and what to do when it holds.</summary>
internal sealed record Guarded<T>(Predicate<T> ShouldHandle, Action<T> Handle);

/// <summary>Takes the messages of a type that its function accepts.</summary>
internal sealed class ChoosyHandler<T> : Handler
{
    public static readonly ChoosyHandler<T> Instance = new();

    public override bool TryHandle(object handler, object message) =>
        message is T typed && Unsafe.As<Func<T, bool>>(handler)(typed);
}

/// <summary>Takes everything.</summary>
internal sealed class AnyHandler : Handler
{
    public static readonly AnyHandler Instance = new();

    public override bool TryHandle(object handler, object message)
    {
        Unsafe.As<Action<object>>(handler)(message);
        return true;
    }
}
