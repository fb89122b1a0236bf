using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Running;

/// <summary>How long a scenario says that it lasts.</summary>
internal static class ScenarioLength
{
    /// <summary>How long after its beginning a step still does something.</summary>
    public static long Of(Step step) => step switch
    {
        PublishStep publish => (publish.Count - 1L) * (publish.Every?.Nanoseconds ?? 0),
        FaultStep fault => fault.For?.Nanoseconds ?? 0,
        PauseStep pause => pause.For.Nanoseconds,
        HoldAcksStep hold => hold.For?.Nanoseconds ?? 0,
        CrashStep crash => crash.Then?.Restart.Nanoseconds ?? 0,
        StopStep stop => stop.Then?.Restart.Nanoseconds ?? 0,
        _ => 0,
    };

    /// <summary>The last instant that an expectation or a phase speaks of; 0 for none.</summary>
    public static long Of(Scenario scenario)
    {
        var expectations = scenario.Expect.Concat(scenario.Steps.Concat(scenario.Faults).SelectMany(step => step.Expect));
        var claims = expectations.SelectMany(expectation => expectation.Between.Append(expectation.Until ?? default)).Select(instant => instant.Nanoseconds);
        return claims.Append(HealOf(scenario) ?? (scenario.Phases?.Warmup?.Nanoseconds ?? 0) + (scenario.Phases?.Chaos?.Nanoseconds ?? 0)).Max();
    }

    /// <summary>When all faults end; null where the file does not say.</summary>
    public static long? HealOf(Scenario scenario) =>
        scenario.Phases is not { } phases ? null
        : phases.Heal?.At?.Nanoseconds ?? (phases.Chaos is { } chaos ? (phases.Warmup?.Nanoseconds ?? 0) + chaos.Nanoseconds : null);
}
