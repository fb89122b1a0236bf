using Orrery.Actors.Cells;
using Orrery.Actors.Extensions;

namespace Orrery.Actors;

/// <summary>The world that a system runs in: threads, clock, chance. Production and simulation each have one.</summary>
internal abstract class SystemHost
{
    public abstract TimerService Timers { get; }

    /// <summary>What the random streams start from.</summary>
    public abstract ulong Seed { get; }

    /// <summary>Binds the host to its system, and makes the default dispatcher.</summary>
    public abstract Dispatcher Attach(ActorSystem system);

    /// <summary>A dispatcher other than the default one.</summary>
    /// <exception cref="ArgumentException">There is no such id.</exception>
    public abstract Dispatcher DispatcherFor(string id);

    /// <summary>Starts the stream of chance of this name.</summary>
    public virtual IRandomStream CreateStream(string name) => new RandomStream(Seed, name);

    /// <summary>Hears of each failure of an actor.</summary>
    public virtual void OnFailure(ActorCell cell, Exception cause)
    {
    }

    /// <summary>Ends what the system leaves behind; called when all actors have stopped.</summary>
    public abstract void Shutdown();
}
