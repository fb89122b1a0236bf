using Orrery.Actors.Production;

namespace Orrery.Actors.Extensions;

/// <summary>Belongs to the thread that makes it, and tells when another touches what it guards.</summary>
public sealed class SingleThread
{
    private readonly ThreadOwner _owner = new();

    /// <summary>Throws on any other thread than the one that made this.</summary>
    /// <exception cref="InvalidOperationException">Called on another thread.</exception>
    public void Check() => _owner.Check();
}
