using System.Buffers;
using Orrery.Mqtt.Packets;

namespace Orrery.Mqtt.Codec;

/// <summary>Turns the bytes of one direction of one connection into packets, however they are cut. Does no IO.</summary>
/// <remarks>
/// It keeps the version and the topic aliases of the connection, and no bytes: input that is not consumed must be given
/// again with what arrives next. No input makes it throw. Once a rule is broken it stays broken: every later call says
/// so again. One thread at a time.
/// </remarks>
public sealed class PacketReader
{
    /// <summary>The largest packet of the protocol in bytes: a first byte, a length of four, and what that can say.</summary>
    public const uint PacketSizeMax = 1 + 4 + VariableByteInteger.Max;

    private readonly PacketReaderOptions _options;
    private InboundTopics? _topics;
    private ProtocolViolation? _violation;

    /// <summary>Starts before the first byte of a connection.</summary>
    /// <exception cref="ArgumentException">The sender is a server and the version is missing, or a limit is below 1.</exception>
    public PacketReader(PacketReaderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.TopicLevelsMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ItemsPerPacketMax, 1);
        if (options.Sender == PeerRole.Server && options.Version is null)
        {
            throw new ArgumentException("A server's packets do not say their version: it must be given.", nameof(options));
        }
        _options = options;
        Version = options.Version;
    }

    /// <summary>The version of the connection; null until a valid CONNECT was read.</summary>
    public MqttVersion? Version { get; private set; }

    /// <summary>The protocol level that CONNECT asked for, so that a refusal can be worded in it; null until it is known.</summary>
    /// <value>3 to 5 in the supported versions, and any other number of a client that asks for something else.</value>
    public byte? RequestedProtocolLevel { get; private set; }

    /// <summary>Reads one packet.</summary>
    /// <param name="input">What has arrived and is not consumed. If complete, it starts behind the packet afterwards; else it is unchanged.</param>
    /// <param name="packet">The packet if complete, else null. It keeps no part of the input.</param>
    /// <param name="violation">The rule that is broken if malformed, else null.</param>
    public DecodeStatus TryRead(ref ReadOnlySequence<byte> input, out Packet? packet, out ProtocolViolation? violation)
    {
        var status = Read(ref input, int.MaxValue, countMax: 1, out var batch);
        packet = batch.Count > 0 ? batch[0] : null;
        violation = batch.Violation;

        // A packet and a violation behind it never come together here: the scan stops behind the packet.
        return status;
    }

    /// <summary>Reads as many whole packets as there are, up to a number of bytes.</summary>
    /// <param name="input">What has arrived and is not consumed. Starts behind the last packet of the batch afterwards.</param>
    /// <param name="bytesMax">How many bytes the packets may take together; the first may take more alone.</param>
    /// <param name="batch">The packets, which share one copy of their bytes. Ends with CONNECT, and where a rule is broken.</param>
    /// <returns>
    /// Complete with one packet or more; NeedMoreBytes without any; Malformed if <see cref="PacketBatch.Violation"/> says
    /// why, and then there may still be packets in front of it, which were valid.
    /// </returns>
    public DecodeStatus TryReadBatch(ref ReadOnlySequence<byte> input, int bytesMax, out PacketBatch batch) =>
        Read(ref input, bytesMax, countMax: int.MaxValue, out batch);

    private DecodeStatus Read(ref ReadOnlySequence<byte> input, int bytesMax, int countMax, out PacketBatch batch)
    {
        if (_violation is not null)
        {
            batch = new PacketBatch([], 0, 0, _violation);
            return DecodeStatus.Malformed;
        }

        var scan = FrameScan.Of(input, _options, Version, bytesMax, countMax);
        if (scan.Count == 0)
        {
            _violation = scan.Failure?.In(Version);
            batch = _violation is null ? PacketBatch.Empty : new PacketBatch([], 0, 0, _violation);
            return _violation is null ? DecodeStatus.NeedMoreBytes : DecodeStatus.Malformed;
        }

        // A ping has no parts: one batch serves all. What CONNECT asked for is of interest only where it breaks a rule.
        if (scan is { Bytes: 2, Count: 1, Failure: null } && input.FirstSpan is [var first, ..] && Ping(first) is { } ping)
        {
            input = input.Slice(2);
            batch = ping;
            return DecodeStatus.Complete;
        }

        // One array for the bytes of the whole batch: payloads are slices of it, and live as long as any of them does.
        var slab = new byte[scan.Bytes];
        input.Slice(0, scan.Bytes).CopyTo(slab);
        var packets = new Packet[scan.Count];
        var ends = new int[scan.Count];
        var count = 0;
        var position = 0;
        while (count < packets.Length)
        {
            if (ReadPacket(slab, position, out var end) is not { } packet) break;
            packets[count] = packet;
            ends[count++] = end;
            position = end;
        }
        if (count == packets.Length) _violation = scan.Failure?.In(Version);

        input = input.Slice(position);
        batch = new PacketBatch(packets, count, position, _violation, RequestedProtocolLevel, slab, ends);
        return _violation is null ? DecodeStatus.Complete : DecodeStatus.Malformed;
    }

    private static PacketBatch? Ping(byte first) => (ControlPacketType)(first >> 4) switch
    {
        ControlPacketType.PingReq => PacketBatch.PingReq,
        ControlPacketType.PingResp => PacketBatch.PingResp,
        _ => null,
    };

    /// <summary>Reads the packet whose bytes start at a position; null, with the violation set, if it breaks a rule.</summary>
    private Packet? ReadPacket(byte[] slab, int start, out int end)
    {
        var first = slab[start];
        VariableByteInteger.TryRead(slab.AsSpan(start + 1), out var remainingLength, out var lengthBytes);
        var bodyStart = start + 1 + lengthBytes;
        end = bodyStart + remainingLength;

        var cursor = new PacketCursor(slab, bodyStart, end, Version ?? MqttVersion.V5)
        {
            Sender = _options.Sender,
            ItemsMax = _options.ItemsPerPacketMax,
            TopicLevelsMax = _options.TopicLevelsMax,
        };
        var packet = ReadBody(ref cursor, first);
        if (cursor.Failure is null && cursor.Remaining == 0) return packet;

        _violation = (cursor.Failure ?? Rules.TrailingBytes).In(cursor.Version);
        return null;
    }

    private Packet? ReadBody(ref PacketCursor cursor, byte first)
    {
        var type = (ControlPacketType)(first >> 4);
        switch (type)
        {
            case ControlPacketType.Publish:
                _topics ??= new InboundTopics(_options.TopicAliasMaximum, _options.TopicLevelsMax);
                return PublishCodec.Read(ref cursor, first, _topics);
            case ControlPacketType.PubAck or ControlPacketType.PubRec or ControlPacketType.PubRel or ControlPacketType.PubComp:
                return AcknowledgementCodec.Read(ref cursor, type);
            case ControlPacketType.Connect:
                return ReadConnect(ref cursor);
            case ControlPacketType.ConnAck:
                return ConnAckCodec.Read(ref cursor);
            case ControlPacketType.Subscribe:
                return SubscribeCodec.Read(ref cursor);
            case ControlPacketType.SubAck:
                return SubAckCodec.Read(ref cursor);
            case ControlPacketType.Unsubscribe:
                return UnsubscribeCodec.Read(ref cursor);
            case ControlPacketType.UnsubAck:
                return SubAckCodec.ReadUnsubAck(ref cursor);
            case ControlPacketType.PingReq:
                return PingReqPacket.Instance;
            case ControlPacketType.PingResp:
                return PingRespPacket.Instance;
            case ControlPacketType.Disconnect:
                return DisconnectCodec.Read(ref cursor);
            default:
                return AuthCodec.Read(ref cursor);          // the scan lets no other type through
        }
    }

    private ConnectPacket ReadConnect(ref PacketCursor cursor)
    {
        var packet = ConnectCodec.Read(ref cursor, out var requestedLevel);
        RequestedProtocolLevel = requestedLevel;
        if (cursor.Failure is null && cursor.Remaining == 0) Version = packet.Version;
        return packet;
    }
}
