using Orrery.Actors.Production;

namespace Orrery.Actors.Cells;

/// <summary>Birth and death.</summary>
internal sealed partial class ActorCell
{
    private void Create()
    {
        try
        {
            _actor = NewActor();
            _actor.InvokePreStart();
        }
#pragma warning disable CA1031 // The supervisor judges whatever a constructor throws.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            ClearActor();
            Fail(new ActorInitializationException(this, "Exception during creation", cause), this, null);
        }
    }

    private ActorBase NewActor()
    {
        var thread = ActorThread.Current;
        var outer = thread.Creating;
        thread.Creating = this;
        IsConfiguring = true;
        try
        {
            var actor = _props.NewActor();
            // A constructor takes the cell from the thread; if it is still there, none has run.
            if (thread.Creating is not null)
            {
                throw new ActorInitializationException(this, "The factory must return a new actor each time.");
            }

            (actor as ReceiveActor)?.FinishConstruction();
            if (actor is IWithStash withStash) withStash.Stash = Extras.Stash ??= new StashBuffer(this);
            if (actor is IWithTimers withTimers) withTimers.Timers = Extras.Timers = new ActorTimers(this);
            return actor;
        }
        finally
        {
            IsConfiguring = false;
            thread.Creating = outer;
        }
    }

    /// <summary>Ends all that belonged to the instance, but not to the actor.</summary>
    private void ClearActor()
    {
        _actor = null;
        if (_extras is null) return;
        _extras.Timers?.CancelAll();
        _extras.Timers = null;
        _extras.Behaviours = null;
        _extras.Handlers = null;
        SetReceiveTimeout(null);
    }

    private void OnTerminate()
    {
        if (_extras?.Pending == PendingStep.Terminate) return;
        _extras?.Children?.Close();
        StopAllChildren();
        if (_extras?.Children is { StoppingCount: > 0 })
        {
            // Messages wait, and become dead letters when the last child has gone.
            _suspensions = 1;
            _extras.Pending = PendingStep.Terminate;
            return;
        }

        Extras.Pending = PendingStep.Terminate;
        FinishTerminate();
    }

    private void FinishTerminate()
    {
        try
        {
            _actor?.InvokePostStop();
        }
#pragma warning disable CA1031 // The actor ends all the same; the failure is reported.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            System.ReportFailure(this, cause, "PostStop failed");
        }

        _extras?.Stash?.UnstashAll();
        ClearActor();
        // Before the mailbox closes, so that a subscriber to dead letters is not told of its own.
        System.EventStream.Unsubscribe(this);

        var rest = new List<Envelope>();
        var system = _mailbox.Close(rest);
        foreach (var (message, sender) in rest)
        {
            // Timers are private to the instance: nobody else ever sees their envelopes.
            if (message is ActorTimer or ReceiveTimeoutTimer) continue;
            System.DeadLetterRef.Publish(message, sender, this);
        }

        for (; system is not null; system = system.Next)
        {
            AnswerForTheDead(system);
        }

        _parent.SendSystemMessage(new DeathWatchNotification(this, ExistenceConfirmed: true));
        NotifyWatchers();
        StopWatching();
        _extras = null;
    }
}
