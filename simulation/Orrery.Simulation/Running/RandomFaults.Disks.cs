using Orrery.Simulation.Disks;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Processes;

namespace Orrery.Simulation.Running;

// D1 to D7.
internal sealed partial class RandomFaults
{
    private const int SectorBytes = 512;

    private void SlowDisks(RandomSource chance)
    {
        foreach (var broker in _world.Brokers.Where(broker => broker.Disk is not null))
        {
            var disk = broker.Disk!.Disk;
            var before = disk.Latency;
            var (read, write, sync) = (chance.Uniform(0, 10), chance.Uniform(0, 10), chance.Uniform(1, 100));
            disk.Latency = new DiskLatency
            {
                ReadMeanNanoseconds = read * Millisecond,
                WriteMeanNanoseconds = write * Millisecond,
                SyncMeanNanoseconds = sync * Millisecond,
                MaxNanoseconds = Second,
            };
            Lasting(broker.Name, "D1", $"a read takes {read} ms on average, a write {write} ms, a sync {sync} ms", () => disk.Latency = before);
        }
    }

    private void Stall(RandomSource chance)
    {
        var broker = AnyBroker(chance);
        var time = Until(Math.Min(chance.Exponential(2 * Second), 30 * Second));
        if (broker.Disk is not { } disk) return;
        disk.Disk.StallUntil(_world.Kernel.NowNanoseconds + time);
        var started = _world.Recorder.Add(HistoryKind.FaultStarted, broker.Name, "disk_stall", $"{NewId("D1")}: for {Readable.Time(time)}");
        _world.Script.Later(time, () => _world.Recorder.Add(HistoryKind.FaultEnded, broker.Name, "disk_stall", cause: started), extends: false);
    }

    /// <summary>A power loss that leaves something of what was not synced.</summary>
    private void LosePower(RandomSource chance, string one)
    {
        var broker = AnyBroker(chance);
        var away = Until(chance.Uniform(0, 10 * Second));
        var sector = one == "D3" ? SectorBytes * (chance.Chance(1, 2) ? 1 : 8) : 0;
        var survival = one == "D4" ? (chance.Chance(1, 2) ? Survival.None : Survival.Prefix) : Survival.AnySubset;
        if (broker.Disk is not { } disk || broker.Process.State is ProcessState.Down or ProcessState.Stopping) return;
        var (before, whole) = (disk.Survival, disk.TornSectorBytes);
        (disk.Survival, disk.TornSectorBytes) = (survival, sector);
        broker.Process.LosePower();
        (disk.Survival, disk.TornSectorBytes) = (before, whole);
        _world.Steps.RestartLater(broker, away, extends: false);
    }

    /// <summary>Errors, or no room, for a while; a store that was given up for them needs a new start.</summary>
    private void FailDisk(RandomSource chance)
    {
        var broker = AnyBroker(chance);
        var time = Until(chance.Uniform(100 * Millisecond, 10 * Second));
        var permille = (int)chance.Uniform(1, 50);
        var kind = chance.Uniform(0, 3);
        var away = Until(chance.Uniform(0, 2 * Second));
        if (broker.Disk is not { } disk) return;
        var used = disk.Disk.UsedBytes;
        var (detail, change) = kind switch
        {
            0 => ($"{permille} of 1,000 reads fail", (Func<DiskFaults, DiskFaults>)(faults => faults with { ReadErrorsPermille = permille })),
            1 => ($"{permille} of 1,000 writes fail", faults => faults with { WriteErrorsPermille = permille }),
            2 => ($"{permille} of 1,000 syncs fail", faults => faults with { SyncErrorsPermille = permille }),
            _ => ("there is no room", faults => faults with { CapacityBytes = used }),
        };
        var undo = disk.Change(change);
        var started = _world.Recorder.Add(HistoryKind.FaultStarted, broker.Name, "D5", $"{NewId("D5")}: {detail} for {Readable.Time(time)}");
        _world.Script.Later(
            time,
            () =>
            {
                undo();
                _world.Recorder.Add(HistoryKind.FaultEnded, broker.Name, "D5", cause: started);
                if (kind < 3 && broker.Process.State == ProcessState.Up) broker.Process.Kill();
                if (broker.Process.State == ProcessState.Down) _world.Steps.RestartLater(broker, away, extends: false);
            },
            extends: false);
    }

    private void Rot(RandomSource chance)
    {
        var broker = AnyBroker(chance);
        if (broker.Disk is not { } disk) return;
        disk.Disk.Rot(BrokerDisk.DatabaseFile);
        Once(broker.Name, "bit_rot", $"{NewId("D6")}: in {BrokerDisk.DatabaseFile}");
    }

    private void Lie()
    {
        foreach (var broker in _world.Brokers.Where(broker => broker.Disk is not null))
        {
            Lasting(broker.Name, "disk_lies", "D7: syncs are answered and do nothing", broker.Disk!.Change(faults => faults with { SyncsLie = true }));
        }
    }
}
