using Orrery.Actors;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Network;
using Orrery.Simulation.Processes;
using Orrery.Simulation.Scenarios.Model;
using Orrery.Simulation.Scenarios.Reading;
using Direction = Orrery.Simulation.Network.Direction;

namespace Orrery.Simulation.Running;

/// <summary>Starts and ends faults of the network, of disks and of the order of turns, and records each.</summary>
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
        if (fault is StarveFault starve)
        {
            foreach (var broker in world.BrokersOf(starve.Node)) Starve(broker, starve, id);
            return;
        }

        if (fault is DiskFault onDisk)
        {
            foreach (var broker in world.BrokersOf(onDisk.Node).Where(broker => broker.Disk is not null)) Start(onDisk, id, name, broker);
            return;
        }

        var node = fault is LinkFault link ? link.Link : string.Join(", ", ((PartitionFault)fault).Nodes);
        var started = world.Recorder.Add(HistoryKind.FaultStarted, node, name, Describe(fault, id));
        var undo = fault is LinkFault onLink ? StartOnLink(onLink) : Part((PartitionFault)fault);
        Keep(fault, new Active(id, node, name, undo, started));
    }

    /// <summary>Ends a fault by its id, or all of them.</summary>
    public void Heal(string? id)
    {
        foreach (var active in _active.Where(active => id is null || active.Id == id).ToArray()) Heal(active);
    }

    private void Start(DiskFault fault, string id, string name, SimulatedBroker broker)
    {
        var started = world.Recorder.Add(HistoryKind.FaultStarted, broker.Name, name, $"{id}{DiskFaulting.Describe(fault)}");
        Keep(fault, new Active(id, broker.Name, name, DiskFaulting.Start(fault, broker.Disk!, world.Kernel.NowNanoseconds), started));
    }

    private void Keep(FaultStep fault, Active active)
    {
        if (active.Undo is null)
        {
            End(active);                                    // it has happened, and there is nothing to undo
            return;
        }

        _active.Add(active);
        if (fault.For is { } time) world.Script.Later(time.Nanoseconds, () => Heal(active), extends: false);
    }

    /// <summary>Lets an actor starve (S2).</summary>
    /// <param name="broker">Whose; nothing happens where it is down.</param>
    /// <param name="isIt">Which: the first that wants a turn.</param>
    /// <param name="turns">How many turns others get while it wants one.</param>
    /// <param name="id">The fault's id.</param>
    /// <param name="detail">Which actor and for how long, for people.</param>
    /// <returns>Ends it.</returns>
    public Action Starve(SimulatedBroker broker, Func<IActorRef, bool> isIt, long turns, string id, string detail)
    {
        const string Name = Disturbances.StarveName;
        var isUp = broker.Process.State is not ProcessState.Down;
        var started = world.Recorder.Add(HistoryKind.FaultStarted, broker.Name, Name, $"{id}: {(isUp ? detail : "it is down")}");
        var active = new Active(id, broker.Name, Name, null, started);
        if (!isUp)
        {
            End(active);
            return () => { };
        }

        var life = broker.Process.Lives;
        var starvation = broker.Process.Starve(isIt, turns, _ =>
        {
            if (_active.RemoveAll(one => one.Started == active.Started && one.Id == id) > 0) End(active);
        });
        active = active with { Undo = () => { if (broker.Process.Lives == life) broker.Process.End(starvation); } };
        _active.Add(active);
        return () => Heal(active);
    }

    private void Starve(SimulatedBroker broker, StarveFault fault, string id)
    {
        var end = Starve(broker, IsActor(broker, fault.Actor), fault.Turns, id, $"{fault.Actor}, {fault.Turns} turns");
        if (fault.For is { } time) world.Script.Later(time.Nanoseconds, end, extends: false);
    }

    /// <summary>Which actors a pattern means now: of a client, the one that it has.</summary>
    private Func<IActorRef, bool> IsActor(SimulatedBroker broker, string text)
    {
        var pattern = ActorPattern.Parse(text, out _)!;
        if (pattern.Client is null) return actor => pattern.Matches(actor.Path.ToStringWithoutAddress());
        var clients = world.ClientsOf(pattern.Client).Where(client => client.Broker == broker);
        IActorRef?[] actors = pattern.Of == "session"
            ? [.. clients.Select(client => broker.Process.CanAnswer ? broker.Process.SessionActor(client.ClientId) : null)]
            : [.. clients.Select(client => broker.Process.Transports.LastOrDefault(transport => transport.End.Name.StartsWith($"{client.Name}#", StringComparison.Ordinal))?.Actor)];
        return actor => Array.Exists(actors, one => ReferenceEquals(one, actor));
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
