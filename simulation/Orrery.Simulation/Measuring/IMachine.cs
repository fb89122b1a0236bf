namespace Orrery.Simulation.Measuring;

/// <summary>What a benchmark asks of the machine that it runs on, which no simulation may.</summary>
public interface IMachine
{
    /// <summary>Time that passes outside, from any origin.</summary>
    TimeSpan Clock { get; }

    /// <summary>The memory that the process holds now, in bytes.</summary>
    long ProcessBytes { get; }

    /// <summary>The bytes of the managed heap that are in use, after collecting the others.</summary>
    long LiveBytes { get; }
}
