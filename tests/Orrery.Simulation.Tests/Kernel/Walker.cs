using Orrery.Simulation.Kernel;

namespace Orrery.Simulation.Tests.Kernel;

/// <summary>Notes its events, and with a kernel draws its next step from chance.</summary>
internal sealed class Walker(SimulationKernel? kernel = null, string name = "walker") : EventTarget(name)
{
    public List<(long Nanoseconds, int Kind, long Argument)> Seen { get; } = [];

    /// <summary>Called in each event, before the next step.</summary>
    public Action<long>? OnStep { get; init; }

    public override string Describe(int kind) => kind == 0 ? "step" : $"kind {kind}";

    public override void OnEvent(int kind, long argument, object? state)
    {
        Seen.Add((kernel?.NowNanoseconds ?? 0, kind, argument));
        if (kernel is null || kind != 0) return;
        OnStep?.Invoke(argument);
        var delay = kernel.Stream(Name).Uniform(1, 1_000);
        kernel.Observe(Name, "hello", "bytes", BitConverter.GetBytes(argument));
        kernel.Schedule(kernel.NowNanoseconds + delay, EventClass.Client, this, 0, argument + 1);
    }
}
