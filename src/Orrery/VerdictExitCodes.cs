using Orrery.Simulation.Running;

namespace Orrery;

/// <summary>What the commands that judge scenarios exit with: `check`, `run`, `replay` and `bless`; of those that compare and measure runs, too.</summary>
internal static class VerdictExitCodes
{
    /// <summary>All is as it should be. Scenarios that were skipped count for nothing.</summary>
    public const int Pass = 0;

    /// <summary>A run broke a rule.</summary>
    public const int Fail = 1;

    /// <summary>The arguments make no sense, a scenario file is invalid, or a file cannot be read or written.</summary>
    public const int Usage = 2;

    /// <summary>No run broke a rule, but of some nobody can tell.</summary>
    public const int Unknown = 3;

    /// <summary>The commands that exit with these.</summary>
    public static IReadOnlyList<string> Commands { get; } = ["check", "run", "replay", "bless", "determinism", "sim", "crash-test"];

    /// <summary>The worst of several verdicts.</summary>
    public static int Of(IEnumerable<Verdict> verdicts)
    {
        var worst = Pass;
        foreach (var verdict in verdicts)
        {
            if (verdict == Verdict.Fail) return Fail;
            if (verdict == Verdict.Unknown) worst = Unknown;
        }
        return worst;
    }
}
