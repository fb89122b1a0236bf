using System.Diagnostics;
using Orrery.Simulation.Measuring;

namespace Orrery;

/// <summary>The machine that this process runs on.</summary>
/// <param name="byProcessor">Whether the clock is the processor time of this process, which other programs slow down less.</param>
internal sealed class ProcessMachine(bool byProcessor) : IMachine
{
    /// <inheritdoc/>
    public TimeSpan Clock => byProcessor ? Environment.CpuUsage.TotalTime : Stopwatch.GetElapsedTime(0);

    /// <inheritdoc/>
    public long ProcessBytes
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.WorkingSet64;
        }
    }

    /// <inheritdoc/>
    public long LiveBytes => GC.GetTotalMemory(forceFullCollection: true);
}
