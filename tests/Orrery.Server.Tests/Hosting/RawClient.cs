using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;

namespace Orrery.Server.Tests.Hosting;

/// <summary>A client of few words: enough to see that a broker behind a listener answers.</summary>
internal sealed class RawClient : IDisposable
{
    // MQTT 5 CONNECT, clean start, keep-alive 60 s, no properties, client identifier "raw".
    private static readonly byte[] ConnectV5 = [0x10, 16, 0, 4, .. "MQTT"u8, 5, 2, 0, 60, 0, 0, 3, .. "raw"u8];

    private readonly Socket _socket;
    private readonly PacketReader _reader = new(new PacketReaderOptions { Sender = PeerRole.Server, Version = MqttVersion.V5 });
    private ReadOnlySequence<byte> _unread;

    public RawClient(IPEndPoint broker)
    {
        _socket = new Socket(broker.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 20_000, NoDelay = true };
        _socket.Connect(broker);
    }

    public static RawClient ConnectTo(IPEndPoint broker)
    {
        var client = new RawClient(broker);
        client.Send(ConnectV5);
        Assert.Equal(0x20, client.ReceivePacket()[0]);
        return client;
    }

    /// <summary>Connects with MQTT 5; any CONNACK will do.</summary>
    public static RawClient ConnectTo(IPEndPoint broker, ConnectPacket connect)
    {
        var client = new RawClient(broker);
        client.Send(connect);
        return client;
    }

    public void Send(byte[] bytes) => _socket.Send(bytes);

    public void Send(Packet packet)
    {
        var bytes = new ArrayBufferWriter<byte>();
        PacketWriter.Write(bytes, packet, MqttVersion.V5);
        _socket.Send(bytes.WrittenSpan);
    }

    /// <summary>Waits for the next packet, which must be of this type. Not to be mixed with <see cref="ReceivePacket"/>.</summary>
    public T Expect<T>()
        where T : Packet
    {
        while (true)
        {
            var status = _reader.TryRead(ref _unread, out var packet, out var violation);
            Assert.NotEqual(DecodeStatus.Malformed, status);
            Assert.Null(violation);
            if (status == DecodeStatus.Complete) return Assert.IsType<T>(packet);
            var more = new byte[4_096];
            var count = _socket.Receive(more);
            Assert.NotEqual(0, count);
            _unread = new ReadOnlySequence<byte>([.. _unread.ToArray(), .. more[..count]]);
        }
    }

    /// <summary>Subscribes to one filter of fewer than 100 bytes at QoS 0.</summary>
    public void Subscribe(string filter)
    {
        var text = System.Text.Encoding.UTF8.GetBytes(filter);
        Send([0x82, (byte)(text.Length + 6), 0, 1, 0, 0, (byte)text.Length, .. text, 0]);
        Assert.Equal(0x90, ReceivePacket()[0]);
    }

    /// <summary>Publishes a short text at QoS 0.</summary>
    public void Publish(string topic, string payload)
    {
        byte[] body = [0, (byte)topic.Length, .. System.Text.Encoding.UTF8.GetBytes(topic), 0, .. System.Text.Encoding.UTF8.GetBytes(payload)];
        Send([0x30, (byte)body.Length, .. body]);
    }

    /// <summary>One packet of fewer than 128 bytes, whole; empty at the connection's end.</summary>
    public byte[] ReceivePacket()
    {
        var head = Receive(2);
        return head.Length < 2 ? [] : [.. head, .. Receive(head[1])];
    }

    /// <summary>Connects, and waits for the connection's end, however it comes; false if bytes come first.</summary>
    public static bool IsTurnedAway(IPEndPoint broker, ConnectPacket connect)
    {
        try
        {
            using var client = ConnectTo(broker, connect);
            return client._socket.Receive(new byte[1]) == 0;
        }
        catch (SocketException failure) when (failure.SocketErrorCode != SocketError.TimedOut)
        {
            return true;
        }
    }

    public void Ping()
    {
        Send([0xC0, 0]);
        Assert.Equal(new byte[] { 0xD0, 0 }, ReceivePacket());
    }

    public void Dispose() => _socket.Dispose();

    private byte[] Receive(int count)
    {
        var bytes = new byte[count];
        var at = 0;
        while (at < count)
        {
            var some = _socket.Receive(bytes.AsSpan(at));
            if (some == 0) break;
            at += some;
        }

        return bytes[..at];
    }
}
