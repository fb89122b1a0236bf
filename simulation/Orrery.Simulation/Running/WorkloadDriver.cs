using Orrery.Simulation.Kernel;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Running;

/// <summary>Traffic of whole groups: each client connects, and publishes at intervals that chance stretches a little.</summary>
internal sealed class WorkloadDriver(RunWorld world)
{
    /// <summary>Schedules the connections.</summary>
    public void Arm()
    {
        foreach (var (name, workload) in world.Scenario.Workload)
        {
            SimulatedClient[] clients = [.. world.ClientsOf(name)];
            var spread = workload.Start?.Nanoseconds ?? 0;
            for (var i = 0; i < clients.Length; i++)
            {
                var client = clients[i];
                world.Script.Later((long)((Int128)spread * i / clients.Length), () => Begin(client, workload));
            }
        }
    }

    private void Begin(SimulatedClient client, Workload workload)
    {
        if (client.Model.ConnectionCount == 0) client.Model.Do(() => client.Model.Connect(client.Node.CleanStart));
        if (workload.Publish is not { } publish) return;
        var chance = world.Kernel.Stream($"{client.Name}/workload");

        // A random start, so that a group does not speak in one voice.
        Next(client, publish, chance, chance.Uniform(0, Math.Max(0, publish.Every.Nanoseconds - 1)), publish.Count ?? int.MaxValue);
    }

    private void Next(SimulatedClient client, WorkloadPublish publish, RandomSource chance, long nanoseconds, int left) => world.Script.Later(
        nanoseconds,
        () =>
        {
            if (!world.Phases.IsBusy) return;
            world.Steps.Publish(client, new PublishStep
            {
                Client = client.Name,
                Topic = publish.Topic,
                QoS = publish.QoS,
                Retain = publish.Retain,
                Size = publish.Size,
            }, made: -1);
            if (left > 1) Next(client, publish, chance, Interval(publish, chance), left - 1);
        },
        extends: publish.Count is not null);

    private static long Interval(WorkloadPublish publish, RandomSource chance)
    {
        var every = publish.Every.Nanoseconds;
        if (publish.Jitter is not { } jitter) return every;
        var most = (long)((Int128)every * jitter.Numerator / jitter.Denominator);
        return Math.Max(1, every + chance.Uniform(-most, most));
    }
}
