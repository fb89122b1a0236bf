using Orrery.Mqtt.Packets;

namespace Orrery.Mqtt.Codec;

/// <summary>Packets that arrived together, in order. Immutable, so any thread may read it.</summary>
public sealed class PacketBatch
{
    private readonly Packet[] _packets;
    private readonly byte[] _slab = [];
    private readonly int[] _ends = [];                      // where each packet ends in the slab

    /// <summary>Makes a batch of packets that are at hand, as tests do.</summary>
    /// <param name="packets">In order. The batch keeps the array: it must not change.</param>
    /// <param name="bytes">How many bytes they took on the wire.</param>
    /// <param name="violation">What came behind them, if that breaks a rule.</param>
    public PacketBatch(Packet[] packets, int bytes = 0, ProtocolViolation? violation = null)
        : this(packets, packets?.Length ?? 0, bytes, violation) => ArgumentNullException.ThrowIfNull(packets);

    internal PacketBatch(Packet[] packets, int count, int bytes, ProtocolViolation? violation,
        byte? requestedProtocolLevel = null, byte[]? slab = null, int[]? ends = null)
    {
        RequestedProtocolLevel = requestedProtocolLevel;
        _slab = slab ?? [];
        _ends = ends ?? [];
        _packets = packets;
        Count = count;
        Bytes = bytes;
        Violation = violation;
    }

    /// <summary>A batch of nothing.</summary>
    public static PacketBatch Empty { get; } = new([], 0, 0, null);

    /// <summary>One PINGREQ.</summary>
    internal static PacketBatch PingReq { get; } = new([PingReqPacket.Instance], 1, 2, null, null, [0xC0, 0], [2]);

    /// <summary>One PINGRESP.</summary>
    internal static PacketBatch PingResp { get; } = new([PingRespPacket.Instance], 1, 2, null, null, [0xD0, 0], [2]);

    /// <summary>The packets in the order of arrival.</summary>
    public ReadOnlySpan<Packet> Packets => _packets.AsSpan(0, Count);

    /// <summary>How many packets there are, 0 or more.</summary>
    public int Count { get; }

    /// <summary>How many bytes the packets took on the wire; those that broke a rule are not counted.</summary>
    public int Bytes { get; }

    /// <summary>What the peer did wrong behind these packets, which ends the connection once they are handled; null if nothing.</summary>
    public ProtocolViolation? Violation { get; }

    /// <summary>The protocol level of a CONNECT that breaks a rule, so that a refusal can be worded in it; null if it is unknown.</summary>
    public byte? RequestedProtocolLevel { get; }

    /// <summary>The bytes of the packets from one index up to another, as they arrived.</summary>
    /// <param name="first">The first packet.</param>
    /// <param name="end">The packet behind the last.</param>
    /// <returns>A slice of the batch's one copy; empty for a batch that was not read from bytes.</returns>
    public ReadOnlyMemory<byte> BytesOf(int first, int end)
    {
        if (_ends.Length == 0 || first >= end) return default;
        var start = first == 0 ? 0 : _ends[first - 1];
        return _slab.AsMemory(start, _ends[end - 1] - start);
    }

    /// <summary>The packet at an index from 0 to <see cref="Count"/> - 1.</summary>
    /// <exception cref="IndexOutOfRangeException">The index is outside.</exception>
    public Packet this[int index] => Packets[index];
}
