using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Running;

/// <summary>What faults do to a broker's disk (D1, D5, D6, D7).</summary>
internal static class DiskFaulting
{
    /// <summary>Starts a fault.</summary>
    /// <returns>Ends it; null where there is nothing to end.</returns>
    public static Action? Start(DiskFault fault, BrokerDisk disk, long nowNanoseconds)
    {
        switch (fault)
        {
            case DiskFullFault full:
                var capacity = disk.Disk.UsedBytes + (full.Room?.Bytes ?? 0);
                return disk.Change(faults => faults with { CapacityBytes = Math.Min(faults.CapacityBytes, capacity) });
            case DiskErrorFault error:
                return disk.Change(faults => faults with
                {
                    ReadErrorsPermille = Math.Max(faults.ReadErrorsPermille, WorldOptions.PermilleOf(error.Read)),
                    WriteErrorsPermille = Math.Max(faults.WriteErrorsPermille, WorldOptions.PermilleOf(error.Write)),
                    SyncErrorsPermille = Math.Max(faults.SyncErrorsPermille, WorldOptions.PermilleOf(error.Sync)),
                });
            case DiskLiesFault:
                return disk.Change(faults => faults with { SyncsLie = true });
            case DiskStallFault stall:
                disk.Disk.StallUntil(nowNanoseconds + stall.For!.Value.Nanoseconds);
                return () => { };                           // it is over when its time is
            case BitRotFault rot:
                disk.Disk.Rot(FileOf(rot));
                return null;
            default:
                throw new InvalidOperationException($"no rule for {fault}");
        }
    }

    /// <summary>The parameters, for a history; empty without any.</summary>
    public static string Describe(DiskFault fault) => fault switch
    {
        DiskFullFault { Room: { } room } => $": but for {room}",
        DiskErrorFault error => ": " + string.Join(", ", Shares(error)),
        DiskStallFault { For: { } time } => $": for {Readable.Time(time.Nanoseconds)}",
        BitRotFault rot => $": in {FileOf(rot)}",
        _ => "",
    };

    private static IEnumerable<string> Shares(DiskErrorFault error)
    {
        if (error.Read is { } read) yield return $"{read} of the reads";
        if (error.Write is { } write) yield return $"{write} of the writes";
        if (error.Sync is { } sync) yield return $"{sync} of the syncs";
    }

    private static string FileOf(BitRotFault rot) => rot.File == StoreFile.Log ? $"{BrokerDisk.DatabaseFile}-wal" : BrokerDisk.DatabaseFile;
}
