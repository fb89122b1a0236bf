namespace Orrery.Actors.Production;

/// <summary>Sees to it that a deterministic system is touched by the thread that made it, and no other.</summary>
internal sealed class ThreadOwner
{
    private readonly int _threadId = Environment.CurrentManagedThreadId;

    /// <exception cref="InvalidOperationException">Called on another thread.</exception>
    public void Check()
    {
        if (Environment.CurrentManagedThreadId != _threadId)
        {
            throw new InvalidOperationException("A deterministic system belongs to the thread that made it.");
        }
    }
}
