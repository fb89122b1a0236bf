using System.Diagnostics;
using System.Globalization;
using Orrery.Benchmarks.EndToEnd;

namespace Orrery.Benchmarks.Durable;

/// <summary>What it costs to keep things: Orrery in each of its modes and mosquitto with its persistence on, under the same loads.</summary>
/// <remarks>
/// Options: <c>--data FOLDER</c> on the disk to measure (default: the present one), <c>--seconds N</c> measured for each line (default 2),
/// <c>--warm-up N</c> before it (default 6), <c>--only TEXT</c> runs the parts whose name starts so (offline, through, drain, queued, sessions),
/// <c>--brokers A,B</c> and <c>--publishers N,N</c> and <c>--window N,N</c> some of their values, <c>--drain N</c> and <c>--queued N</c> and
/// <c>--sessions N</c> other numbers than 200,000, 1,000,000 and 100,000, <c>--orrery PATH</c> another build, <c>--no-mosquitto</c>.
/// </remarks>
internal static class DurableBenchmark
{
    // Each publisher has up to 100 messages on their way; and the hundred also waits for each PUBACK before it sends the next.
    private static readonly (int Publishers, int Window)[] Cells = [(1, 100), (10, 100), (100, 100), (100, 1)];

    private const int FloorPublishers = 100;
    private const int FloorWindow = 100;
    private const double FloorShare = 0.6;              // "group costs at most 40 % of memory's throughput"

    private const double DoubtfulOthers = 0.08;
    private const int SyncSeconds = 1;
    private static readonly TimeSpan NextWarmUp = TimeSpan.FromSeconds(0.5);    // the runtime has compiled most of it

    public static int Run(string[] args)
    {
        var options = new BenchmarkArguments(args);
        var folder = Directory.CreateDirectory(Path.Combine(options.Text("--data") ?? ".", "orrery-durable-benchmark")).FullName;
        var run = new DurableRun(folder, options);
        try
        {
            Console.WriteLine($"load average {MachineLoad.Average} at the start; broker on core {BrokerProcess.BrokerCore}, generator on core {BrokerProcess.GeneratorCore}");
            Console.WriteLine($"one write of 4 KiB and its sync: {MicrosecondsOfSync(folder):N0} µs ({folder})");
            if (run.HasMosquitto) Console.WriteLine(DurableSubject.MosquittoConfiguration);
            var ok = true;
            foreach (var part in new[] { "offline", "through" }.Where(run.IsAsked))
            {
                ok &= RunCells(run, part);
            }

            if (run.IsAsked("drain")) ok &= DrainPart.Run(run);
            if (run.IsAsked("queued")) ok &= StartPart.RunQueued(run);
            if (run.IsAsked("sessions")) ok &= StartPart.RunSessions(run);
            Console.WriteLine($"load average {MachineLoad.Average} at the end. `~`: others used more than {DoubtfulOthers:P0} of the processors meanwhile.");
            return ok ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A mark for figures that others' work may have changed.</summary>
    public static string MarkOf(DurableResult result) => result.Others > DoubtfulOthers ? "~" : " ";

    private static bool RunCells(DurableRun run, string part)
    {
        Console.WriteLine();
        Console.WriteLine("part     publishers  window  broker       messages/s   of memory  of mosq-1s   per CPU s   PUBACK p50, p99 ms   kept MB   bytes each  check");
        var ok = true;
        var rates = new Dictionary<(string Subject, int Publishers, int Window), DurableResult>();
        foreach (var subject in run.Subjects)
        {
            // What an offline session has queued would be in the way of the next load: each has a process and a file of its own.
            var cells = Cells.Where(cell => run.Has("--publishers", cell.Publishers) && run.Has("--window", cell.Window)).ToArray();
            foreach (var together in part == "offline" ? cells.Chunk(1) : [cells])
            {
                run.Progress($"{part}, {subject.Name}, {string.Join(" and ", together.Select(cell => cell.Publishers))} publishers");
                ok &= run.With(subject, (broker, path) =>
                {
                    var warmUp = TimeSpan.FromSeconds(subject.WarmUpSeconds);
                    var isWhole = true;
                    foreach (var (publishers, window) in together)
                    {
                        var workload = run.Workload(publishers, window);
                        using var load = new DurableLoad(workload, broker);
                        var result = part == "offline" ? load.RunOffline(warmUp, run.Duration) : load.RunThrough(warmUp, run.Duration);
                        rates[(subject.Name, publishers, window)] = result;
                        Print(part, workload, subject.Name, result, load, rates, DurableSubject.BytesKept(path));
                        isWhole &= result.Fault is null;
                        warmUp = NextWarmUp;
                    }

                    return isWhole;
                });
            }
        }

        PrintFloor(part, rates);
        return ok;
    }

    private static void Print(
        string part, Workload workload, string name, DurableResult result, DurableLoad load,
        Dictionary<(string Subject, int Publishers, int Window), DurableResult> rates, long bytes)
    {
        var (ofMemory, ofMosquitto) = (Of(DurableSubject.Memory), Of(DurableSubject.MosquittoEachSecond));
        var check = result.Fault ?? (part == "through" ? "whole, once, in order" : "acknowledged in order");
        var each = part == "offline" && load.Acknowledged > 0 ? $"{bytes / load.Acknowledged:N0}" : "";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{part,-8} {workload.Publishers,10}  {workload.Window,6}  {name,-10}{MarkOf(result)} {result.PerSecond,11:N0}   {ofMemory,9}  {ofMosquitto,10}   {result.PerCpuSecond,9:N0}   {load.Latencies.Milliseconds(0.5),9:F2}, {load.Latencies.Milliseconds(0.99),7:F2}   {bytes / 1e6,7:N0}   {each,10}  {check}"));

        string Of(string other) =>
            ShareOf(result.PerSecond, rates.GetValueOrDefault((other, workload.Publishers, workload.Window))?.PerSecond);
    }

    /// <summary>One's rate as a share of another's; empty where that was not measured, or is the same.</summary>
    public static string ShareOf(double? rate, double? other) =>
        rate is { } one && other is > 0 and { } all && one != all ? (one / all).ToString("F2", CultureInfo.InvariantCulture) : "";

    private static void PrintFloor(string part, Dictionary<(string Subject, int Publishers, int Window), DurableResult> rates)
    {
        if (!rates.TryGetValue((DurableSubject.Group, FloorPublishers, FloorWindow), out var group)
            || !rates.TryGetValue((DurableSubject.Memory, FloorPublishers, FloorWindow), out var memory))
        {
            return;
        }

        var share = group.PerSecond / memory.PerSecond;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{part,-8} floor: group is {share:P0} of memory ({group.PerCpuSecond / memory.PerCpuSecond:P0} for each CPU second); at least {FloorShare:P0}: {(share >= FloorShare ? "holds" : "MISSED")}"));
    }

    private static double MicrosecondsOfSync(string folder)
    {
        var path = Path.Combine(folder, "sync");
        var count = 0;
        var watch = Stopwatch.StartNew();
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            var page = new byte[4_096];
            for (; watch.Elapsed.TotalSeconds < SyncSeconds; count++)
            {
                RandomAccess.Write(file, page, count % 1_000 * page.Length);
                RandomAccess.FlushToDisk(file);
            }
        }

        var elapsed = watch.Elapsed;
        File.Delete(path);
        return elapsed.TotalMicroseconds / count;
    }
}
