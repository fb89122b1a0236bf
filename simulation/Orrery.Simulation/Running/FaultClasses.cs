using Orrery.Simulation.Kernel;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Running;

/// <summary>Which classes of the fault model a profile has, and which of them are off for this run (a swarm of runs tries many subsets).</summary>
internal static class FaultClasses
{
    /// <summary>Classes that chance injects: the rest comes from steps.</summary>
    public static IReadOnlyList<string> Drawn { get; } =
    [
        "N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8", "N9", "N10", "N11", "C1", "C2", "C5", "C6", "C7",
        "B1", "B2", "B5", "B6", "T1", "T2", "T3", "T4", "S1", "S2", "D1", "D2", "D3", "D4", "D5", "D6", "D7",
    ];

    // Outside what TCP promises, or what a client may do.
    private static readonly string[] HostileOnly = ["N11", "C5"];

    // A disk that breaks its own word.
    private static readonly string[] LyingOnly = ["D6", "D7"];

    /// <summary>The classes that are on in this run.</summary>
    /// <param name="profile">The profile; null for none.</param>
    /// <param name="kernel">Where it is drawn.</param>
    /// <param name="hasDisk">Whether any broker has a disk; without one nothing is drawn for those of disks.</param>
    public static IReadOnlyList<string> Of(Profile? profile, SimulationKernel kernel, bool hasDisk)
    {
        if (profile is null || profile.Base == ProfileBase.Calm) return [];
        var on = new List<string>();
        foreach (var one in Drawn)
        {
            if (profile.Base != ProfileBase.Hostile && HostileOnly.Contains(one)) continue;
            if (one[0] == 'D' && (!hasDisk || (profile.Base != ProfileBase.LyingDisk && LyingOnly.Contains(one)))) continue;
            if (profile.Include.Count > 0 && !profile.Include.Contains(one)) continue;

            // Drawn for each, so that what else is included or left out changes no other class.
            var share = profile.OmitEach ?? new Ratio(1, 2);
            var isOff = kernel.Stream($"profile/{one}").Chance(Math.Min(share.Numerator, share.Denominator), share.Denominator);
            if (!isOff && !profile.Omit.Contains(one)) on.Add(one);
        }

        return on;
    }
}
