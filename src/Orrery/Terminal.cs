namespace Orrery;

/// <summary>Where a command reads and writes, so that a test can stand in for the process's own streams.</summary>
/// <param name="Input">Standard input, as bytes.</param>
/// <param name="Output">Standard output, as bytes: payloads are not text.</param>
/// <param name="Error">Standard error, one line a message.</param>
internal sealed record Terminal(Stream Input, Stream Output, TextWriter Error)
{
    /// <summary>The streams of this process.</summary>
    public static Terminal OfProcess() => new(Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.Error);
}
