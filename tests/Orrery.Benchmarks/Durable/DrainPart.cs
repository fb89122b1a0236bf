using System.Globalization;

namespace Orrery.Benchmarks.Durable;

/// <summary>A client that was away comes back, and takes all that waited for it.</summary>
internal static class DrainPart
{
    private const int Publishers = 10;
    private static readonly TimeSpan Max = TimeSpan.FromSeconds(30);

    public static bool Run(DurableRun run)
    {
        var count = run.Number("--drain", 200_000);
        Console.WriteLine();
        Console.WriteLine("drain    messages  broker       filled/s    drained/s   of memory  of mosq-1s   per CPU s  check");
        var ok = true;
        var rates = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var subject in run.Subjects.Where(subject => subject.Name != DurableSubject.MosquittoEachChange))   // fills for minutes
        {
            run.Progress($"drain of {count:N0} messages: {subject.Name}");
            ok &= run.With(subject, (broker, _) =>
            {
                using var load = new DurableLoad(run.Workload(Publishers, window: 100), broker);
                var filled = load.Fill(count, Max);
                var result = filled.Fault is null ? load.Drain(count, Max) : filled;
                rates[subject.Name] = result.PerSecond;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"drain   {count,9:N0}  {subject.Name,-10}{DurableBenchmark.MarkOf(result)} {filled.PerSecond,9:N0}  {result.PerSecond,11:N0}   {Of(DurableSubject.Memory),9}  {Of(DurableSubject.MosquittoEachSecond),10}   {result.PerCpuSecond,9:N0}  {result.Fault ?? "whole, once, in order"}"));
                return result.Fault is null;

                string Of(string other) => DurableBenchmark.ShareOf(result.PerSecond, rates.TryGetValue(other, out var rate) ? rate : null);
            });
        }

        return ok;
    }
}
