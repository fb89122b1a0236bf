using Orrery.Simulation.Histories;
using Orrery.Simulation.Oracles;
using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Expectations;

/// <summary>Judges a run: the claims of its scenario, and the rules that hold in every run.</summary>
public static class RunJudge
{
    /// <summary>Judges a run by its history alone; nothing is changed by it.</summary>
    /// <param name="run">What was run.</param>
    /// <param name="history">What happened.</param>
    /// <param name="facts">What the history does not show.</param>
    /// <returns>What is wrong or can't be decided, claims first; empty when all is well.</returns>
    public static IReadOnlyList<Finding> Judge(ScenarioRun run, History history, RunFacts facts)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(facts);
        return Judge(run.Scenario, history, facts);
    }

    /// <summary>What a run with these findings is: failed by one that is certain, unknown by one that is not.</summary>
    public static Verdict VerdictOf(IEnumerable<Finding> findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        var verdict = Verdict.Pass;
        foreach (var finding in findings)
        {
            if (!finding.IsUnknown) return Verdict.Fail;
            verdict = Verdict.Unknown;
        }

        return verdict;
    }

    internal static IReadOnlyList<Finding> Judge(Scenario scenario, History history, RunFacts facts)
    {
        var findings = new List<Finding>();
        if (history.Omitted > 0 && history.Events.Count > 0)
        {
            // What is there is all of a shorter run.
            var last = history.Events[^1].Nanoseconds;
            facts = facts with { EndNanoseconds = Math.Min(last, facts.EndNanoseconds) };
            findings.Add(new Finding("engine", "the history is whole", $"The history was full at {Say.Time(last)}; what came later was judged by nobody.", [], IsUnknown: true));
        }

        var view = HistoryView.Of(history, facts, scenario);
        findings.InsertRange(0, CheckClaims(scenario, view));
        findings.AddRange(OracleRegistry.Judge(view, scenario.Oracles));
        return findings;
    }

    private static IEnumerable<Finding> CheckClaims(Scenario scenario, HistoryView view)
    {
        var checks = new ClaimChecks(view);
        foreach (var expectation in scenario.Expect)
        {
            foreach (var finding in checks.Check(new Claim(expectation, null, null))) yield return finding;
        }

        Step[] steps = [.. scenario.Steps, .. scenario.Faults];
        var carriedOut = view.History.Events.Where(happened => happened.Kind == HistoryKind.Step && happened.Step >= 0).ToLookup(happened => happened.Step);
        for (var i = 0; i < steps.Length; i++)
        {
            // A group's step is carried out once for each client, and claims about it are about all of them.
            HistoryEvent[] events = [.. carriedOut[i]];
            if (steps[i] is AssertStep assert)
            {
                foreach (var finding in events.SelectMany(at => checks.CheckAssert(assert, at))) yield return finding;
            }

            foreach (var expectation in steps[i].Expect)
            {
                if (events.Length == 0)
                {
                    yield return new Claim(expectation, steps[i], null).Fail(
                        $"The step that it stands at ({steps[i].Id ?? $"number {i + 1}"}) was never carried out.", [], isUnknown: view.History.Omitted > 0);
                    continue;
                }

                foreach (var finding in checks.Check(new Claim(expectation, steps[i], events[0]))) yield return finding;
            }
        }
    }
}
