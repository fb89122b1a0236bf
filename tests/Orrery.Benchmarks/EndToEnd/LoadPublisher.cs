using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;

namespace Orrery.Benchmarks.EndToEnd;

/// <summary>Publishes numbered messages from a buffer that was encoded once: only numbers and identifiers change.</summary>
internal sealed class LoadPublisher : LoadConnection
{
    // About what one segment of a socket's buffer holds, so that a broker sees many packets a read, as under a burst.
    private const int WriteBytes = 4096;

    private readonly int _qos;
    private readonly int _window;
    private readonly Latencies? _latencies;
    private readonly long[] _sentAt;                    // of each packet that waits for its PUBACK
    private readonly byte[] _buffer;
    private readonly int _packetBytes;
    private readonly int _identifierOffset;
    private readonly int _payloadOffset;
    private readonly int _packetsMax;
    private int _sent;
    private int _ready;
    private ushort _nextIdentifier = 1;
    private ushort _nextAcknowledged = 1;
    private int _unacknowledged;

    // latencies gets the time from each PUBLISH to its PUBACK; null where nobody wants to know.
    public LoadPublisher(IPEndPoint broker, Workload workload, int index, Latencies? latencies = null)
        : base(broker, $"bench-p{index}")
    {
        _qos = workload.QoS;
        _window = workload.Window;
        _latencies = latencies;
        _sentAt = latencies is null ? [] : new long[_window];
        using var body = new MemoryStream();
        WriteString(body, workload.TopicOf(index));
        var identifierInBody = (int)body.Length;
        if (_qos > 0) body.Write([0, 0]);
        var payloadInBody = (int)body.Length;
        var payload = new byte[workload.PayloadBytes];
        BinaryPrimitives.WriteInt32LittleEndian(payload, index);
        body.Write(payload);

        var packet = Frame((byte)(0x30 | (_qos << 1)), body);
        _packetBytes = packet.Length;
        var headerBytes = packet.Length - (int)body.Length;
        _identifierOffset = headerBytes + identifierInBody;
        _payloadOffset = headerBytes + payloadInBody;
        _packetsMax = Math.Max(1, WriteBytes / _packetBytes);
        _buffer = new byte[_packetsMax * _packetBytes];
        for (var i = 0; i < _packetsMax; i++) packet.CopyTo(_buffer.AsSpan(i * _packetBytes));
        Socket.Blocking = false;
    }

    /// <summary>Messages handed to the kernel or waiting in the buffer for it.</summary>
    public long Published { get; private set; }

    /// <summary>At QoS 1, messages whose PUBACK has come.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>The most that one write can carry now.</summary>
    public int Room => IsBlocked ? 0 : _qos == 0 ? _packetsMax : Math.Min(_packetsMax, _window - _unacknowledged);

    /// <summary>Numbers and sends up to <paramref name="count"/> messages in one write.</summary>
    public void Publish(int count)
    {
        var now = _latencies is null ? 0 : Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var packet = _buffer.AsSpan(i * _packetBytes, _packetBytes);
            if (_latencies is not null) _sentAt[Published % _window] = now;
            BinaryPrimitives.WriteInt64LittleEndian(packet[(_payloadOffset + 4)..], Published++);
            if (_qos == 0) continue;
            BinaryPrimitives.WriteUInt16BigEndian(packet[_identifierOffset..], _nextIdentifier);
            _nextIdentifier = Next(_nextIdentifier);
            _unacknowledged++;
        }

        _sent = 0;
        _ready = count * _packetBytes;
        Write();
    }

    public override void Write() => _sent += SendSome(_buffer.AsSpan(_sent, _ready - _sent));

    protected override void OnPacket(byte header, ReadOnlySpan<byte> body)
    {
        // Acknowledgements come in the order of the PUBLISHes [MQTT-4.6.0-2].
        if (header != 0x40 || body.Length != 2 || ReadUInt16(body) != _nextAcknowledged)
        {
            Fault ??= $"expected PUBACK {_nextAcknowledged}, got {header:X2} {Convert.ToHexString(body)}";
            return;
        }

        _nextAcknowledged = Next(_nextAcknowledged);
        _unacknowledged--;
        _latencies?.Add(Stopwatch.GetTimestamp() - _sentAt[Acknowledged % _window]);
        Acknowledged++;
    }

    private static ushort Next(ushort identifier) => identifier == ushort.MaxValue ? (ushort)1 : (ushort)(identifier + 1);
}
