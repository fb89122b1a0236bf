using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orrery.Benchmarks.EndToEnd;

/// <summary>One MQTT 3.1.1 client of the generator: a socket, and the bytes on their way through it.</summary>
/// <remarks>Speaks only what a load needs, without the engine's own codec, so that an error there can't hide here.</remarks>
internal abstract class LoadConnection : IDisposable
{
    private const int ReceiveBufferBytes = 128 * 1024;
    private const int HandshakeMilliseconds = 5_000;

    private readonly byte[] _received = new byte[ReceiveBufferBytes];
    private int _receivedCount;

    protected LoadConnection(IPEndPoint broker, string clientId, bool cleanSession = true)
    {
        Socket = new Socket(broker.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = HandshakeMilliseconds,
            SendTimeout = HandshakeMilliseconds,
        };
        Socket.Connect(broker);
        Socket.Send(EncodeConnect(clientId, cleanSession));
        IsSessionPresent = (Expect(0x20, 4)[2] & 1) != 0;
    }

    public Socket Socket { get; }

    /// <summary>Whether the broker had a session of this client.</summary>
    public bool IsSessionPresent { get; }

    /// <summary>Whether the kernel refused bytes, so that the socket must become writable first.</summary>
    public bool IsBlocked { get; protected set; }

    /// <summary>What went wrong first, or null.</summary>
    public string? Fault { get; protected set; }

    public void Dispose() => Socket.Dispose();

    /// <summary>Reads once and handles every whole packet.</summary>
    public void Read()
    {
        var count = Socket.Receive(_received.AsSpan(_receivedCount), SocketFlags.None, out var error);
        if (error is SocketError.WouldBlock) return;
        if (error != SocketError.Success || count == 0)
        {
            Fault ??= error == SocketError.Success ? "the broker closed the connection" : $"receive: {error}";
            return;
        }

        _receivedCount += count;
        var rest = _received.AsSpan(0, _receivedCount);
        while (TryTake(ref rest, out var header, out var body))
        {
            OnPacket(header, body);
        }

        rest.CopyTo(_received);
        _receivedCount = rest.Length;
        AfterRead();
    }

    /// <summary>Sends what is ready, as far as the kernel takes it.</summary>
    public abstract void Write();

    protected abstract void OnPacket(byte header, ReadOnlySpan<byte> body);

    protected virtual void AfterRead()
    {
    }

    /// <summary>Sends one piece; returns how many bytes the kernel took.</summary>
    protected int SendSome(ReadOnlySpan<byte> bytes)
    {
        var sent = Socket.Send(bytes, SocketFlags.None, out var error);
        IsBlocked = error == SocketError.WouldBlock || (error == SocketError.Success && sent < bytes.Length);
        if (error is not (SocketError.Success or SocketError.WouldBlock)) Fault ??= $"send: {error}";
        return error == SocketError.Success ? sent : 0;
    }

    /// <summary>Waits, in the blocking handshake, for one packet of a known type and size.</summary>
    protected byte[] Expect(byte header, int size)
    {
        var packet = new byte[size];
        for (var filled = 0; filled < size;)
        {
            var count = Socket.Receive(packet.AsSpan(filled));
            if (count == 0) throw new IOException("The broker closed the connection during the handshake.");
            filled += count;
        }

        // A CONNACK's and a SUBACK's last byte is its code; 0x80 and above, and 1 to 5 in a CONNACK, refuse.
        var refused = header == 0x20 ? packet[^1] != 0 : packet[^1] >= 0x80;
        if (packet[0] != header || refused)
        {
            throw new IOException($"Expected a packet {header:X2}, got {Convert.ToHexString(packet)}.");
        }

        return packet;
    }

    protected static void WriteString(Stream stream, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        stream.WriteByte((byte)(utf8.Length >> 8));
        stream.WriteByte((byte)utf8.Length);
        stream.Write(utf8);
    }

    /// <summary>A SUBSCRIBE, whose answer has 5 bytes.</summary>
    internal static byte[] EncodeSubscribe(ushort identifier, string filter, int qos)
    {
        using var body = new MemoryStream();
        body.Write([(byte)(identifier >> 8), (byte)identifier]);
        WriteString(body, filter);
        body.WriteByte((byte)qos);
        return Frame(0x82, body);
    }

    protected static byte[] Frame(byte header, MemoryStream body)
    {
        using var frame = new MemoryStream();
        frame.WriteByte(header);
        var length = (int)body.Length;
        do
        {
            frame.WriteByte((byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);
        body.WriteTo(frame);
        return frame.ToArray();
    }

    /// <summary>A CONNECT of MQTT 3.1.1 with a keep-alive of 300 s.</summary>
    internal static byte[] EncodeConnect(string clientId, bool cleanSession)
    {
        using var body = new MemoryStream();
        WriteString(body, "MQTT");
        body.Write([4, cleanSession ? (byte)0x02 : (byte)0, 0x01, 0x2C]);
        WriteString(body, clientId);
        return Frame(0x10, body);
    }

    private static bool TryTake(ref Span<byte> rest, out byte header, out ReadOnlySpan<byte> body)
    {
        header = 0;
        body = default;
        int length = 0, at = 1;
        for (var shift = 0; ; shift += 7, at++)
        {
            if (at >= rest.Length) return false;
            length |= (rest[at] & 0x7F) << shift;
            if (rest[at] < 0x80) break;
        }

        if (rest.Length < at + 1 + length) return false;
        header = rest[0];
        body = rest.Slice(at + 1, length);
        rest = rest[(at + 1 + length)..];
        return true;
    }

    protected static ushort ReadUInt16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
