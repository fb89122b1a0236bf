using System.Diagnostics;
using System.Globalization;
using Orrery.Benchmarks.EndToEnd;

namespace Orrery.Benchmarks.Durable;

/// <summary>How busy the machine was with other things than a measurement: says which figures to doubt.</summary>
/// <param name="Busy">Processor seconds that anybody used since the machine's start.</param>
/// <param name="Own">Those of the broker and of this process.</param>
/// <param name="At">When, as <see cref="Stopwatch"/> counts.</param>
internal readonly record struct MachineLoad(double Busy, double Own, long At)
{
    private const double ClockTicksPerSecond = 100;

    // Fields of /proc/stat behind the name: 3 is idle, 4 waits for a disk. 8 and 9, of guests, are within 0 and 1.
    private static readonly int[] BusyFields = [0, 1, 2, 5, 6, 7];

    /// <summary>The load average of the last minute, as the system tells it.</summary>
    public static string Average => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    public static MachineLoad Read(BrokerProcess broker)
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
        var busy = BusyFields.Sum(field => double.Parse(fields[field], CultureInfo.InvariantCulture)) / ClockTicksPerSecond;
        return new MachineLoad(busy, broker.CpuSeconds + Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds, Stopwatch.GetTimestamp());
    }

    /// <summary>The share of all processors that others used between two readings, 0 to 1.</summary>
    public double Since(MachineLoad earlier)
    {
        var seconds = Stopwatch.GetElapsedTime(earlier.At, At).TotalSeconds * Environment.ProcessorCount;
        return seconds > 0 ? Math.Clamp((Busy - earlier.Busy - (Own - earlier.Own)) / seconds, 0, 1) : 0;
    }
}
