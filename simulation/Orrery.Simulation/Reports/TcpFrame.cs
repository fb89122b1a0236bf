using System.Buffers.Binary;

namespace Orrery.Simulation.Reports;

/// <summary>Flags of a TCP segment (RFC 9293 §3.1).</summary>
[Flags]
internal enum TcpFlags : byte
{
    None = 0,
    Fin = 0x01,
    Syn = 0x02,
    Reset = 0x04,
    Push = 0x08,
    Acknowledge = 0x10,
}

/// <summary>One end of a TCP connection.</summary>
/// <param name="Address">IPv4.</param>
/// <param name="Port">TCP.</param>
internal readonly record struct TcpEndPoint(uint Address, ushort Port);

/// <summary>Builds Ethernet frames that hold IPv4 and TCP, with their checksums.</summary>
internal static class TcpFrame
{
    private const int EthernetLength = 14;
    private const int InternetLength = 20;
    private const int TcpLength = 20;
    private const byte TimeToLive = 64;
    private const byte Tcp = 6;                     // the protocol's number in IPv4
    private const ushort DoNotFragment = 0x4000;

    // A SYN offers segments of 1,460 bytes and windows times 2^14, so that no reader of the capture finds a window full.
    private static ReadOnlySpan<byte> SynOptions => [2, 4, SegmentMax >> 8, SegmentMax & 0xFF, 3, 3, 14, 1];

    /// <summary>Bytes of payload in one segment: what fits into Ethernet's 1,500.</summary>
    public const int SegmentMax = 1460;

    /// <summary>A frame.</summary>
    public static byte[] Build(TcpEndPoint from, TcpEndPoint to, uint sequence, uint acknowledged, TcpFlags flags, ReadOnlySpan<byte> payload)
    {
        var options = flags.HasFlag(TcpFlags.Syn) ? SynOptions : [];
        var segmentLength = TcpLength + options.Length + payload.Length;
        var frame = new byte[EthernetLength + InternetLength + segmentLength];

        WriteHardwareAddress(frame, to.Address);
        WriteHardwareAddress(frame.AsSpan(6), from.Address);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x0800);       // IPv4

        var internet = frame.AsSpan(EthernetLength, InternetLength);
        internet[0] = 0x45;                         // version 4, a header of 5 words
        BinaryPrimitives.WriteUInt16BigEndian(internet[2..], (ushort)(InternetLength + segmentLength));
        BinaryPrimitives.WriteUInt16BigEndian(internet[6..], DoNotFragment);
        internet[8] = TimeToLive;
        internet[9] = Tcp;
        BinaryPrimitives.WriteUInt32BigEndian(internet[12..], from.Address);
        BinaryPrimitives.WriteUInt32BigEndian(internet[16..], to.Address);
        BinaryPrimitives.WriteUInt16BigEndian(internet[10..], Fold(Sum(internet)));

        var segment = frame.AsSpan(EthernetLength + InternetLength);
        BinaryPrimitives.WriteUInt16BigEndian(segment, from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment[2..], to.Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment[8..], acknowledged);
        segment[12] = (byte)((TcpLength + options.Length) / sizeof(uint) << 4);
        segment[13] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment[14..], ushort.MaxValue);
        options.CopyTo(segment[TcpLength..]);
        payload.CopyTo(segment[(TcpLength + options.Length)..]);

        // The checksum also covers both addresses, the protocol and the length (RFC 9293 §3.1).
        var sum = Sum(internet[12..]) + Tcp + (uint)segmentLength + Sum(segment);
        BinaryPrimitives.WriteUInt16BigEndian(segment[16..], Fold(sum));
        return frame;
    }

    // Locally administered, and as unique as the IPv4 address in it.
    private static void WriteHardwareAddress(Span<byte> at, uint address)
    {
        at[0] = 0x02;
        BinaryPrimitives.WriteUInt32BigEndian(at[2..], address);
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = 0u;                               // 750 words of 16 bits stay far below 2^32
        while (bytes.Length >= sizeof(ushort))
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[sizeof(ushort)..];
        }
        return bytes.IsEmpty ? sum : sum + ((uint)bytes[0] << 8);
    }

    private static ushort Fold(uint sum)
    {
        while (sum > ushort.MaxValue) sum = (sum >> 16) + (sum & ushort.MaxValue);
        return (ushort)~sum;
    }
}
