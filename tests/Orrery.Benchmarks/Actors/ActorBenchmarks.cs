using System.Globalization;

namespace Orrery.Benchmarks.Actors;

/// <summary>Measures the actor runtime. One line a figure: name, figure, floor, ok or below.</summary>
internal static class ActorBenchmarks
{
    // The machine is shared: the best of some runs is what the code can do.
    private const int Runs = 5;

    // Floors: what Akka.NET 1.5 reaches on two cores, and the size that the design promises.
    private static readonly Measurement[] Measurements =
    [
        new("flood", "messages/s", 12_500_000, IsFloor: true, Runs, Flood.Run),
        new("flood-2-senders", "messages/s", null, IsFloor: true, Runs, () => Flood.Run(senders: 2)),
        new("ping-pong-1", "messages/s", 2_300_000, IsFloor: true, Runs, () => PingPong.Run(pairs: 1)),
        new("ping-pong-8", "messages/s", null, IsFloor: true, Runs, () => PingPong.Run(pairs: 8)),
        new("ping-pong-64", "messages/s", 9_000_000, IsFloor: true, Runs, () => PingPong.Run(pairs: 64)),
        new("fan-out-1000", "messages/s", null, IsFloor: true, Runs, FanOut.Run),
        new("foreign-tell", "messages/s", null, IsFloor: true, Runs, ForeignTell.Run),
        new("host-turn", "messages/s", null, IsFloor: true, Runs, HostTurns.Run),
        new("spawn", "actors/s", null, IsFloor: true, Runs, () => Spawn.Run().ActorsPerSecond),
        new("idle-actor", "bytes", 400, IsFloor: false, 1, () => Spawn.Run().BytesPerActor),
        new("timer-start", "timers/s", null, IsFloor: true, 3, () => TimerLoad.Run().StartsPerSecond),
        new("timer-cancel", "timers/s", null, IsFloor: true, 3, () => TimerLoad.Run().CancelsPerSecond),
        new("timer-fire", "timers/s", null, IsFloor: true, 3, () => TimerLoad.Run().FiresPerSecond),
        new("timer-memory", "bytes", null, IsFloor: false, 1, () => TimerLoad.Run().BytesPerTimer),
        new("timer-idle-cpu", "ms CPU per s", null, IsFloor: false, 1, () => TimerLoad.Run().IdleCpuMillisecondsPerSecond),
    ];

    public static int Run(string[] args)
    {
        var only = args is ["--only", var name, ..] ? name : null;
        if (args.Length > 0 && (only is null || !Array.Exists(Measurements, m => m.Name == only)))
        {
            Console.Error.WriteLine($"usage: actors [--only NAME]   NAME: {string.Join(", ", Measurements.Select(m => m.Name))}");
            return 2;
        }

        var allOk = true;
        foreach (var measurement in Measurements.Where(m => only is null || m.Name == only))
        {
            allOk &= Report(measurement);
        }

        return allOk ? 0 : 1;
    }

    private static bool Report(Measurement measurement)
    {
        var figures = Enumerable.Range(0, measurement.Runs).Select(_ => measurement.Take()).ToList();
        var best = measurement.IsFloor ? figures.Max() : figures.Min();
        var ok = measurement.Limit is not { } limit || (measurement.IsFloor ? best > limit : best < limit);
        var bound = measurement.Limit is { } value ? $"{(measurement.IsFloor ? "floor" : "ceiling")} {value:N0}" : "no floor";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{measurement.Name,-16} {best,14:N0} {measurement.Unit,-13} {bound,-18} {(ok ? "ok" : "below")}"));
        return ok;
    }

    private sealed record Measurement(string Name, string Unit, double? Limit, bool IsFloor, int Runs, Func<double> Take);
}
