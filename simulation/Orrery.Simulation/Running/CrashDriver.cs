using Orrery.Simulation.Disks;
using Orrery.Simulation.Processes;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Running;

/// <summary>Ends a broker at one operation of its disk, starts it again, and perhaps ends that start too.</summary>
internal sealed class CrashDriver
{
    private const long AwayNanoseconds = 1_000_000_000;
    private const int SectorBytes = 512;

    private readonly RunWorld _world;
    private readonly SimulatedBroker _broker;
    private readonly CrashPoint _point;
    private readonly List<long> _recovery = [];
    private long _startedAt = -1;                           // operations when the start after the crash began
    private bool _isRecovering;
    private bool _isUnavailable;                            // it could not open its store
    private int _crashes;

    private CrashDriver(RunWorld world, SimulatedBroker broker, CrashPoint point)
    {
        (_world, _broker, _point) = (world, broker, point);
        Disk.OperationBegun = OnOperation;
        Disk.Ended = how => _isUnavailable = how == "store_unavailable";
        Arm(point.Operation);
    }

    /// <summary>The operations of the start after the crash that a second one may be at, counted from that start.</summary>
    public IReadOnlyList<long> RecoveryOperations => _recovery;

    /// <summary>How much of it has happened.</summary>
    public CrashReach Reach => _crashes == 0 ? CrashReach.NotCrashed : _crashes == 1 && _point.Again is not null ? CrashReach.NotCrashedAgain : CrashReach.Whole;

    /// <summary>The broker that is crashed.</summary>
    public string Broker => _broker.Name;

    /// <summary>What the file says of it.</summary>
    public BrokerNode Node => _broker.Node;

    /// <summary>Whether a text of the file names this broker, alone or as one of its kind.</summary>
    public bool Is(string text) => WorldLinks.Is(_broker, text);

    /// <summary>Whether the scenario itself has ended the broker and left it so: then there is no recovery to be judged.</summary>
    public bool IsLeftDown => _broker.Process.State == ProcessState.Down && !_isUnavailable;

    private BrokerDisk Disk => _broker.Disk!;

    /// <summary>Arms the crash; nothing has happened in the world yet.</summary>
    /// <returns>Null where the world has no such broker with a store, so that nothing will be crashed.</returns>
    public static CrashDriver? Arm(RunWorld world, CrashPoint point)
    {
        var broker = world.Brokers.FirstOrDefault(broker => broker.Disk is not null && (point.Broker.Length == 0 || broker.Name == point.Broker));
        return broker is null ? null : new CrashDriver(world, broker, point);
    }

    private void Arm(long operation)
    {
        Disk.StopAt = operation;
        Disk.OnStopped = nanoseconds =>
        {
            var life = _broker.Process.Lives;
            _world.Script.Later(nanoseconds - _world.Kernel.NowNanoseconds, () => Crash(life));
        };
    }

    private void Crash(int life)
    {
        var process = _broker.Process;
        if (process.Lives != life || process.State == ProcessState.Down) return;
        _crashes++;
        (Disk.StopAt, Disk.OnStopped) = (long.MaxValue, null);
        var (survival, sector) = (Disk.Survival, Disk.TornSectorBytes);
        (Disk.Survival, Disk.TornSectorBytes) = DrawSurvivors();
        if (_point.Way == CrashWay.Kill) process.Kill();
        else process.LosePower();
        (Disk.Survival, Disk.TornSectorBytes) = (survival, sector);
        _world.Script.Later(AwayNanoseconds, Restart);
    }

    private (Survival Survival, int SectorBytes) DrawSurvivors()
    {
        var chance = _world.Kernel.Stream("crash point");
        return _point.Way switch
        {
            CrashWay.PowerLoss => (new[] { Survival.AnySubset, Survival.AnySubset, Survival.Prefix, Survival.None }[chance.Uniform(0, 3)], 0),
            CrashWay.Torn => (chance.Chance(1, 4) ? Survival.Prefix : Survival.AnySubset, chance.Chance(1, 2) ? SectorBytes : 8 * SectorBytes),
            _ => (Survival.All, 0),
        };
    }

    private void Restart()
    {
        if (_broker.Process.State != ProcessState.Down) return;     // the scenario was faster

        // A machine that is back answers what belongs to connections of before with RST, so that nobody stays half-open.
        foreach (var client in _world.Clients.Where(client => client.Broker == _broker))
        {
            foreach (var connection in client.Model.Link.Connections.ToArray()) connection.Cut();
        }

        _startedAt = Disk.Disk.OperationCount;
        _isRecovering = _crashes == 1;
        if (_isRecovering && _point.Again is { } again) Arm(_startedAt + again);
        _broker.Process.Start();
    }

    private void OnOperation(DiskOperation operation)
    {
        if (!_isRecovering) return;
        if (_broker.Process.IsListening) _isRecovering = false;
        else if (CrashPlan.IsPoint(operation)) _recovery.Add(operation.Index - _startedAt);
    }
}
