using Orrery.Mqtt;
using Orrery.Mqtt.Topics;
using Orrery.Simulation.Disks;
using Orrery.Simulation.Scenarios.Model;
using Direction = Orrery.Simulation.Scenarios.Model.Direction;

namespace Orrery.Simulation.Running;

/// <summary>The triggers of a scenario that have not fired, in file order. Each counts from the start of the run and fires once.</summary>
internal sealed class TriggerBoard
{
    private readonly List<Armed> _armed = [];

    /// <summary>Whether any of them waits for a packet or a delivery, so that packets must be looked at.</summary>
    public bool WatchesPackets => _armed.Exists(armed => armed.Trigger is PacketTrigger);

    /// <summary>Whether any waits for something that the broker decides.</summary>
    public bool WatchesEvents => _armed.Exists(armed => armed.Trigger is EventTrigger);

    /// <summary>Whether any waits for a number of the world's state.</summary>
    public bool WatchesState => _armed.Exists(armed => armed.Trigger is StateTrigger);

    /// <summary>Whether any waits for a store.</summary>
    public bool WatchesDisks => _armed.Exists(armed => armed.Trigger is DiskTrigger);

    /// <summary>The steps whose triggers have not fired.</summary>
    public IReadOnlyList<int> Waiting => [.. _armed.Select(armed => armed.Step)];

    /// <summary>The triggers of the world's state that have not fired.</summary>
    public IReadOnlyList<StateTrigger> States => [.. _armed.Select(armed => armed.Trigger).OfType<StateTrigger>()];

    /// <summary>Arms a trigger.</summary>
    /// <param name="trigger">What it waits for.</param>
    /// <param name="step">The number of its step.</param>
    public void Arm(Trigger trigger, int step) => _armed.Add(new Armed(trigger, step));

    /// <summary>A packet is at a stage of its way.</summary>
    /// <returns>The steps that are due because of it.</returns>
    public IReadOnlyList<int> OnPacket(ControlPacketType type, bool isToBroker, string connection, PacketStage stage) => Fire(trigger =>
        trigger is PacketTrigger packet
        && (int)packet.Packet == (int)type
        && packet.Dir == (isToBroker ? Direction.In : Direction.Out)
        && packet.Stage == stage
        && (packet.Conn is null || packet.Conn == connection || IsOf(packet.Conn, connection)));

    /// <summary>A call of a store has come so far.</summary>
    /// <inheritdoc cref="OnPacket"/>
    public IReadOnlyList<int> OnDisk(StoreProgress progress, Func<string, bool> isBroker) => Fire(trigger =>
        trigger is DiskTrigger disk
        && disk.Disk == progress.Stage
        && (disk.Tag is null ? progress.Call == "commit" : progress.Tags.Contains(disk.Tag) || progress.Call == disk.Tag)
        && (disk.Node is null || isBroker(disk.Node)));

    /// <summary>A broker decided something.</summary>
    /// <inheritdoc cref="OnPacket"/>
    public IReadOnlyList<int> OnEvent(string name, Func<string, bool> isAbout) => Fire(trigger =>
        trigger is EventTrigger decided && decided.Event == name && (decided.Client is null || isAbout(decided.Client)));

    /// <summary>A client got a message.</summary>
    /// <inheritdoc cref="OnPacket"/>
    public IReadOnlyList<int> OnDelivered(TopicName topic, Func<string, bool> isClient) => Fire(trigger =>
        trigger is DeliveredTrigger { Delivered: var wanted }
        && TopicFilter.TryParse(wanted.Topic, out var filter, out _) && filter!.Matches(topic)
        && (wanted.Client is null || isClient(wanted.Client)));

    /// <summary>A number of the world's state was read.</summary>
    /// <inheritdoc cref="OnPacket"/>
    public IReadOnlyList<int> OnState(StateTrigger of, bool holds)
    {
        foreach (var armed in _armed)
        {
            if (!ReferenceEquals(armed.Trigger, of)) continue;
            var begins = holds && !armed.Holds;             // it becomes what is asked; that it stays so is no second time
            armed.Holds = holds;
            return begins ? Fire(trigger => ReferenceEquals(trigger, of)) : [];
        }

        return [];
    }

    // A client's name alone stands for all of its connections.
    private static bool IsOf(string client, string connection) =>
        connection.Length > client.Length && connection[client.Length] == '#' && connection.StartsWith(client, StringComparison.Ordinal);

    private List<int> Fire(Func<Trigger, bool> matches)
    {
        if (_armed.Count == 0) return [];
        var due = new List<int>();
        for (var i = 0; i < _armed.Count; i++)
        {
            var armed = _armed[i];
            if (!matches(armed.Trigger) || --armed.Left > 0) continue;
            due.Add(armed.Step);
            _armed.RemoveAt(i--);
        }

        return due;
    }

    private sealed class Armed(Trigger trigger, int step)
    {
        public Trigger Trigger => trigger;

        public int Step => step;

        // A count of messages is a count of occurrences too.
        public long Left { get; set; } = trigger is DeliveredTrigger { Delivered.Count: var count } ? (long)count * trigger.Nth : trigger.Nth;

        public bool Holds { get; set; }
    }
}
