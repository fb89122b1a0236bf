using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>What a broker with a store promises of its disk. That nothing acknowledged is lost is judged where the loss shows.</summary>
internal static class DurabilityOracles
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<Oracle> All { get; } =
    [
        new("P-1", [], "Nothing leaves for a client that promises what is not durable: the broker itself asserts it at every send.", NothingLeavesEarly),
    ];

    /// <summary>Whether an actor failed because it was about to send what is not durable: its assertion speaks of what is.</summary>
    public static bool IsEarly(string failure) => failure.Contains("DurableToken", StringComparison.Ordinal);

    private static IEnumerable<Violation> NothingLeavesEarly(HistoryView view)
    {
        foreach (var (name, facts) in view.Facts.Brokers.OrderBy(broker => broker.Key, StringComparer.Ordinal))
        {
            foreach (var failure in facts.Failures.Where(IsEarly))
                yield return new Violation($"{name} was about to send what is not durable: {failure}.", view.LastEvent);
        }
    }
}
