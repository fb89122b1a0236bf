using Orrery.Actors.Deterministic;

namespace Orrery.Actors.Extensions;

/// <summary>An actor system that one thread drives by hand: no pool, no clock of the machine, no chance but the seed.</summary>
/// <remarks>The thread that makes it is the only one that may touch it, which is checked.</remarks>
public sealed class DeterministicSystem
{
    private readonly DeterministicHost _host;
    private readonly long _stepsMax;

    private DeterministicSystem(string name, DeterministicOptions options)
    {
        _host = new DeterministicHost(options);
        _stepsMax = options.StepsMax;
        System = new ActorSystem(name, _host);
        Scheduler = new VirtualScheduler(this, _host.VirtualTimers);
    }

    /// <summary>The system, as actors see it.</summary>
    public ActorSystem System { get; }

    /// <summary>The virtual clock.</summary>
    public VirtualScheduler Scheduler { get; }

    /// <summary>Whether no actor waits for a turn.</summary>
    public bool IsQuiet => _host.Dispatcher.IsQuiet;

    /// <summary>Turns given so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Every failure so far, also those that a supervisor repaired.</summary>
    public IReadOnlyList<ActorFailure> Failures => _host.Failures;

    /// <summary>Actors that live now, the guardian of them all not counted.</summary>
    /// <remarks>Walks all of them. For judging whether a run left something behind.</remarks>
    public int ActorCount => System.CountActors();

    /// <summary>The same without some actors and all below them.</summary>
    public int CountActors(Func<IActorRef, bool> leavesOut)
    {
        ArgumentNullException.ThrowIfNull(leavesOut);
        return System.CountActors(leavesOut);
    }

    /// <summary>Actors that have messages, in no order of turns. While the system is quiet there are none, but one that starves alone.</summary>
    /// <remarks>Walks all of them. For judging whether anybody was forgotten.</remarks>
    public IReadOnlyList<IActorRef> ActorsWithMessages() => System.ActorsWithMessages();

    /// <summary>Whether an actor of this system has stopped for good.</summary>
    public static bool HasStopped(IActorRef actor) => actor is Cells.ActorCell { IsTerminated: true };

    /// <summary>Lets the first actor that fits and wants a turn wait while others get theirs.</summary>
    /// <param name="isIt">Which actors fit.</param>
    /// <param name="turns">How many turns others get before it, 1 or more. It goes sooner when nobody else wants one, and waits again
    /// the next time, until they are used up.</param>
    /// <param name="onOver">Told when they are; null for nobody. It must not touch the system.</param>
    /// <param name="evenAlone">Whether it waits even while nobody else wants a turn, and time passes: no fair order of turns.</param>
    /// <returns>What to ask, and to end it by.</returns>
    public Starvation Starve(Func<IActorRef, bool> isIt, long turns, Action<Starvation>? onOver = null, bool evenAlone = false)
    {
        ArgumentNullException.ThrowIfNull(isIt);
        ArgumentOutOfRangeException.ThrowIfLessThan(turns, 1);
        var starvation = new Starvation(isIt, turns, evenAlone, onOver);
        _host.Dispatcher.Starve(starvation);
        return starvation;
    }

    /// <summary>Lets an actor starve no longer; it is told to nobody.</summary>
    /// <param name="starvation">Of this system.</param>
    public void End(Starvation starvation)
    {
        ArgumentNullException.ThrowIfNull(starvation);
        _host.Dispatcher.End(starvation);
    }

    /// <summary>Makes a system.</summary>
    /// <param name="name">As for an actor's name.</param>
    /// <param name="options">How to set it up.</param>
    /// <returns>The system, in which nothing has run yet.</returns>
    public static DeterministicSystem Create(string name, DeterministicOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(options.PriorityChanges, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PriorityHorizonSteps, 1, nameof(options));
        return new DeterministicSystem(name, options);
    }

    /// <summary>Gives turns until no actor waits for one. Time stands still.</summary>
    /// <returns>Plain messages handled.</returns>
    /// <exception cref="InvalidOperationException">There is no end to it (<see cref="DeterministicOptions.StepsMax"/>), or an actor calls this.</exception>
    public long Run()
    {
        var handled = 0L;
        for (var steps = 0L; ; steps++)
        {
            var messages = _host.Dispatcher.RunOne();
            if (messages < 0) return handled;
            if (steps == _stepsMax) throw new InvalidOperationException($"The system did not come to rest in {_stepsMax} turns.");
            Steps++;
            handled += messages;
        }
    }

    /// <summary>Gives one turn: at most one plain message, after all messages of the runtime.</summary>
    /// <returns>False if no actor waits for one.</returns>
    public bool RunOne()
    {
        if (_host.Dispatcher.RunOne() < 0) return false;
        Steps++;
        return true;
    }
}
