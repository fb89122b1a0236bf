using Orrery.Actors.Production;

namespace Orrery.Actors.Cells;

/// <summary>Failure, and the directives that answer it.</summary>
internal sealed partial class ActorCell
{
    /// <summary>Whether a supervisor may restart a child once more.</summary>
    internal bool RequestRestartPermission(ActorCell child, int maxNrOfRetries, int withinTimeMilliseconds)
    {
        var restarts = Extras.Restarts ??= new Dictionary<ActorCell, RestartStatistics>();
        if (!restarts.TryGetValue(child, out var statistics))
        {
            restarts.Add(child, statistics = new RestartStatistics());
        }

        return statistics.RequestPermission(maxNrOfRetries, withinTimeMilliseconds, System.Timers.ElapsedTicks);
    }

    /// <summary>Stops handling plain messages, and asks the supervisor what to do.</summary>
    /// <param name="cause">What was thrown.</param>
    /// <param name="perpetrator">This actor, or the child whose failure it escalates.</param>
    /// <param name="message">The message that failed; null if it was none.</param>
    private void Fail(Exception cause, ActorCell perpetrator, object? message)
    {
        // A second failure before the directive for the first, or one on the way out, changes nothing.
        if (_mailbox.IsClosed || _extras is { Failure: not null } or { Pending: PendingStep.Terminate })
        {
            System.ReportFailure(this, cause, "failed again");
            return;
        }

        _suspensions++;
        Extras.Failure = new Failure(perpetrator, message);
        foreach (var child in ChildCells())
        {
            if (!ReferenceEquals(child, perpetrator)) child.Suspend();
        }

        if (ReferenceEquals(perpetrator, this)) System.ReportFailure(this, cause, "failed");
        _parent.SendSystemMessage(new Failed(this, cause));
    }

    private void OnChildFailed(Failed failed)
    {
        // A child that is being stopped needs no directive.
        if (_extras is not { Pending: not PendingStep.Terminate, Children: { } children }) return;
        if (!children.Contains(failed.Child)) return;
        var thread = ActorThread.Current;
        thread.Sender = failed.Child;                   // a decider may ask who failed
        try
        {
            var strategy = _props.SupervisorStrategy ?? _actor?.InvokeSupervisorStrategy() ?? SupervisorStrategy.DefaultStrategy;
            if (!strategy.HandleFailure(this, failed.Child, failed.Cause))
            {
                Fail(failed.Cause, failed.Child, null);
            }
        }
#pragma warning disable CA1031 // A decider that throws is a failure of the supervisor.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            System.ReportFailure(this, cause, "supervisor strategy failed");
            Fail(cause, failed.Child, null);
        }
        finally
        {
            thread.Sender = null;
        }
    }

    private void OnSuspend()
    {
        _suspensions++;
        foreach (var child in ChildCells())
        {
            child.Suspend();
        }
    }

    private void OnResume(Exception? cause)
    {
        if (_extras?.Pending == PendingStep.Terminate) return;
        if (_actor is null && cause is not null && _extras is { Pending: PendingStep.None })
        {
            RetryCreation();
            return;
        }

        var perpetrator = _extras?.Failure?.Perpetrator;
        EndSuspension(clearFailure: cause is not null);
        foreach (var child in ChildCells())
        {
            child.Resume(ReferenceEquals(child, perpetrator) ? cause : null);
        }
    }

    private void OnRecreate(Exception cause)
    {
        if (_extras?.Pending == PendingStep.Terminate) return;
        if (_extras is { Pending: not PendingStep.None })
        {
            // Already being replaced; only the suspension that came with this request ends.
            EndSuspension(clearFailure: false);
            return;
        }

        if (_actor is null)
        {
            RetryCreation();
            return;
        }

        try
        {
            _actor.InvokePreRestart(cause, _extras?.Failure?.Message);
        }
#pragma warning disable CA1031 // The instance is thrown away in any case; the failure is reported.
        catch (Exception hookFailure)
#pragma warning restore CA1031
        {
            System.ReportFailure(this, hookFailure, "PreRestart failed");
        }

        // What was put aside is handled by the new instance, before what came later.
        _extras?.Stash?.UnstashAll();
        ClearActor();
        if (!MustWaitForChildren(PendingStep.Recreate, cause)) FinishRecreate(cause);
    }

    private void FinishRecreate(Exception cause)
    {
        var survivors = ChildCells();
        try
        {
            EndSuspension(clearFailure: true);
            _actor = NewActor();
            _actor.InvokePostRestart(cause);
            foreach (var child in survivors)
            {
                child.Restart(cause);
            }
        }
#pragma warning disable CA1031 // The supervisor judges whatever the new instance throws.
        catch (Exception newCause)
#pragma warning restore CA1031
        {
            ClearActor();
            Fail(new PostRestartException(this, newCause, cause), this, null);
        }
    }

    /// <summary>Makes the actor again whose first instance never came to be.</summary>
    private void RetryCreation()
    {
        StopAllChildren();
        if (!MustWaitForChildren(PendingStep.Create)) FinishCreate();
    }

    private void FinishCreate()
    {
        EndSuspension(clearFailure: true);
        Create();
    }

    private void EndSuspension(bool clearFailure)
    {
        if (_suspensions > 0) _suspensions--;
        if (clearFailure && _extras is not null) _extras.Failure = null;
    }
}
