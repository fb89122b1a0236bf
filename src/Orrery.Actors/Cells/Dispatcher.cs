namespace Orrery.Actors.Cells;

/// <summary>Gives actors their turns.</summary>
internal abstract class Dispatcher(ActorSystem system)
{
    public ActorSystem System => system;

    /// <summary>Has an actor run soon. Called once per passage from rest to readiness, by any thread.</summary>
    public abstract void Schedule(ActorCell cell);

    /// <summary>Ends the threads that belong to the dispatcher alone.</summary>
    public virtual void Shutdown()
    {
    }
}
