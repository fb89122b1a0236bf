namespace Orrery.Simulation.Measuring;

/// <summary>One number that a benchmark measured.</summary>
/// <param name="Part">Which part of the benchmark.</param>
/// <param name="Name">What was measured.</param>
/// <param name="Value">How much.</param>
/// <param name="Unit">Of what.</param>
public sealed record Figure(string Part, string Name, double Value, string Unit)
{
    /// <summary>The least that is good enough; null for no such limit.</summary>
    public double? AtLeast { get; init; }

    /// <summary>The most that is good enough; null for no such limit.</summary>
    public double? AtMost { get; init; }

    /// <summary>Whether it is good enough.</summary>
    public bool IsMet => !(Value < AtLeast) && !(Value > AtMost);
}
