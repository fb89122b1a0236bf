using System.Diagnostics;
using Orrery.Actors;

namespace Orrery.Benchmarks.Actors;

/// <summary>A million pending timers: what starting, cancelling, firing and just having them costs.</summary>
internal static class TimerLoad
{
    private const int Timers = 1_000_000;
    private static readonly object Message = new();

    public static Result Run()
    {
        using var system = ActorSystem.Create("bench");
        using var fired = new Countdown(Timers);
        var target = system.ActorOf(Props.Create(() => new ForeignTell.Counter(int.MaxValue, fired)));
        var handles = new ICancelable[Timers];

        // Keep-alives: due within 30 to 90 seconds, cancelled before.
        var heapBefore = GC.GetTotalMemory(forceFullCollection: true);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Timers; i++)
        {
            var delay = TimeSpan.FromMilliseconds(30_000 + (i * 7919L % 60_000));
            handles[i] = system.Scheduler.ScheduleTellOnceCancelable(delay, target, Message, ActorRefs.NoSender);
        }

        var startTime = Stopwatch.GetElapsedTime(started);
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - heapBefore;

        using var process = Process.GetCurrentProcess();
        var idleBefore = process.TotalProcessorTime;
        Thread.Sleep(2000);
        process.Refresh();
        var idle = process.TotalProcessorTime - idleBefore;

        started = Stopwatch.GetTimestamp();
        foreach (var handle in handles)
        {
            handle.Cancel();
        }

        var cancelTime = Stopwatch.GetElapsedTime(started);

        // All due in one millisecond that has come when the last one is started: firing is what is left to wait for.
        var due = TimeSpan.FromMilliseconds(2000);
        var counting = new Counting(fired);
        var begin = system.Scheduler.MonotonicClock;
        for (var i = 0; i < Timers; i++)
        {
            system.Scheduler.ScheduleTellOnce(due - (system.Scheduler.MonotonicClock - begin), counting, Message, ActorRefs.NoSender);
        }

        fired.Wait();
        var fireTime = system.Scheduler.MonotonicClock - begin - due;
        system.Terminate().Wait();
        return new Result(
            Timers / startTime.TotalSeconds,
            Timers / cancelTime.TotalSeconds,
            Timers / fireTime.TotalSeconds,
            (double)bytes / Timers,
            idle.TotalMilliseconds / 2);
    }

    public sealed record Result(
        double StartsPerSecond, double CancelsPerSecond, double FiresPerSecond, double BytesPerTimer, double IdleCpuMillisecondsPerSecond);

    private sealed class Counting(Countdown fired) : ICanTell
    {
        public void Tell(object message, IActorRef? sender) => fired.Signal();
    }
}
