using Orrery.Actors.Cells;

namespace Orrery.Actors.Production;

/// <summary>What a thread knows about the turn that it is giving to an actor.</summary>
/// <remarks>
/// The one thread-static of the runtime. Akka's vocabulary asks for it: <c>Tell(message)</c> without a sender means the
/// actor whose turn it is, and the base constructor of an actor finds the cell that is making it.
/// </remarks>
internal sealed class ActorThread
{
    private const int SpareBacklogsMax = 16;

    [ThreadStatic]
    private static ActorThread? CurrentOfThread;

    private readonly Backlog?[] _spares = new Backlog?[SpareBacklogsMax];
    private int _spareCount;

    public static ActorThread Current => CurrentOfThread ?? Make();

    /// <summary>The actor whose turn it is; null outside of a turn.</summary>
    public ActorCell? Cell { get; set; }

    /// <summary>The message in hand; null between messages and for messages of the runtime.</summary>
    public object? Message { get; set; }

    /// <summary>The sender of the message in hand.</summary>
    public IActorRef? Sender { get; set; }

    /// <summary>Whether the message in hand has been put aside.</summary>
    public bool IsStashed { get; set; }

    /// <summary>The cell that is making an actor, until the actor's constructor takes it.</summary>
    public ActorCell? Creating { get; set; }

    /// <summary>The dispatcher that the thread works for; null if it has not been lent to one.</summary>
    public PoolDispatcher? Shift { get; set; }

    /// <summary>The actor to run after this turn, on this thread, without waking another.</summary>
    public ActorCell? RunNext { get; set; }

    /// <summary>Set while a message is handled: the actor gives up its turn after it.</summary>
    public bool EndsTurn { get; set; }

    /// <summary>Plain messages handled by this thread so far.</summary>
    public long Handled { get; set; }

    /// <summary>A backlog for a mailbox that has just come to need one.</summary>
    public Backlog RentBacklog()
    {
        if (_spareCount == 0) return new Backlog();
        var backlog = _spares[--_spareCount]!;
        _spares[_spareCount] = null;
        return backlog;
    }

    /// <summary>Takes back an empty backlog.</summary>
    public void ReturnBacklog(Backlog backlog)
    {
        if (_spareCount < SpareBacklogsMax && backlog.IsWorthKeeping)
        {
            _spares[_spareCount++] = backlog;
        }
    }

    private static ActorThread Make() => CurrentOfThread = new ActorThread();
}
