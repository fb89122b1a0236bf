using Orrery.Actors.Cells;

namespace Orrery.Actors;

/// <summary>How a supervisor answers the failures of its children.</summary>
/// <remarks>Stateless, so that one strategy can serve many supervisors: the counts of restarts are kept by each of them.</remarks>
public abstract class SupervisorStrategy
{
    private protected SupervisorStrategy(int maxNrOfRetries, int withinTimeMilliseconds, IDecider decider)
    {
        MaxNumberOfRetries = maxNrOfRetries;
        WithinTimeRangeMilliseconds = withinTimeMilliseconds;
        Decider = decider ?? throw new ArgumentNullException(nameof(decider));
    }

    /// <summary>
    /// Stops a child that could not be made (<see cref="ActorInitializationException"/>), was killed, or broke a death
    /// pact; restarts it after anything else.
    /// </summary>
    public static IDecider DefaultDecider { get; } = Actors.Decider.From(static cause => cause switch
    {
        ActorInitializationException or ActorKilledException or DeathPactException => Directive.Stop,
        _ => Directive.Restart,
    });

    /// <summary>One for one, without a limit of restarts, by <see cref="DefaultDecider"/>.</summary>
    public static SupervisorStrategy DefaultStrategy { get; } = new OneForOneStrategy(null, null, DefaultDecider);

    /// <summary>One for one: any failure stops the child.</summary>
    public static SupervisorStrategy StoppingStrategy { get; } = new OneForOneStrategy(static _ => Directive.Stop);

    /// <summary>Restarts allowed within the window; -1 sets no limit, 0 allows none.</summary>
    public int MaxNumberOfRetries { get; }

    /// <summary>The window's length in milliseconds; -1 or 0 counts over the whole life of the child.</summary>
    public int WithinTimeRangeMilliseconds { get; }

    /// <summary>Chooses the directive.</summary>
    public IDecider Decider { get; }

    /// <summary>The children that share the fate of the failed one, which is among them.</summary>
    internal abstract IReadOnlyList<ActorCell> Affected(ActorCell failed, IReadOnlyList<ActorCell> children);

    /// <summary>Does what the decider says.</summary>
    /// <returns>False to escalate.</returns>
    internal bool HandleFailure(ActorCell supervisor, ActorCell failed, Exception cause)
    {
        switch (Decider.Decide(cause))
        {
            case Directive.Escalate:
                return false;
            case Directive.Resume:
                failed.Resume(cause);
                return true;
            case Directive.Restart:
                RestartOrStop(supervisor, failed, cause);
                return true;
            default:
                StopAll(supervisor, Affected(failed, supervisor.ChildCells()));
                return true;
        }
    }

    internal static int Milliseconds(TimeSpan? range) =>
        range is { } value && value != Timeout.InfiniteTimeSpan ? checked((int)value.TotalMilliseconds) : -1;

    private static void StopAll(ActorCell supervisor, IReadOnlyList<ActorCell> children)
    {
        foreach (var child in children)
        {
            supervisor.Stop(child);
        }
    }

    private void RestartOrStop(ActorCell supervisor, ActorCell failed, Exception cause)
    {
        var affected = Affected(failed, supervisor.ChildCells());
        foreach (var child in affected)
        {
            if (!supervisor.RequestRestartPermission(child, MaxNumberOfRetries, WithinTimeRangeMilliseconds))
            {
                StopAll(supervisor, affected);
                return;
            }
        }

        foreach (var child in affected)
        {
            // The failed child suspended itself; its siblings must stop handling messages before they are replaced.
            if (!ReferenceEquals(child, failed)) child.Suspend();
            child.Restart(cause);
        }
    }
}
