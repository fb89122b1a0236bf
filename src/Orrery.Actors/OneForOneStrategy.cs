using Orrery.Actors.Cells;

namespace Orrery.Actors;

/// <summary>Applies the directive to the child that failed, and to no other.</summary>
public sealed class OneForOneStrategy : SupervisorStrategy
{
    /// <summary>Without a limit of restarts.</summary>
    /// <param name="localOnlyDecider">Chooses the directive.</param>
    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider)
        : base(-1, -1, Actors.Decider.From(localOnlyDecider))
    {
    }

    /// <summary>With a limit of restarts, above which the child is stopped.</summary>
    /// <param name="maxNrOfRetries">Restarts within the window; -1 or null sets no limit, 0 allows none.</param>
    /// <param name="withinTimeRange">The window; null counts over the child's whole life.</param>
    /// <param name="localOnlyDecider">Chooses the directive.</param>
    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : base(maxNrOfRetries ?? -1, Milliseconds(withinTimeRange), Actors.Decider.From(localOnlyDecider))
    {
    }

    /// <summary>With a limit of restarts, above which the child is stopped.</summary>
    /// <param name="maxNrOfRetries">Restarts within the window; -1 sets no limit, 0 allows none.</param>
    /// <param name="withinTimeMilliseconds">The window; -1 counts over the child's whole life.</param>
    /// <param name="localOnlyDecider">Chooses the directive.</param>
    public OneForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, Func<Exception, Directive> localOnlyDecider)
        : base(maxNrOfRetries, withinTimeMilliseconds, Actors.Decider.From(localOnlyDecider))
    {
    }

    /// <summary>With a limit of restarts, above which the child is stopped.</summary>
    /// <param name="maxNrOfRetries">Restarts within the window; -1 or null sets no limit, 0 allows none.</param>
    /// <param name="withinTimeRange">The window; null counts over the child's whole life.</param>
    /// <param name="decider">Chooses the directive.</param>
    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider)
        : base(maxNrOfRetries ?? -1, Milliseconds(withinTimeRange), decider)
    {
    }

    internal override IReadOnlyList<ActorCell> Affected(ActorCell failed, IReadOnlyList<ActorCell> children) => [failed];
}
