using Orrery.Simulation.Disks;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Scenarios;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Running;

/// <summary>Where a run can be crashed, and what is claimed of it when it is.</summary>
public static class CrashPlan
{
    /// <summary>Every operation of every disk of a run, as it goes where nothing crashes it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="seed">Its seed.</param>
    /// <returns>Brokers with their operations, in order; empty where no broker has a store, or the run would be skipped. What makes the
    /// disk before the world begins is left out, and so are reads: whoever crashes at one finds what he finds at the operation behind it.</returns>
    public static IReadOnlyList<(string Broker, long Operation)> OperationsOf(ScenarioRun run, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (Capabilities.ReasonToSkip(run.Scenario) is not null) return [];
        var world = new RunWorld(run.Scenario, seed, new RunOptions { Judges = false }, new History(1));
        var operations = new List<(string Broker, long Operation)>();
        foreach (var broker in world.Brokers.Where(broker => broker.Disk is not null))
        {
            broker.Disk!.OperationBegun = operation =>
            {
                if (IsPoint(operation) && !broker.Disk.Disk.IsInstant) operations.Add((broker.Name, operation.Index));
            };
        }

        ScenarioRunner.Play(world);
        world.Forget();
        return operations;
    }

    /// <summary>What must hold of a scenario wherever it is crashed: the rules of every run, that the broker recovers and loses nothing
    /// that its mode promises to keep, and what the scenario itself claims of that. Its other claims are about another story.</summary>
    internal static Scenario Judged(Scenario scenario, CrashPoint point, CrashDriver crash)
    {
        var isOs = crash.Node.Persistence == Persistence.Os;
        var mayLose = (isOs && point.Way != CrashWay.Kill) || scenario.Profile is { Base: ProfileBase.LyingDisk } || scenario.Steps.Concat(scenario.Faults).Any(step => step switch
        {
            CrashStep { Kind: CrashKind.WipedDisk } wiped => crash.Is(wiped.Node),
            CrashStep { Kind: CrashKind.PowerLoss } lost => isOs && crash.Is(lost.Node),
            DiskLiesFault or BitRotFault => crash.Is(((DiskFault)step).Node),
            _ => false,
        });
        var recovered = new RecoveredExpectation { Recovered = crash.Broker, DataLoss = mayLose ? DataLoss.Unsynced : DataLoss.None };
        return scenario with
        {
            Expect = crash.IsLeftDown ? scenario.Crashed : [recovered, .. scenario.Crashed],
            Steps = [.. scenario.Steps.Select(WithoutClaims)],
            Faults = [.. scenario.Faults.Select(WithoutClaims)],
        };
    }

    /// <summary>Whether a crash at this operation differs from one at the next.</summary>
    internal static bool IsPoint(DiskOperation operation) => operation.Kind != DiskOperationKind.Read;

    private static Step WithoutClaims(Step step) =>
        step is AssertStep ? new WaitStep { At = step.At, After = step.After, When = step.When } : step with { Expect = [] };
}
