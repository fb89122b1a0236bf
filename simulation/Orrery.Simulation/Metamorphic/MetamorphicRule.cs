using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Metamorphic;

/// <summary>What must not change, or how little, when the world of a run is changed in a way that is no business of its clients.</summary>
/// <param name="Id">Its name, such as MM-2.</param>
/// <param name="Sentence">What it says.</param>
/// <param name="WhyNot">Why it says nothing about a scenario, as a clause; null if it does.</param>
/// <param name="Basis">What a scenario is made into before it is run for the first time; the scenario itself where only the second run differs.</param>
/// <param name="Change">What it is made into for the second run.</param>
/// <param name="Compare">The differences that it does not allow between the two, a sentence each.</param>
internal sealed record MetamorphicRule(
    string Id, string Sentence, Func<Scenario, string?> WhyNot, Func<Scenario, Scenario> Basis, Func<Scenario, Scenario> Change,
    Func<RunResult, RunResult, IEnumerable<string>> Compare);

/// <summary>What came of a rule for one run.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="WhyNot">Why it says nothing here; null when both runs were made.</param>
/// <param name="Differences">What it does not allow; empty when it holds, or says nothing.</param>
internal sealed record MetamorphicOutcome(MetamorphicRule Rule, string? WhyNot, IReadOnlyList<string> Differences);
