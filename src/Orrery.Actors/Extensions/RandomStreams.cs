namespace Orrery.Actors.Extensions;

/// <summary>Makes streams of chance for what lives outside an actor system, such as the world around it in a simulation.</summary>
public static class RandomStreams
{
    /// <summary>Starts a stream.</summary>
    /// <param name="seed">What it starts from.</param>
    /// <param name="name">Streams of one seed and different names are unrelated; equal ones are equal.</param>
    /// <returns>A stream for the caller alone.</returns>
    public static IRandomStream Create(ulong seed, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new RandomStream(seed, name);
    }
}
