using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Network;
using Orrery.Simulation.Scenarios.Model;
using Direction = Orrery.Simulation.Network.Direction;

namespace Orrery.Simulation.Running;

/// <summary>Sees every packet of one connection at four places: where it is sent and where it is read, at both ends.</summary>
/// <remarks>It reads the bytes itself, so that neither the client's nor the broker's word is taken for what passed.</remarks>
internal sealed class ConnectionTap(RunWorld world, SimulatedClient client, SimulatedBroker broker, string connection) : IStreamTap
{
    private readonly Way[] _ways = [new Way(isToBroker: true), new Way(isToBroker: false)];
    private int _requested = -1;
    private bool _hasWill;

    /// <summary>The connection, `client#n`.</summary>
    public string Connection => connection;

    /// <summary>Records the request, before anything else.</summary>
    public void OnRequested(int cause) => _requested = Add(HistoryKind.ConnectionRequested, client.Name, broker.Name, cause: cause);

    /// <inheritdoc/>
    public int BeforeSend(Direction direction, ReadOnlySpan<byte> bytes)
    {
        if (!world.Triggers.WatchesPackets) return bytes.Length;
        List<int>? due = null;
        var free = _ways[(int)direction].Bounds.BeforeHeld(bytes, type =>
        {
            var steps = world.Triggers.OnPacket(type, direction == Direction.ToListener, connection, PacketStage.BeforeSend);
            if (steps.Count > 0) (due ??= []).AddRange(steps);
            return steps.Count > 0;
        });
        if (due is not null) Hold(direction, due);
        return free;
    }

    /// <inheritdoc/>
    public void OnSent(Direction direction, ReadOnlySpan<byte> bytes)
    {
        var way = _ways[(int)direction];
        if (world.MayHoldPackets) way.Bounds.OnSent(bytes);
        if (!world.WatchesPackets) return;
        way.Sent.Append(bytes);
        while (way.Sent.Next(Version) is { } packet)
        {
            var sender = direction == Direction.ToListener ? client.Name : broker.Name;
            way.SentEvents.Enqueue(Add(HistoryKind.PacketSent, sender, PeerOf(direction, isSender: true), packet: packet, cause: CauseOf(direction, packet)));
            Fire(direction, packet, PacketStage.Sent);
            if (packet.Packet is ConnAckPacket { ReasonCode: ReasonCode.Success } && _hasWill) FireWillArmed();
        }

        ReportMalformed(way.Sent, direction, isSender: true);
    }

    /// <inheritdoc/>
    public void OnRead(Direction direction, ReadOnlySpan<byte> bytes)
    {
        if (!world.WatchesPackets) return;
        var way = _ways[(int)direction];
        way.Read.Append(bytes);
        while (way.Read.Next(Version) is { } packet)
        {
            var reader = direction == Direction.ToListener ? broker.Name : client.Name;
            var sent = way.SentEvents.TryDequeue(out var index) ? index : -1;
            var read = Add(HistoryKind.PacketReceived, reader, PeerOf(direction, isSender: false), packet: packet, cause: sent);
            way.Causes.OnRead(packet.Packet, read);
            _hasWill |= packet.Packet is ConnectPacket { Will: not null };
            if (direction == Direction.ToListener) broker.Origins.OnRead(packet.Packet, read);
            else client.OnRead(packet, read);
            Fire(direction, packet, PacketStage.Received);
        }

        ReportMalformed(way.Read, direction, isSender: false);
    }

    /// <inheritdoc/>
    public void OnHeld(Direction direction, int bytes)
    {
        if (!world.Recorder.IsDetailed) return;
        var (from, to) = direction == Direction.ToListener ? (client.Name, broker.Name) : (broker.Name, client.Name);
        Add(HistoryKind.NetworkHeld, $"{from}->{to}", to, detail: bytes == 0 ? "the end of the stream" : $"{bytes} bytes, and what follows", cause: _ways[(int)direction].SentEvents.TryPeek(out var sent) ? sent : -1);
    }

    /// <inheritdoc/>
    public void OnOpened() => Add(HistoryKind.ConnectionOpened, client.Name, broker.Name, cause: _requested);

    /// <inheritdoc/>
    public void OnAccepted() => Add(HistoryKind.ConnectionAccepted, broker.Name, client.Name, cause: _requested);

    /// <inheritdoc/>
    public void OnEnded(Direction sends, StreamEnding ending, string detail)
    {
        var isClient = sends == Direction.ToListener;
        if (!isClient && ending == StreamEnding.Closed && broker.CloseReasons.Remove(connection, out var reason)) detail = reason;
        var name = ending switch
        {
            StreamEnding.Closed => "closed",
            StreamEnding.Fin => "fin",
            StreamEnding.Reset => "reset",
            StreamEnding.TimedOut => "timeout",
            StreamEnding.Refused => "refused",
            StreamEnding.Vanished => "vanished",
            _ => "process_ended",
        };
        Add(HistoryKind.ConnectionEnded, isClient ? client.Name : broker.Name, isClient ? broker.Name : client.Name, name, detail);
    }

    private MqttVersion? Version => _ways[0].Read.Version ?? _ways[0].Sent.Version;

    private string PeerOf(Direction direction, bool isSender) => (direction == Direction.ToListener) == isSender ? broker.Name : client.Name;

    private int CauseOf(Direction direction, WirePacket packet)
    {
        if (!world.Recorder.IsOn) return -1;
        var answered = _ways[1 - (int)direction].Causes.Of(packet.Packet);
        if (answered >= 0) return answered;
        if (direction == Direction.ToCaller) return broker.Origins.Of(packet.Packet);
        return packet.Packet is ConnectPacket ? _requested : client.CauseOf(packet.Packet);
    }

    private void Fire(Direction direction, WirePacket packet, PacketStage stage)
    {
        var due = world.Triggers.OnPacket(packet.Packet.Type, packet.IsToBroker, connection, stage);
        if (due.Count > 0) Hold(stage == PacketStage.Received ? StreamConnection.Opposite(direction) : direction, due);
    }

    private void FireWillArmed()
    {
        var due = world.Triggers.OnEvent(BrokerEvents.WillArmed, name => WorldLinks.Is(client, name));
        if (due.Count > 0) world.Script.Fire(due, broker, null);
    }

    /// <summary>Nothing more happens at an end until the steps that are due have been carried out.</summary>
    private void Hold(Direction sends, IReadOnlyList<int> due)
    {
        var end = sends == Direction.ToListener ? client.Model.End : broker.EndOf(connection);
        if (sends == Direction.ToListener) end?.Hold();
        world.Script.Fire(due, sends == Direction.ToCaller ? broker : null, end);
    }

    private void ReportMalformed(PacketStream stream, Direction direction, bool isSender)
    {
        if (stream.Violation is not { } violation || !stream.TryReport()) return;
        var node = (direction == Direction.ToListener) == isSender ? client.Name : broker.Name;
        Add(HistoryKind.Malformed, node, PeerOf(direction, isSender), isSender ? "sent" : "read", violation, bytes: isSender ? stream.Rest : default);
    }

    private int Add(HistoryKind kind, string node, string peer, string? name = null, string? detail = null, WirePacket? packet = null, int cause = -1, ReadOnlyMemory<byte> bytes = default) =>
        world.Recorder.Add(new HistoryEvent
        {
            Index = 0,
            Nanoseconds = 0,
            Kind = kind,
            Node = node,
            Peer = peer,
            Connection = connection,
            Name = name,
            Detail = detail,
            Packet = packet,
            Bytes = bytes,
            Cause = cause,
        });

    /// <summary>One direction of the connection.</summary>
    private sealed class Way(bool isToBroker)
    {
        public PacketBounds Bounds { get; } = new();

        public PacketStream Sent { get; } = new(isToBroker);

        public PacketStream Read { get; } = new(isToBroker);

        /// <summary>The sendings of packets that were not read yet.</summary>
        public Queue<int> SentEvents { get; } = new();

        /// <summary>What was read this way, for the answers that go the other way.</summary>
        public AnswerCauses Causes { get; } = new();
    }
}
