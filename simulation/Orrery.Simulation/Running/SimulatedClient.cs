using System.Globalization;
using Orrery.Client;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Clients;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Network;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Running;

/// <summary>One client of a run: its model, and what the run knows of it.</summary>
internal sealed class SimulatedClient : IClientWatcher
{
    private const int PendingMax = 100_000;                 // deliveries that were read and never handed on: far above any Receive Maximum

    private readonly RunWorld _world;
    private readonly MessageOrigins _published = new();
    private readonly Dictionary<string, Network.Link> _addresses = [];
    private readonly Queue<(WirePacket Packet, int Index)> _arrived = new();
    private readonly Dictionary<ushort, (WirePacket Packet, int Index)> _arrivedAtQoS2 = [];

    /// <summary>Makes a client that is not connected.</summary>
    /// <param name="world">The run.</param>
    /// <param name="name">Its name in the scenario, with `[n]` in a group.</param>
    /// <param name="group">Its key in the file.</param>
    /// <param name="index">Its number in the group, from 1.</param>
    /// <param name="node">What the file says of it.</param>
    /// <param name="broker">Where it connects to.</param>
    public SimulatedClient(RunWorld world, string name, string group, int index, ClientNode node, SimulatedBroker broker)
    {
        (_world, Name, Group, Index, Node, Broker) = (world, name, group, index, node, broker);
        Home = world.Links.Add(this);
        var chance = world.Kernel.Stream($"{name}/setup");
        var options = WorldOptions.Of(this, chance);
        ClientId = options.ClientId;
        Model = new ClientModel(world.Kernel, name, Home.Link, options, WorldOptions.BehaviourOf(this)) { Watcher = this };
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its key in the file.</summary>
    public string Group { get; }

    /// <summary>Its number in the group, from 1.</summary>
    public int Index { get; }

    /// <summary>Whether it is one of several.</summary>
    public bool InGroup => Name != Group;

    /// <summary>What the file says of it.</summary>
    public ClientNode Node { get; }

    /// <summary>What its group's workload subscribes to.</summary>
    public IReadOnlyList<SubscriptionRequest> WorkloadSubscriptions =>
        _world.Scenario.Workload.TryGetValue(Group, out var workload) ? workload.Subscribe : [];

    /// <summary>Where it connects to.</summary>
    public SimulatedBroker Broker { get; }

    /// <summary>When it hands a message of QoS 2 over.</summary>
    public ReceiverMethod Method => Model.Options.HandsOverAtPubRel ? ReceiverMethod.A : ReceiverMethod.B;

    /// <summary>The client identifier it asks for.</summary>
    public string ClientId { get; }

    /// <summary>The path that it takes unless it moves.</summary>
    public WorldLink Home { get; }

    /// <summary>The client.</summary>
    public ClientModel Model { get; }

    /// <summary>The step that it carries out now, as an event of the history; -1 for none.</summary>
    public int CurrentStep { get; set; } = -1;

    /// <summary>Whether its process ended and has not begun again.</summary>
    public bool IsDead { get; set; }

    /// <summary>How many messages it has published.</summary>
    public int PublishedCount { get; set; }

    /// <summary>A text with $client, $broker and $index filled in; `$$` is a dollar sign.</summary>
    public string Fill(string text) => text.Contains('$', StringComparison.Ordinal)
        ? text.Replace("$$", "\0", StringComparison.Ordinal).Replace("$client", Name, StringComparison.Ordinal)
            .Replace("$broker", Broker.Name, StringComparison.Ordinal)
            .Replace("$index", Index.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal).Replace('\0', '$')
        : text;

    /// <summary>Its path from another address; one and the same each time.</summary>
    public Network.Link LinkFrom(string address)
    {
        if (!_addresses.TryGetValue(address, out var link)) _addresses.Add(address, link = _world.Links.Add(this, address).Link);
        return link;
    }

    /// <summary>A step made this message.</summary>
    public void OnPublishing(ApplicationMessage message, int step) => _published.Add(message, step);

    /// <summary>The event that led it to send a packet which answers nothing; -1 for none.</summary>
    public int CauseOf(Packet packet) => _published.Of(packet) is >= 0 and var step ? step : CurrentStep;

    /// <summary>A packet was read.</summary>
    public void OnRead(WirePacket packet, int index)
    {
        if (packet.Packet is not PublishPacket publish) return;
        if (publish.Message.QoS == QoS.ExactlyOnce)
        {
            _arrivedAtQoS2[publish.PacketIdentifier.Value] = (packet, index);
            return;
        }

        _arrived.Enqueue((packet, index));
        if (_arrived.Count > PendingMax) _arrived.Dequeue();
    }

    /// <inheritdoc/>
    IStreamTap IClientWatcher.OnConnecting(string connection, Network.Link link)
    {
        if (IsDead) _world.Recorder.Add(HistoryKind.ProcessStarted, Name);
        IsDead = false;
        var tap = new ConnectionTap(_world, this, Broker, connection);
        tap.OnRequested(CurrentStep);
        return tap;
    }

    /// <inheritdoc/>
    void IClientWatcher.OnEvent(ClientEvent happened)
    {
        if (happened is not ClientEvent.Received received) return;
        var (packet, index) = Arrived(received.Packet);
        _world.Recorder.Add(new HistoryEvent
        {
            Index = 0,
            Nanoseconds = 0,
            Kind = HistoryKind.Delivered,
            Node = Name,
            Connection = Model.ConnectionName,
            Peer = Broker.Name,
            Packet = packet,
            Cause = index,
        });
        var due = _world.Triggers.OnDelivered(received.Packet.Message.Topic, client => _world.ClientsOf(client).Contains(this));
        if (due.Count == 0) return;
        Model.End?.Hold();
        _world.Script.Fire(due, null, Model.End);
    }

    /// <inheritdoc/>
    void IClientWatcher.OnPaused(long nanoseconds) => _world.Recorder.Add(HistoryKind.ProcessPaused, Name, detail: $"for {Readable.Time(nanoseconds)}");

    /// <inheritdoc/>
    void IClientWatcher.OnResumed() => _world.Recorder.Add(HistoryKind.ProcessResumed, Name);

    /// <summary>What was read of a message that the core hands over now.</summary>
    private (WirePacket? Packet, int Index) Arrived(PublishPacket delivered)
    {
        if (delivered.Message.QoS == QoS.ExactlyOnce)
        {
            return _arrivedAtQoS2.TryGetValue(delivered.PacketIdentifier.Value, out var known) ? known : (null, -1);
        }

        while (_arrived.TryDequeue(out var next))
        {
            // Not by the packets' own equality, which compares lists by reference.
            var arrived = (PublishPacket)next.Packet.Packet;
            if (arrived.PacketIdentifier == delivered.PacketIdentifier && arrived.Duplicate == delivered.Duplicate && arrived.Message.Equals(delivered.Message)) return next;
        }

        return (null, -1);
    }
}
