namespace Orrery.Actors.Extensions;

/// <summary>One actor of a deterministic system that waits while others get turns: an unlucky order of turns, and a legal one.</summary>
/// <remarks>Made by <see cref="DeterministicSystem.Starve"/>. For the thread that drives the system.</remarks>
public sealed class Starvation
{
    private readonly Func<IActorRef, bool> _isIt;
    private readonly Action<Starvation>? _onOver;

    internal Starvation(Func<IActorRef, bool> isIt, long turns, bool evenAlone, Action<Starvation>? onOver)
    {
        (_isIt, TurnsLeft, IsEvenAlone, _onOver) = (isIt, turns, evenAlone, onOver);
    }

    /// <summary>Who it is: the first actor that fits and wanted a turn; null as long as none did.</summary>
    public IActorRef? Actor { get; private set; }

    /// <summary>How many turns others get yet while it wants one.</summary>
    public long TurnsLeft { get; private set; }

    /// <summary>Whether the actor gets its turns like any other again.</summary>
    public bool IsOver => TurnsLeft == 0;

    /// <summary>Whether it waits even while nobody else wants a turn.</summary>
    internal bool IsEvenAlone { get; }

    /// <summary>Whether an actor that wants a turn is the one.</summary>
    internal bool Takes(IActorRef actor)
    {
        if (IsOver) return false;
        if (Actor is null && _isIt(actor)) Actor = actor;
        return ReferenceEquals(Actor, actor);
    }

    /// <summary>Another actor got a turn that this one wanted.</summary>
    internal void Count()
    {
        TurnsLeft--;
        if (IsOver) _onOver?.Invoke(this);
    }

    /// <summary>Makes an end of it.</summary>
    internal void End() => TurnsLeft = 0;
}
