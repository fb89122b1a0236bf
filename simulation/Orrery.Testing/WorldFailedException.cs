namespace Orrery.Testing;

/// <summary>The world broke a promise, or did not come to rest. The message says what, and shows the packets around it.</summary>
public sealed class WorldFailedException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">What was wrong, with the packets that show it.</param>
    public WorldFailedException(string message)
        : base(message)
    {
    }
}
