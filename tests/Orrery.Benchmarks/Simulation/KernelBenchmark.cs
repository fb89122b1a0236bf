using System.Diagnostics;
using System.Globalization;
using Orrery.Simulation.Kernel;

namespace Orrery.Benchmarks.Simulation;

/// <summary>The simulation's kernel alone: events a second of one thread, hashed, each of which schedules the next.</summary>
internal static class KernelBenchmark
{
    private const int EventsEach = 5_000_000;

    /// <param name="args">How many events wait at a time, one run each; default 1000 100000.</param>
    public static int Run(string[] args)
    {
        int[] sizes = args.Length == 0 ? [1_000, 100_000] : [.. args.Select(arg => int.Parse(arg, CultureInfo.InvariantCulture))];
        foreach (var size in sizes)
        {
            RunOnce(size, EventsEach / 10);     // compiled before it is measured
            var (seconds, hash) = RunOnce(size, EventsEach);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"sim-kernel  {size,7} waiting  {EventsEach / seconds / 1e6:0.00} M events/s  hash {hash:x16}"));
        }

        return 0;
    }

    private static (double Seconds, ulong Hash) RunOnce(int size, int events)
    {
        var kernel = new SimulationKernel(new KernelOptions());
        var hopper = new Hopper(kernel);
        for (var i = 0; i < size; i++)
        {
            kernel.Schedule(i, EventClass.Network, hopper, 0, i);
        }

        var clock = Stopwatch.StartNew();
        for (var i = 0; i < events; i++)
        {
            kernel.Step();
        }

        return (clock.Elapsed.TotalSeconds, kernel.Hash);
    }

    private sealed class Hopper(SimulationKernel kernel) : EventTarget("hopper")
    {
        public override string Describe(int kind) => "hop";

        // Spread without a draw, which would be measured too.
        public override void OnEvent(int kind, long argument, object? state) =>
            kernel.Schedule(kernel.NowNanoseconds + 1 + (argument * 7_919 % 100_003), EventClass.Network, this, 0, argument);
    }
}
