namespace Orrery;

/// <summary>Where a command reads and writes, so that a test can stand in for the process's own streams.</summary>
/// <param name="Input">Standard input, as bytes.</param>
/// <param name="Output">Standard output, as bytes: payloads are not text.</param>
/// <param name="Error">Standard error, one line a message.</param>
internal sealed record Terminal(Stream Input, Stream Output, TextWriter Error)
{
    /// <summary>The clock for the times that are printed.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Draws a number from 0 up to but not 1, for --random-filter.</summary>
    public Func<double> Random { get; init; } = System.Random.Shared.NextDouble;

    /// <summary>True where standard error is a screen, on which a line may be drawn over.</summary>
    public bool IsErrorScreen { get; init; }

    /// <summary>The streams of this process.</summary>
    public static Terminal OfProcess() =>
        new(Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.Error) { IsErrorScreen = !Console.IsErrorRedirected };
}
