using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Orrery.Simulation.Reports;

/// <summary>The blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian.</summary>
internal static class PcapngBlocks
{
    private const uint SectionHeader = 0x0A0D0D0A;
    private const uint InterfaceDescription = 1;
    private const uint NameResolution = 4;
    private const uint EnhancedPacket = 6;

    private const ushort EndOfOptions = 0;
    private const ushort Comment = 1;
    private const ushort UserApplication = 4;       // of a section
    private const ushort InterfaceName = 2;
    private const ushort TimestampResolution = 9;
    private const byte Nanoseconds = 9;             // 10^-9 s
    private const ushort Ethernet = 1;
    private const ushort NamedIPv4 = 1;

    /// <summary>What starts a file: one section, one Ethernet interface with times in nanoseconds.</summary>
    public static void WriteStart(IBufferWriter<byte> output)
    {
        var section = new Block(SectionHeader);
        section.UInt32(0x1A2B3C4D);                 // tells the order of bytes
        section.UInt16(1);
        section.UInt16(0);
        section.UInt32(uint.MaxValue);              // the section's length is not given
        section.UInt32(uint.MaxValue);
        section.Option(UserApplication, "Orrery"u8);
        section.Option(EndOfOptions, []);
        section.WriteTo(output);

        var description = new Block(InterfaceDescription);
        description.UInt16(Ethernet);
        description.UInt16(0);
        description.UInt32(0);                      // no limit to a captured packet
        description.Option(InterfaceName, "simulation"u8);
        description.Option(TimestampResolution, [Nanoseconds]);
        description.Option(EndOfOptions, []);
        description.WriteTo(output);
    }

    /// <summary>Names of addresses, which Wireshark shows when it resolves names from the capture.</summary>
    public static void WriteNames(IEnumerable<(uint Address, string Name)> names, IBufferWriter<byte> output)
    {
        var block = new Block(NameResolution);
        Span<byte> address = stackalloc byte[sizeof(uint)];
        foreach (var (number, name) in names)
        {
            BinaryPrimitives.WriteUInt32BigEndian(address, number);
            block.Option(NamedIPv4, [.. address, .. Encoding.UTF8.GetBytes(name), 0]);
        }
        block.Option(EndOfOptions, []);
        block.WriteTo(output);
    }

    /// <summary>One frame.</summary>
    /// <param name="nanoseconds">Since the start of the run, which is shown as 1970.</param>
    /// <param name="frame">All of it.</param>
    /// <param name="comment">For whoever looks; null for none.</param>
    /// <param name="output">Where to.</param>
    public static void WriteFrame(long nanoseconds, ReadOnlySpan<byte> frame, string? comment, IBufferWriter<byte> output)
    {
        var block = new Block(EnhancedPacket);
        block.UInt32(0);
        block.UInt32((uint)(nanoseconds >> 32));
        block.UInt32((uint)nanoseconds);
        block.UInt32((uint)frame.Length);
        block.UInt32((uint)frame.Length);
        block.Padded(frame);
        if (comment is not null)
        {
            block.Option(Comment, Encoding.UTF8.GetBytes(comment));
            block.Option(EndOfOptions, []);
        }
        block.WriteTo(output);
    }

    private readonly ref struct Block(uint type)
    {
        private const int Frame = 3 * sizeof(uint);             // type, length, and the length again

        private readonly ArrayBufferWriter<byte> _body = new();

        public void UInt16(ushort value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_body.GetSpan(sizeof(ushort)), value);
            _body.Advance(sizeof(ushort));
        }

        public void UInt32(uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_body.GetSpan(sizeof(uint)), value);
            _body.Advance(sizeof(uint));
        }

        public void Padded(ReadOnlySpan<byte> bytes)
        {
            _body.Write(bytes);
            for (var length = bytes.Length; length % sizeof(uint) != 0; length++) _body.Write([(byte)0]);
        }

        public void Option(ushort code, ReadOnlySpan<byte> value)
        {
            UInt16(code);
            UInt16((ushort)value.Length);
            Padded(value);
        }

        public void WriteTo(IBufferWriter<byte> output)
        {
            var length = _body.WrittenCount + Frame;
            var head = output.GetSpan(2 * sizeof(uint));
            BinaryPrimitives.WriteUInt32LittleEndian(head, type);
            BinaryPrimitives.WriteUInt32LittleEndian(head[sizeof(uint)..], (uint)length);
            output.Advance(2 * sizeof(uint));
            output.Write(_body.WrittenSpan);
            BinaryPrimitives.WriteUInt32LittleEndian(output.GetSpan(sizeof(uint)), (uint)length);
            output.Advance(sizeof(uint));
        }
    }
}
