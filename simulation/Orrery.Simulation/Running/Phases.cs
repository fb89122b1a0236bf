using Orrery.Simulation.Histories;
using Orrery.Simulation.Processes;

namespace Orrery.Simulation.Running;

/// <summary>The stretches of a run: a warm-up without random faults, chaos, and the end of all faults.</summary>
internal sealed class Phases(RunWorld world)
{
    /// <summary>When random faults may begin.</summary>
    public long ChaosNanoseconds { get; } = world.Scenario.Phases?.Warmup?.Nanoseconds ?? 0;

    /// <summary>When all faults end and nothing new is said; null where the file does not say.</summary>
    public long? HealNanoseconds { get; } = ScenarioLength.HealOf(world.Scenario);

    /// <summary>How long the run may go on after its end until it is quiet.</summary>
    public long SettleNanoseconds { get; } = world.Scenario.Phases?.Heal?.Within?.Nanoseconds ?? 60_000_000_000;

    /// <summary>Whether random faults may be injected now.</summary>
    public bool IsChaos
    {
        get
        {
            var now = world.Kernel.NowNanoseconds;
            return now >= ChaosNanoseconds && now < (HealNanoseconds ?? world.Script.EndNanoseconds);
        }
    }

    /// <summary>Whether workloads still have something to say.</summary>
    public bool IsBusy => HealNanoseconds is not { } heal || world.Kernel.NowNanoseconds < heal;

    /// <summary>Schedules the changes from one to the next.</summary>
    public void Arm()
    {
        if (world.Scenario.Phases is null && world.Scenario.Profile is null) return;
        if (ChaosNanoseconds > 0) Begin("warmup");
        world.Script.Later(ChaosNanoseconds, () => Begin("chaos"));
        if (HealNanoseconds is { } heal) world.Script.Later(heal, Heal);
    }

    private void Begin(string name) => world.Recorder.Add(HistoryKind.PhaseStarted, Recorder.ScriptNode, name);

    private void Heal()
    {
        Begin("heal");
        world.Profile.End();
        world.Faults.Heal(null);
        foreach (var broker in world.Brokers.Where(broker => broker.Process.State == ProcessState.Down)) broker.Process.Start();
        foreach (var client in world.Clients)
        {
            client.Model.Do(() => client.Model.Acknowledge(StepExecutor.Acknowledgements));
            if (client.IsDead) world.Steps.ConnectLater(client, 0);
        }
    }
}
