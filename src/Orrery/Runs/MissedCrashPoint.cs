using System.Globalization;
using Orrery.Simulation.Running;

namespace Orrery.Runs;

/// <summary>What to say to somebody who asked for a crash point that a run never comes to: what there is instead.</summary>
internal static class MissedCrashPoint
{
    /// <summary>The sentence.</summary>
    /// <param name="planned">A run with a crash point.</param>
    /// <param name="result">What became of it: it was not crashed there.</param>
    public static string Explain(PlannedRun planned, RunResult result)
    {
        var point = planned.Crash!;
        var begin = string.Create(CultureInfo.InvariantCulture, $"--crash-point {point}: {planned.Run.Name} with seed {planned.Seed}");
        if (result.CrashReach == CrashReach.NotCrashedAgain) return $"{begin} {AgainOf(point, result)}";

        var operations = CrashPlan.OperationsOf(planned.Run, planned.Seed);
        var brokers = operations.Select(operation => operation.Broker).Distinct().ToArray();
        if (brokers.Length == 0) return $"{begin} has no operation on the disk of a broker, so nothing can be crashed: give a broker persistence: os, group or fsync";
        var broker = point.Broker.Length == 0 ? brokers[0] : point.Broker;
        if (!brokers.Contains(broker, StringComparer.Ordinal)) return $"{begin} has no operation on the disk of '{broker}': name one of {string.Join(", ", brokers)}";
        var ofBroker = operations.Where(operation => operation.Broker == broker).Select(operation => operation.Operation).ToArray();
        return point.Operation > ofBroker[^1]
            ? string.Create(CultureInfo.InvariantCulture, $"{begin} ends before operation {point.Operation} of the disk of {broker}: give one from {ofBroker[0]} to {ofBroker[^1]}, the last")
            : string.Create(CultureInfo.InvariantCulture, $"{begin} ends {broker} by itself at operation {point.Operation} of its disk: give another one, from {ofBroker[0]} to {ofBroker[^1]}");
    }

    private static string AgainOf(CrashPoint point, RunResult result)
    {
        var recovery = result.RecoveryOperations;
        if (recovery.Count == 0) return string.Create(CultureInfo.InvariantCulture, $"has no start after that crash that can be crashed: leave +{point.Again} away");
        return string.Create(CultureInfo.InvariantCulture, $"never comes to operation {point.Again} of the start after that crash: give one from +{recovery[0]} to +{recovery[^1]}");
    }
}
