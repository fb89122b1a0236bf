using System.Diagnostics;
using Orrery.Actors;

namespace Orrery.Benchmarks.Actors;

/// <summary>Lets the measuring thread wait until actors have done a number of things.</summary>
internal sealed class Countdown(int count) : IDisposable
{
    private readonly ManualResetEventSlim _done = new();
    private int _left = count;

    public void Signal()
    {
        if (Interlocked.Decrement(ref _left) == 0) _done.Set();
    }

    public void Wait()
    {
        if (!_done.Wait(TimeSpan.FromMinutes(2))) throw new TimeoutException("A benchmark did not end.");
    }

    public void Dispose() => _done.Dispose();

    /// <summary>Runs something in a system of its own.</summary>
    /// <returns>Operations per second.</returns>
    public static double Measure(long operations, int signals, Action<ActorSystem, Countdown> start)
    {
        using var system = ActorSystem.Create("bench");
        using var countdown = new Countdown(signals);
        GC.Collect();
        var before = Stopwatch.GetTimestamp();
        start(system, countdown);
        countdown.Wait();
        var elapsed = Stopwatch.GetElapsedTime(before);
        system.Terminate().Wait();
        return operations / elapsed.TotalSeconds;
    }
}
