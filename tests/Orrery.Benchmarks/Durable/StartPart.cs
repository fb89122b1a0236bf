using System.Globalization;
using Orrery.Benchmarks.EndToEnd;

namespace Orrery.Benchmarks.Durable;

/// <summary>How long a broker takes to start with what it kept, and how much memory that takes: while it comes, and after a start.</summary>
internal static class StartPart
{
    private const int Publishers = 100;
    private const double QueuedMegabytesMax = 300;      // a million queued messages
    private static readonly string[] Names = [DurableSubject.MosquittoEachSecond, DurableSubject.Group];
    private static readonly TimeSpan Max = TimeSpan.FromSeconds(60);

    public static bool RunQueued(DurableRun run)
    {
        var count = run.Number("--queued", 1_000_000);
        return Run(run, "queued", count, (broker, note) =>
        {
            using var load = new DurableLoad(run.Workload(Publishers, window: 100), broker);
            return load.Fill(count, Max, _ => note()).Fault;
        });
    }

    public static bool RunSessions(DurableRun run)
    {
        var count = run.Number("--sessions", 100_000);
        return Run(run, "sessions", count, (broker, note) => SessionCrowd.Make(broker.EndPoint, count, note));
    }

    private static bool Run(DurableRun run, string what, int count, Func<BrokerProcess, Action, string?> fill)
    {
        Console.WriteLine();
        Console.WriteLine("start                broker       filled in s   memory MB: before,  most,  settled   kept MB   stopped in s   listens in s   memory MB: then");
        var ok = true;
        foreach (var subject in run.Subjects.Where(subject => Names.Contains(subject.Name)))
        {
            run.Progress($"start with {count:N0} {what}: {subject.Name}");
            ok &= run.With(subject, (broker, path) => Fill(subject, broker, path, what, count, fill));
        }

        return ok;
    }

    private static bool Fill(
        DurableSubject subject, BrokerProcess broker, string path, string what, int count, Func<BrokerProcess, Action, string?> fill)
    {
        var before = broker.ResidentBytes;
        var most = before;
        var calls = 0;
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var fault = fill(broker, () =>
        {
            if (++calls % 100 == 0) most = Math.Max(most, broker.ResidentBytes);
        });
        var filled = watch.Elapsed;
        var settled = broker.ResidentBytes;
        watch.Restart();
        broker.Dispose();
        var stopped = watch.Elapsed;
        var kept = DurableSubject.BytesKept(path);
        if (fault is not null)
        {
            Console.WriteLine($"start    {subject.Name}: {fault}");
            return false;
        }

        return DurableRun.Restart(subject, path, (again, _) =>
        {
            var then = again.ResidentBytes;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{count,9:N0} {what,-10} {subject.Name,-10}  {filled.TotalSeconds,11:F1}   {before / 1e6,17:N0}  {most / 1e6,5:N0}  {settled / 1e6,7:N0}   {kept / 1e6,7:N0}   {stopped.TotalSeconds,12:F1}   {again.StartTime.TotalSeconds,12:F2}   {then / 1e6,15:N0}"));
            if (subject.IsOrrery && what == "queued") PrintFloor(count, (Math.Max(most, then) - before) / 1e6);
            return true;
        });
    }

    private static void PrintFloor(int count, double megabytes) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"start    floor: {count:N0} queued messages cost {megabytes:N0} MB at most; {QueuedMegabytesMax:N0} MB a million: {(megabytes <= QueuedMegabytesMax * Math.Max(1, count / 1e6) ? "holds" : "MISSED")}"));
}
