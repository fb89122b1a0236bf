using System.Buffers;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Client.Tests;

/// <summary>A client core with a server's eyes: packets out of its bytes, bytes into it, and a clock that is set by hand.</summary>
internal sealed class ClientHarness
{
    private readonly ClientOptions _options;
    private ArrayBufferWriter<byte> _output = new();
    private PacketReader _reader;
    private byte[] _rest = [];

    public ClientHarness(ClientOptions? options = null)
    {
        _options = options ?? new ClientOptions { ClientId = "c" };
        Core = new ClientCore(_options);
        _reader = NewReader();
    }

    public ClientCore Core { get; }

    public TimeSpan Now { get; set; } = TimeSpan.FromSeconds(1_000);

    public static ClientHarness Connected(ClientOptions? options = null, ConnAckPacket? connAck = null)
    {
        var harness = new ClientHarness(options);
        harness.Connect(connAck);
        harness.Sent();
        harness.Events();
        return harness;
    }

    public static ApplicationMessage Message(string topic, QoS qos = QoS.AtMostOnce, string payload = "p") => new()
    {
        Topic = TopicName.Parse(topic),
        Payload = System.Text.Encoding.UTF8.GetBytes(payload),
        QoS = qos,
    };

    public void Open(bool? cleanStart = null)
    {
        _output = new ArrayBufferWriter<byte>();
        _reader = NewReader();
        _rest = [];
        Core.Open(_output, Now, cleanStart);
    }

    public void Connect(ConnAckPacket? connAck = null)
    {
        Open();
        Give(connAck ?? new ConnAckPacket());
    }

    /// <summary>The network is gone, and a new connection resumes the session.</summary>
    public void Reconnect(ConnAckPacket? connAck = null)
    {
        Core.CloseTransport("cut");
        Connect(connAck ?? new ConnAckPacket { SessionPresent = true });
    }

    public void Give(params Packet[] packets)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var packet in packets) PacketWriter.Write(bytes, packet, _options.Version);
        GiveBytes(bytes.WrittenMemory);
    }

    public void GiveBytes(ReadOnlyMemory<byte> bytes)
    {
        var input = new ReadOnlySequence<byte>((byte[])[.. _rest, .. bytes.Span]);
        Core.Receive(ref input, Now);
        _rest = input.ToArray();
    }

    /// <summary>The bytes that the client wrote on this connection, all of them.</summary>
    public byte[] Bytes => _output.WrittenSpan.ToArray();

    /// <summary>The packets that the client wrote since the last call.</summary>
    public List<Packet> Sent()
    {
        var packets = new List<Packet>();
        var input = new ReadOnlySequence<byte>(_output.WrittenMemory);
        while (!input.IsEmpty)
        {
            Assert.Equal(DecodeStatus.Complete, _reader.TryRead(ref input, out var packet, out _));
            packets.Add(packet!);
        }
        _output.Clear();
        return packets;
    }

    public List<ClientEvent> Events()
    {
        var events = new List<ClientEvent>();
        while (Core.TryNextEvent(out var next)) events.Add(next!);
        return events;
    }

    public List<Packet> Tick(double afterSeconds)
    {
        Now += TimeSpan.FromSeconds(afterSeconds);
        Core.Tick(Now);
        return Sent();
    }

    private PacketReader NewReader() => new(new PacketReaderOptions { Sender = PeerRole.Client, TopicAliasMaximum = 10 });
}
