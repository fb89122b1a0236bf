using Orrery.Actors.Cells;
using Orrery.Actors.Extensions;
using Orrery.Actors.Production;

namespace Orrery.Actors.Deterministic;

/// <summary>Gives turns of one message each, on the caller's thread, in an order that the seed decides.</summary>
internal sealed class DeterministicDispatcher(ActorSystem system, IReadyQueue ready, ThreadOwner owner, IDeterministicObserver? observer) : Dispatcher(system)
{
    private IReadyQueue _ready = ready;
    private long _observed;

    /// <summary>Whether any actor waits for a turn.</summary>
    public bool IsQuiet => _ready.Count == 0;

    /// <summary>Whether a turn is being given.</summary>
    public bool IsRunning { get; private set; }

    public override void Schedule(ActorCell cell)
    {
        owner.Check();
        _ready.Add(cell);
    }

    /// <summary>Lets an actor starve. Who never does, never pays for it.</summary>
    public void Starve(Starvation starvation)
    {
        owner.Check();
        if (_ready is not StarvingQueue starving) _ready = starving = new StarvingQueue(_ready);
        starving.Starve(starvation);
    }

    /// <summary>Lets it starve no longer.</summary>
    public void End(Starvation starvation)
    {
        owner.Check();
        (_ready as StarvingQueue)?.End(starvation);
    }

    /// <summary>Gives one turn.</summary>
    /// <returns>The plain messages handled in it, 0 or 1; -1 if no actor waits.</returns>
    public int RunOne()
    {
        owner.Check();
        if (IsRunning) throw new InvalidOperationException("The system is running already: an actor must not run it.");
        if (_ready.Count == 0 || _ready.Take() is not { } cell) return -1;

        var thread = ActorThread.Current;
        // This thread may itself be giving a turn to an actor of another system, such as a simulation's.
        var (outerCell, outerMessage, outerSender, outerShift) = (thread.Cell, thread.Message, thread.Sender, thread.Shift);
        thread.Shift = null;
        IsRunning = true;
        var before = thread.Handled;
        try
        {
            if (observer is null ? cell.Run(thread, 1) : cell.Run(thread, 1, new Watch(this, observer))) _ready.Add(cell);
            return (int)(thread.Handled - before);
        }
        finally
        {
            IsRunning = false;
            (thread.Cell, thread.Message, thread.Sender, thread.Shift) = (outerCell, outerMessage, outerSender, outerShift);
        }
    }

    private readonly struct Watch(DeterministicDispatcher dispatcher, IDeterministicObserver observer) : ITurnWatch
    {
        public void OnMessage(ActorCell receiver, object message, IActorRef? sender) => observer.OnMessage(new ObservedMessage(
            ++dispatcher._observed, receiver, receiver.Uid, sender, (sender as InternalActorRef)?.Uid ?? 0, message));
    }
}
