using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Running;

/// <summary>How long a scenario says that it lasts.</summary>
internal static class ScenarioLength
{
    /// <summary>How long after its beginning a step still does something, or something is claimed of it.</summary>
    public static long Of(Step step) => Math.Max(LastOf(step.Expect), DurationOf(step));

    private static long DurationOf(Step step) => step switch
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
        var phases = HealOf(scenario) ?? (scenario.Phases?.Warmup?.Nanoseconds ?? 0) + (scenario.Phases?.Chaos?.Nanoseconds ?? 0);
        return Math.Max(LastOf(scenario.Expect), phases);
    }

    /// <summary>The last instant that claims speak of; 0 for none.</summary>
    private static long LastOf(IReadOnlyList<Expectation> claims) =>
        claims.SelectMany(claim => claim.Between.Append(claim.Until ?? default)).Select(instant => instant.Nanoseconds).DefaultIfEmpty().Max();

    /// <summary>When all faults end; null where the file does not say.</summary>
    public static long? HealOf(Scenario scenario) =>
        scenario.Phases is not { } phases ? null
        : phases.Heal?.At?.Nanoseconds ?? (phases.Chaos is { } chaos ? (phases.Warmup?.Nanoseconds ?? 0) + chaos.Nanoseconds : null);
}
