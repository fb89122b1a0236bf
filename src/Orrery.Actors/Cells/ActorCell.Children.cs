namespace Orrery.Actors.Cells;

/// <summary>Making, finding and stopping children.</summary>
internal sealed partial class ActorCell
{
    public IActorRef ActorOf(Props props, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(props);
        if (name is not null && !ActorPath.IsValidPathElement(name))
        {
            throw new InvalidActorNameException($"Invalid actor name \"{name}\".");
        }

        if (_extras is { Pending: PendingStep.Terminate } || _mailbox.IsClosed)
        {
            throw new InvalidOperationException("Cannot create child while terminating or terminated.");
        }

        var children = Extras.Children ??= new ChildTable();
        var child = new ActorCell(System.DispatcherFor(props.Dispatcher), props, this, name ?? children.NextName());
        children.Add(child);
        child.Start();
        return child;
    }

    public IActorRef Child(string name) =>
        _extras?.Children is { } children && children.TryGet(name, out var child) ? child : ActorRefs.Nobody;

    public IEnumerable<IActorRef> GetChildren() => ChildCells();

    public void Stop(IActorRef child)
    {
        ArgumentNullException.ThrowIfNull(child);
        if (child is ActorCell cell && _extras?.Children is { } children && children.Contains(cell) && !cell._isStoppingForParent)
        {
            cell._isStoppingForParent = true;
            children.StoppingCount++;
        }

        (child as InternalActorRef)?.Stop();
    }

    internal List<ActorCell> ChildCells() => _extras?.Children?.ToList() ?? [];

    /// <summary>Finds a descendant; from any thread, while the tree changes or not.</summary>
    internal ActorCell? Find(ReadOnlySpan<string> names)
    {
        var cell = this;
        foreach (var name in names)
        {
            if (cell._extras?.Children is not { } children || !children.TryGet(name, out var child)) return null;
            cell = child;
        }

        return cell;
    }

    /// <summary>Prepares a cell whose children are made by other threads.</summary>
    internal void PrepareForForeignChildren() => Extras.Children ??= new ChildTable();

    /// <summary>Takes a child that has ended off the list, and goes on with what waited for it.</summary>
    private void OnChildEnded(ActorCell child)
    {
        if (_extras?.Children is not { } children || !children.Remove(child)) return;
        _extras.Restarts?.Remove(child);
        if (!child._isStoppingForParent || --children.StoppingCount > 0) return;
        var step = _extras.Pending;
        var cause = _extras.PendingCause;
        if (step != PendingStep.Terminate) _extras.Pending = PendingStep.None;
        _extras.PendingCause = null;
        switch (step)
        {
            case PendingStep.Create: FinishCreate(); break;
            case PendingStep.Recreate: FinishRecreate(cause!); break;
            case PendingStep.Terminate: FinishTerminate(); break;
        }
    }

    /// <summary>Whether children that were told to stop are still there; if so, notes what to do after them.</summary>
    private bool MustWaitForChildren(PendingStep step, Exception? cause = null)
    {
        if (_extras?.Children is not { StoppingCount: > 0 }) return false;
        _extras.Pending = step;
        _extras.PendingCause = cause;
        return true;
    }

    private void StopAllChildren()
    {
        foreach (var child in ChildCells())
        {
            Stop(child);
        }
    }
}
