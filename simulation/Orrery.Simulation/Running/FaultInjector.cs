using Orrery.Simulation.Histories;
using Orrery.Simulation.Network;
using Orrery.Simulation.Scenarios.Model;
using Direction = Orrery.Simulation.Network.Direction;

namespace Orrery.Simulation.Running;

/// <summary>Starts and ends faults of the network, and records each.</summary>
internal sealed class FaultInjector(RunWorld world)
{
    private readonly List<Active> _active = [];
    private int _started;

    /// <summary>How many faults are on.</summary>
    public int ActiveCount => _active.Count;

    /// <summary>Starts a fault.</summary>
    public void Start(FaultStep fault)
    {
        var name = VerbNames.KindOf(fault);
        var id = fault.Id ?? $"{name}-{++_started}";
        var node = fault is LinkFault link ? link.Link : string.Join(", ", ((PartitionFault)fault).Nodes);
        var started = world.Recorder.Add(HistoryKind.FaultStarted, node, name, Describe(fault, id));
        var undo = fault is LinkFault onLink ? StartOnLink(onLink) : Part((PartitionFault)fault);
        var active = new Active(id, node, name, undo, started);
        if (undo is null)
        {
            End(active);                                    // it has happened, and there is nothing to undo
            return;
        }

        _active.Add(active);
        if (fault.For is { } time) world.Script.Later(time.Nanoseconds, () => Heal(active), extends: false);
    }

    /// <summary>Ends a fault by its id, or all of them.</summary>
    public void Heal(string? id)
    {
        foreach (var active in _active.Where(active => id is null || active.Id == id).ToArray()) Heal(active);
    }

    private void Heal(Active active)
    {
        if (!_active.Remove(active)) return;
        active.Undo!();
        End(active);
    }

    private void End(Active active) => world.Recorder.Add(HistoryKind.FaultEnded, active.Node, active.Name, active.Id, active.Started);

    private static string Describe(FaultStep fault, string id) => fault switch
    {
        LatencyFault latency => $"{id}: {Text(latency.Latency)}",
        BandwidthFault bandwidth => $"{id}: {bandwidth.Rate}",
        SegmentFault segment => $"{id}: {segment.Size}",
        IdleDropFault idle => $"{id}: after {Readable.Time(idle.Idle.Nanoseconds)}",
        CorruptFault corrupt => $"{id}: {corrupt.Rate}",
        ResetFault { AfterBytes: { } bytes } => $"{id}: after {bytes}",
        FinFault { AfterBytes: { } bytes } => $"{id}: after {bytes}",
        PartitionFault { OneWay: true } => $"{id}: one way",
        _ => id,
    };

    private static string Text(Delay delay)
    {
        var draw = WorldOptions.Of(delay);
        return Readable.Time(draw.MinNanoseconds) + (draw.MeanNanoseconds > 0 ? $" and a mean of {Readable.Time(draw.MeanNanoseconds)}" : "");
    }

    private Action? StartOnLink(LinkFault fault)
    {
        var found = world.Links.Find(fault.Link);
        var undo = found.Select(link => StartOnLink(fault, link.Link, link.Directions)).OfType<Action>().ToArray();
        return undo.Length == 0 ? null : () => Array.ForEach(undo, one => one());
    }

    private static Action? StartOnLink(LinkFault fault, WorldLink link, IReadOnlyList<Direction> directions)
    {
        switch (fault)
        {
            case LatencyFault latency: return link.Change(options => WorldOptions.With(options, latency.Latency));
            case BandwidthFault bandwidth: return link.Change(options => options with { BytesPerSecond = bandwidth.Rate.BytesPerSecond });
            case SegmentFault segment: return link.Change(options => WorldOptions.With(options, segment.Size));
            case IdleDropFault idle: return link.Change(options => options with { IdleDropNanoseconds = idle.Idle.Nanoseconds });
            case ClogFault: return All([.. directions.Select(link.Block)]);
            case HalfOpenFault: return All([link.Block(Direction.ToListener), link.Block(Direction.ToCaller)]);
            case RefuseFault: return link.Answer(ListenerMode.Refusing);
            case HangFault: return link.Answer(ListenerMode.Hanging);
            case CorruptFault corrupt:
                link.Link.CorruptPerMillion = (int)Math.Clamp(corrupt.Rate.Numerator * 1_000_000 / corrupt.Rate.Denominator, 1, 1_000_000);
                return () => link.Link.CorruptPerMillion = 0;
            default:
                foreach (var connection in link.Link.Connections.ToArray()) StartOnce(fault, connection, directions);
                return null;
        }
    }

    private static void StartOnce(LinkFault fault, StreamConnection connection, IReadOnlyList<Direction> directions)
    {
        switch (fault)
        {
            case ResetFault { AfterBytes: { Bytes: > 0 } bytes }:
                foreach (var direction in directions) connection.CutAfter(direction, connection.SentBytes(direction) + bytes.Bytes);
                break;
            case FinFault { AfterBytes: { Bytes: > 0 } bytes }:
                foreach (var direction in directions) connection.CutAfter(direction, connection.SentBytes(direction) + bytes.Bytes, orderly: true);
                break;
            case ResetFault: connection.Cut(); break;
            case FinFault: connection.CutInOrder(); break;
            case HalfCloseFault:
                foreach (var direction in directions) connection.Sender(direction).Finish();
                break;
            case RebindFault: connection.ForgetBetween(); break;
            default: throw new InvalidOperationException($"no rule for {fault}");
        }
    }

    private Action? Part(PartitionFault partition)
    {
        var undo = new List<Action>();
        foreach (var link in world.Links.All)
        {
            var caller = partition.Nodes.Any(node => WorldLinks.Is(link.Client, node));
            var listener = partition.Nodes.Any(node => WorldLinks.Is(link.Broker, node));
            if (caller == listener) continue;
            if (caller || !partition.OneWay) undo.Add(link.Block(Direction.ToListener));
            if (listener || !partition.OneWay) undo.Add(link.Block(Direction.ToCaller));
        }

        return undo.Count == 0 ? null : All([.. undo]);
    }

    private static Action All(Action[] actions) => () => Array.ForEach(actions, action => action());

    private sealed record Active(string Id, string Node, string Name, Action? Undo, int Started);
}
