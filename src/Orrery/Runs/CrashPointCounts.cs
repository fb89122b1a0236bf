using Orrery.Simulation.Running;

namespace Orrery.Runs;

/// <summary>What crashing runs came to so far, in numbers.</summary>
/// <param name="planned">Operations of all runs with each way: what is crashed, but for starts that are crashed again, which nobody can count before.</param>
internal sealed class CrashPointCounts(int planned)
{
    private readonly HashSet<string> _scenarios = [];

    /// <summary>Operations of all runs with each way.</summary>
    public int Planned => planned;

    /// <summary>How many of these were judged.</summary>
    public int Judged { get; private set; }

    /// <summary>Points at which a run was crashed, with those during starts.</summary>
    public int Points { get; private set; }

    /// <summary>Those during starts.</summary>
    public int AgainPoints { get; private set; }

    /// <summary>Runs that never came to their point, and count for none.</summary>
    public int NeverReached { get; private set; }

    /// <summary>Points where something was certainly wrong.</summary>
    public int Violations { get; private set; }

    /// <summary>Points of which nobody can tell.</summary>
    public int Unknown { get; private set; }

    /// <summary>Scenarios that were crashed.</summary>
    public int Scenarios => _scenarios.Count;

    /// <summary>Whether some were left out.</summary>
    public bool IsInterrupted => Judged < Planned;

    /// <summary>The exit code.</summary>
    public int ExitCode => VerdictExitCodes.Of([Violations > 0 ? Verdict.Fail : Unknown > 0 || IsInterrupted ? Verdict.Unknown : Verdict.Pass]);

    /// <summary>One more piece was judged.</summary>
    public void Add(CrashPiece piece)
    {
        Judged++;
        _scenarios.Add(piece.Run.Planned.Run.Scenario.Name);
        foreach (var outcome in piece.Outcomes)
        {
            if (outcome.Outcome.Verdict == Verdict.Fail) Violations++;
            if (outcome.Outcome.Verdict == Verdict.Unknown) Unknown++;
            if (outcome.Reach != CrashReach.Whole) NeverReached++;
            else Points++;
            if (outcome is { Reach: CrashReach.Whole, Point.Again: not null }) AgainPoints++;
        }
    }
}
