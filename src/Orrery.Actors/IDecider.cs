namespace Orrery.Actors;

/// <summary>Chooses what becomes of a failed child.</summary>
public interface IDecider
{
    /// <summary>Chooses a directive.</summary>
    /// <param name="cause">What the child threw.</param>
    /// <returns>The directive.</returns>
    Directive Decide(Exception cause);
}

/// <summary>Makes deciders.</summary>
public static class Decider
{
    /// <summary>A decider that calls a function.</summary>
    /// <param name="localOnlyDecider">The function.</param>
    /// <returns>The decider.</returns>
    public static LocalOnlyDecider From(Func<Exception, Directive> localOnlyDecider) => new(localOnlyDecider);
}

/// <summary>A decider that calls a function.</summary>
public sealed class LocalOnlyDecider : IDecider
{
    private readonly Func<Exception, Directive> _decide;

    internal LocalOnlyDecider(Func<Exception, Directive> decide) => _decide = decide ?? throw new ArgumentNullException(nameof(decide));

    /// <inheritdoc/>
    public Directive Decide(Exception cause) => _decide(cause);
}
