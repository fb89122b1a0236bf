using Orrery.Simulation.Running;

namespace Orrery.Runs;

/// <summary>Holds every repetition of a run against the first: equal runs have equal traces, or the simulation is broken.</summary>
internal sealed class RepetitionCheck
{
    private RunOutcome? _first;

    /// <summary>The outcome, failed by the rule "determinism" when it is a repetition with another trace. Repetitions follow their first.</summary>
    public RunOutcome Compare(RunOutcome outcome)
    {
        if (outcome.Planned.Repetition == 1)
        {
            _first = outcome;
            return outcome;
        }
        return outcome.TraceHash == _first!.TraceHash ? outcome : outcome.Fail(new Finding(
            "determinism",
            "one seed, one trace",
            $"repetition {outcome.Planned.Repetition} has the trace hash {outcome.TraceHash}, the first had {_first.TraceHash}: the same run with the same seed went another way",
            []));
    }
}
