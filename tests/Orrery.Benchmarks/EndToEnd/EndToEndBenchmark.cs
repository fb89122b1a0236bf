using System.Globalization;

namespace Orrery.Benchmarks.EndToEnd;

/// <summary>Orrery and mosquitto under the same loads, one after the other, over loopback.</summary>
/// <remarks>Options: <c>--seconds N</c> measured for each run (default 4), <c>--warm-up N</c> before it
/// (default 5, by when the runtime has compiled what is hot), <c>--only TEXT</c> runs the workloads whose
/// name starts so, <c>--orrery PATH</c> another build, <c>--no-mosquitto</c>.</remarks>
internal static class EndToEndBenchmark
{
    private static readonly Workload[] Workloads =
    [
        new("pairs-qos0", Topology.Pairs, 50, 50, QoS: 0, PayloadBytes: 64, Credit: 20_000),
        new("pairs-qos1", Topology.Pairs, 50, 50, QoS: 1, PayloadBytes: 64, Credit: 20_000),
        new("fan-in", Topology.Shared, 50, 1, QoS: 0, PayloadBytes: 64, Credit: 20_000),
        new("fan-out", Topology.Shared, 1, 50, QoS: 0, PayloadBytes: 64, Credit: 20_000),
    ];

    public static int Run(string[] args)
    {
        var options = new BenchmarkArguments(args);
        var duration = TimeSpan.FromSeconds(options.Number("--seconds", 4));
        var warmUp = TimeSpan.FromSeconds(options.Number("--warm-up", 5));
        var only = options.Text("--only") ?? "";
        Console.WriteLine("workload     broker      deliveries/s   broker CPU s   deliveries/broker CPU s   check");

        var failed = false;
        foreach (var workload in Workloads.Where(w => w.Name.StartsWith(only, StringComparison.Ordinal)))
        {
            var orrery = Measure(workload, BrokerProcess.StartOrrery(options.Text("--orrery")), warmUp, duration);
            var mosquitto = options.Has("--no-mosquitto") ? null : Measure(workload, BrokerProcess.StartMosquitto(), warmUp, duration);
            failed |= orrery is null || orrery.Fault is not null || orrery.Missing > 0;
            if (orrery is null || mosquitto is null) continue;

            var ratio = orrery.DeliveriesPerCpuSecond / mosquitto.DeliveriesPerCpuSecond;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{workload.Name,-12} ratio       {ratio:F2}"));
        }

        return failed ? 1 : 0;
    }

    private static LoadResult? Measure(Workload workload, BrokerProcess? broker, TimeSpan warmUp, TimeSpan duration)
    {
        if (broker is null) return null;
        using (broker)
        {
            LoadResult? result = null;
            Exception? error = null;
            // A thread of its own, so that its core is its own too.
            var thread = new Thread(() =>
            {
                try
                {
                    if (Environment.ProcessorCount > 1) NativePoll.PinThisThread(BrokerProcess.GeneratorCore);
                    using var generator = new LoadGenerator(workload, broker.EndPoint, () => broker.CpuSeconds);
                    result = generator.Run(warmUp, duration);
                }
                catch (Exception caught) when (caught is IOException or System.Net.Sockets.SocketException)
                {
                    error = caught;
                }
            });
            thread.Start();
            thread.Join();

            result ??= new LoadResult(0, duration.TotalSeconds, 0, 0, error?.Message ?? "no result");
            var check = result.Fault ?? (result.Missing == 0 ? "whole, once, in order" : $"{result.Missing} missing");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{workload.Name,-12} {broker.Name,-10} {result.DeliveriesPerSecond,13:N0}   {result.BrokerCpuSeconds,12:F2}   {result.DeliveriesPerCpuSecond,23:N0}   {check}"));
            return result;
        }
    }
}
