namespace Orrery.Actors.Cells;

/// <summary>Death watch: an end is put into the watcher's mailbox once, and not at all after Unwatch.</summary>
internal sealed partial class ActorCell
{
    public IActorRef Watch(IActorRef subject) => WatchWith(subject, null);

    IActorRef ICanWatch.WatchWith(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return WatchWith(subject, message);
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (subject is InternalActorRef reference && _extras?.Watching is { } watching && watching.Remove(reference, out var entry)
            && !entry.IsEnded)
        {
            reference.SendSystemMessage(new Unwatch(this));
        }

        return subject;
    }

    private IActorRef WatchWith(IActorRef subject, object? message)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (subject is not InternalActorRef reference || ReferenceEquals(reference, this)) return subject;
        var watching = Extras.Watching ??= new();
        if (watching.TryGet(reference, out var entry))
        {
            // A subject whose end is on its way can be watched anew: that is a second watch, and a second notice.
            if (!entry.IsEnded) return subject;
            watching.Remove(reference, out _);
        }

        watching.Add(new WatchEntry(reference, message, IsEnded: false));
        reference.SendSystemMessage(new Watch(this));
        return subject;
    }

    private void AddWatcher(InternalActorRef watcher)
    {
        var watchers = Extras.Watchers ??= new();
        if (!watchers.TryGet(watcher, out _)) watchers.Add(new WatchEntry(watcher, null, false));
    }

    private void RemoveWatcher(InternalActorRef watcher) => _extras?.Watchers?.Remove(watcher, out _);

    private void OnDeath(DeathWatchNotification notification)
    {
        var subject = notification.Actor;
        if (_extras?.Watching is { } watching && watching.TryGet(subject, out var entry) && !entry.IsEnded)
        {
            watching.Remove(subject, out _);
            if (_extras.Pending != PendingStep.Terminate)
            {
                // The entry stays, marked, until the notice is handled, so that Unwatch can still drop it.
                watching.Add(entry with { IsEnded = true });
                Tell(new Terminated(subject, notification.IsExistenceConfirmed, addressTerminated: false), subject);
            }
        }

        if (subject is ActorCell child) OnChildEnded(child);
    }

    /// <summary>Lets a notice through to the behaviour unless Unwatch came first.</summary>
    private object? AcceptTerminated(Terminated terminated)
    {
        if (terminated.ActorRef is InternalActorRef subject && _extras?.Watching is { } watching
            && watching.TryGet(subject, out var entry) && entry.IsEnded)
        {
            watching.Remove(subject, out _);
            return entry.Message ?? terminated;
        }

        return null;
    }

    private void NotifyWatchers()
    {
        if (_extras?.Watchers is not { } watchers) return;
        var entries = new List<WatchEntry>(watchers.Count);
        watchers.CopyTo(entries);
        foreach (var entry in entries)
        {
            // The parent hears of every child's end in any case, and one notice serves both.
            if (ReferenceEquals(entry.Actor, _parent)) continue;
            entry.Actor.SendSystemMessage(new DeathWatchNotification(this, ExistenceConfirmed: true));
        }
    }

    private void StopWatching()
    {
        if (_extras?.Watching is not { } watching) return;
        var entries = new List<WatchEntry>(watching.Count);
        watching.CopyTo(entries);
        foreach (var entry in entries)
        {
            if (!entry.IsEnded) entry.Actor.SendSystemMessage(new Unwatch(this));
        }
    }
}
