using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Oracles;

/// <summary>All rules that are judged in every run. docs/ORACLES.md lists them for people.</summary>
internal static class OracleRegistry
{
    // So that one broken rule does not hide the others.
    private const int FindingsMax = 5;

    /// <summary>The rules by subject, with the class that judges them, in the order of the page.</summary>
    public static IReadOnlyList<(string Subject, Type Class, IReadOnlyList<Oracle> Oracles)> Subjects { get; } =
    [
        ("QoS 0", typeof(QoS0Oracles), QoS0Oracles.All),
        ("QoS 1", typeof(QoS1Oracles), QoS1Oracles.All),
        ("QoS 2", typeof(QoS2Oracles), QoS2Oracles.All),
        ("Order", typeof(OrderOracles), OrderOracles.All),
        ("Retained messages", typeof(RetainedOracles), RetainedOracles.All),
        ("Wills", typeof(WillOracles), WillOracles.All),
        ("Sessions", typeof(SessionOracles), SessionOracles.All),
        ("Keep-alive", typeof(KeepAliveOracles), KeepAliveOracles.All),
        ("Shared subscriptions", typeof(SharedOracles), SharedOracles.All),
        ("Flow control and limits", typeof(FlowOracles), FlowOracles.All),
        ("Message expiry", typeof(ExpiryOracles), ExpiryOracles.All),
        ("Subscriptions", typeof(SubscriptionOracles), SubscriptionOracles.All),
        ("Durability", typeof(DurabilityOracles), DurabilityOracles.All),
        ("Liveness and robustness", typeof(RobustnessOracles), RobustnessOracles.All),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Oracle> All { get; } = [.. Subjects.SelectMany(subject => subject.Oracles)];

    /// <summary>Whether there is a rule with this name.</summary>
    public static bool IsKnown(string id) => All.Any(oracle => oracle.Id == id);

    /// <summary>Judges a history by every rule that its scenario does not leave out.</summary>
    public static IEnumerable<Finding> Judge(HistoryView view, OracleSelection? selection)
    {
        var skipped = selection?.Skip ?? [];
        return All.Where(oracle => !skipped.Contains(oracle.Id)).SelectMany(oracle => oracle.Find(view, FindingsMax));
    }
}
