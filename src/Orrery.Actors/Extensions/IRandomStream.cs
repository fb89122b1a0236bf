namespace Orrery.Actors.Extensions;

/// <summary>Chance that a seed reproduces. Not for secrets: the stream can be told from its output.</summary>
/// <remarks>Belongs to whoever asked for it; not safe for threads.</remarks>
public interface IRandomStream
{
    /// <summary>The next 64 bits.</summary>
    /// <returns>Each value as likely as another.</returns>
    ulong NextUInt64();

    /// <summary>A number below a limit.</summary>
    /// <param name="max">1 or more.</param>
    /// <returns>0 to <paramref name="max"/> - 1, each as likely as another.</returns>
    int NextInt32(int max);

    /// <summary>Fills a buffer.</summary>
    /// <param name="buffer">Overwritten whole.</param>
    void Fill(Span<byte> buffer);
}
