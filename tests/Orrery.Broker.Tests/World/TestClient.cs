using System.Buffers;
using Orrery.Actors;
using Orrery.Broker.Connections;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Tests.World;

/// <summary>A client under the test's control: sends any packet or bytes, keeps what it gets, acknowledges nothing by itself.</summary>
internal sealed class TestClient : IConnectionTransport
{
    private readonly BrokerWorld _world;
    private readonly PacketReader _broker;              // reads what the client sent, as a host does
    private readonly PacketReader _own;
    private readonly MqttVersion _version;
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly Queue<Packet> _inbox = new();
    private byte[] _toBroker = [];
    private byte[] _fromBroker = [];
    private IActorRef _connection = ActorRefs.Nobody;
    private bool _demand;

    public TestClient(BrokerWorld world, MqttVersion version)
    {
        _world = world;
        _version = version;
        _broker = new PacketReader(world.Broker.ReaderOptions);
        _own = new PacketReader(new PacketReaderOptions
        {
            Sender = PeerRole.Server,
            MaximumPacketSize = uint.MaxValue,
            TopicAliasMaximum = ushort.MaxValue,
            Version = version,
        });
    }

    public ConnAckPacket? ConnAck { get; set; }

    /// <summary>True once the broker closed or aborted the connection.</summary>
    public bool IsClosed { get; private set; }

    public bool WasAborted { get; private set; }

    /// <summary>True makes the peer take nothing until <see cref="Drain"/>.</summary>
    public bool IsSlow { get; set; }

    /// <summary>How often the broker flushed.</summary>
    public int Flushes { get; private set; }

    /// <summary>The most bytes that the broker wrote before it flushed.</summary>
    public int LargestFlush { get; private set; }

    public int InboxCount => _inbox.Count;

    /// <summary>Every byte that the broker sent.</summary>
    public List<byte> Received { get; } = [];

    /// <summary>True makes the transport fail at the next flush, as an edge with a bug would.</summary>
    public bool FailsOnFlush { get; set; }

    IBufferWriter<byte> IConnectionTransport.Output => _output;

    void IConnectionTransport.Start(IActorRef connection) => _connection = connection;

    void IConnectionTransport.RequestInput()
    {
        _demand = true;
        Feed();
    }

    bool IConnectionTransport.TryFlush()
    {
        Flushes++;
        LargestFlush = Math.Max(LargestFlush, _output.WrittenCount);
        if (FailsOnFlush)
        {
            throw new InvalidOperationException("planted");
        }

        if (!IsSlow)
        {
            TakeOutput();
        }

        return !IsSlow;
    }

    void IConnectionTransport.Close()
    {
        TakeOutput();
        IsClosed = true;
    }

    void IConnectionTransport.Abort() => IsClosed = WasAborted = true;

    /// <summary>Sends packets in one piece, and runs the world.</summary>
    public void Send(params Packet[] packets)
    {
        SendLater(packets);
        _world.Run();
    }

    /// <summary>Sends packets in one piece; nothing runs before the test says so.</summary>
    public void SendLater(params Packet[] packets)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var packet in packets)
        {
            PacketWriter.Write(bytes, packet, _version);
        }

        Put(bytes.WrittenSpan);
    }

    public void SendRaw(ReadOnlySpan<byte> bytes)
    {
        Put(bytes);
        _world.Run();
    }

    /// <summary>The network goes away: no DISCONNECT.</summary>
    public void Drop()
    {
        DropLater();
        _world.Run();
    }

    /// <summary>The network goes away; nothing runs before the test says so.</summary>
    public void DropLater()
    {
        IsClosed = true;
        _connection.Tell(new ConnectionProtocol.PeerClosed("connection reset by peer"), ActorRefs.NoSender);
    }

    /// <summary>A slow peer has caught up.</summary>
    public void Drain()
    {
        DrainLater();
        _world.Run();
    }

    /// <summary>A slow peer has caught up; nothing runs before the test says so.</summary>
    public void DrainLater()
    {
        IsSlow = false;
        TakeOutput();
        _connection.Tell(ConnectionProtocol.OutputDrained.Instance, ActorRefs.NoSender);
    }

    /// <summary>Takes the next packet from the inbox; it must be of this type.</summary>
    public T Expect<T>()
        where T : Packet
    {
        Assert.True(_inbox.Count > 0, $"expected {typeof(T).Name}, got nothing");
        return Assert.IsType<T>(_inbox.Dequeue());
    }

    /// <summary>Takes the next packet, which must be a PUBLISH of this topic and payload.</summary>
    public PublishPacket ExpectPublish(string topic, string payload)
    {
        var publish = Expect<PublishPacket>();
        Assert.Equal(topic, publish.Message.Topic.ToString());
        Assert.Equal(payload, Text(publish));
        return publish;
    }

    public void ExpectNothing() => Assert.Equal([], _inbox.Select(p => p.ToString()));

    /// <summary>Takes everything from the inbox.</summary>
    public IReadOnlyList<Packet> TakeAll()
    {
        Packet[] all = [.. _inbox];
        _inbox.Clear();
        return all;
    }

    /// <summary>Empties the inbox, which must hold exactly one packet of this type.</summary>
    public T TakeOnly<T>()
        where T : Packet => Assert.Single(TakeAll().OfType<T>());

    /// <summary>Subscribes and takes the SUBACK.</summary>
    public SubAckPacket Subscribe(string filter, QoS qos = QoS.ExactlyOnce, bool noLocal = false, bool retainAsPublished = false,
        RetainHandling retainHandling = RetainHandling.SendAtSubscribe, uint? identifier = null)
    {
        Send(Packets.Subscribe(1, identifier, new Subscription(Packets.Filter(filter), qos, noLocal, retainAsPublished, retainHandling)));
        return Expect<SubAckPacket>();
    }

    public void Publish(string topic, string payload, QoS qos = QoS.AtMostOnce, ushort id = 0, bool retain = false, bool duplicate = false,
        MessageProperties? properties = null) =>
        Send(Packets.Publish(topic, payload, qos, id, retain, duplicate, properties));

    public static string Text(PublishPacket publish) => System.Text.Encoding.UTF8.GetString(publish.Message.Payload.Span);

    private void Put(ReadOnlySpan<byte> bytes)
    {
        _toBroker = [.. _toBroker, .. bytes];
        Feed();
    }

    private void Feed()
    {
        if (!_demand || _toBroker.Length == 0 || IsClosed)
        {
            return;
        }

        var input = new ReadOnlySequence<byte>(_toBroker);
        _broker.TryReadBatch(ref input, 64 * 1024, out var batch);
        _toBroker = input.ToArray();
        if (batch.Count > 0 || batch.Violation is not null)
        {
            _demand = false;
            _connection.Tell(new ConnectionProtocol.Received(batch), ActorRefs.NoSender);
        }
    }

    private void TakeOutput()
    {
        Received.AddRange(_output.WrittenSpan);
        _fromBroker = [.. _fromBroker, .. _output.WrittenSpan];
        _output.ResetWrittenCount();
        var input = new ReadOnlySequence<byte>(_fromBroker);
        while (_own.TryRead(ref input, out var packet, out var violation) is var status && status != DecodeStatus.NeedMoreBytes)
        {
            Assert.True(status == DecodeStatus.Complete, $"the broker sent bytes that can't be read: {violation}");
            _inbox.Enqueue(packet!);
        }

        _fromBroker = input.ToArray();
    }
}
