using System.Buffers;
using System.Buffers.Binary;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Reports;

namespace Orrery.Simulation.Tests.Reports;

/// <summary>Reads captures back by the rules of pcapng, IPv4 and TCP; tests/interop has tshark read them.</summary>
public sealed class PcapngWriterTests
{
    private const byte Fin = 0x01, Syn = 0x02, Reset = 0x04, Acknowledge = 0x10;

    [Fact]
    public void The_streams_of_TCP_are_the_bytes_that_were_sent()
    {
        var history = SampleHistory.ExactlyOnce().History;

        var frames = Frames(history);

        foreach (var (client, broker, connection) in new[] { ("pub", "b1", "pub#1"), ("pub", "b1", "pub#2") })
        {
            foreach (var from in new[] { client, broker })
            {
                var sent = history.Events.Where(happened => happened.Kind == HistoryKind.PacketSent && happened.Connection == connection && happened.Node == from);
                var port = connection == "pub#1" ? 49152 : 49153;
                var stream = frames.Where(frame => from == client ? frame.SourcePort == port : frame.DestinationPort == port);
                Assert.Equal(sent.SelectMany(happened => happened.Packet!.Bytes.ToArray()), stream.SelectMany(frame => frame.Payload));
            }
        }
    }

    [Fact]
    public void Numbers_follow_each_other_and_nothing_is_acknowledged_that_was_not_sent()
    {
        foreach (var conversation in Frames(SampleHistory.ExactlyOnce().History).GroupBy(frame => Math.Max(frame.SourcePort, frame.DestinationPort)))
        {
            var next = new Dictionary<ushort, uint>();
            foreach (var frame in conversation)
            {
                if (next.TryGetValue(frame.SourcePort, out var expected)) Assert.Equal(expected, frame.Sequence);
                if ((frame.Flags & Acknowledge) != 0) Assert.InRange(frame.Acknowledged, 0u, next.GetValueOrDefault(frame.DestinationPort));
                next[frame.SourcePort] = frame.Sequence + (uint)frame.Payload.Length + ((frame.Flags & (Syn | Fin)) == 0 ? 0u : 1u);
            }
        }
    }

    [Fact]
    public void A_connection_opens_with_a_handshake_and_ends_as_it_ended()
    {
        var frames = Frames(SampleHistory.ExactlyOnce().History);

        var first = frames.Where(frame => frame.SourcePort == 49152 || frame.DestinationPort == 49152).Select(frame => frame.Flags).ToArray();
        Assert.Equal([Syn, Syn | Acknowledge, Acknowledge], first[..3]);
        Assert.Equal(Reset, first[^1] & Reset);
        Assert.DoesNotContain(first, flags => (flags & Fin) != 0);
        var second = frames.Where(frame => frame.SourcePort == 49153 || frame.DestinationPort == 49153).Select(frame => frame.Flags).ToArray();
        Assert.Equal([Fin | Acknowledge, Fin | Acknowledge, Acknowledge], second[^3..]);
        Assert.DoesNotContain(second, flags => (flags & Reset) != 0);
    }

    [Fact]
    public void A_packet_that_never_arrives_is_there_with_a_comment()
    {
        var history = SampleHistory.ExactlyOnce().History;

        var commented = Assert.Single(Frames(history), frame => frame.Comment is not null);

        var lost = history.Events.Single(happened => happened is { Kind: HistoryKind.PacketSent, Connection: "pub#1", Packet.Packet: PubRelPacket });
        Assert.Equal(lost.Packet!.Bytes.ToArray(), commented.Payload);
        Assert.Equal($"event {lost.Index}: never arrives", commented.Comment);
        Assert.Equal(lost.Nanoseconds, commented.Nanoseconds);
    }

    [Fact]
    public void A_large_packet_takes_several_segments()
    {
        var sample = new SampleHistory();
        sample.Connect("c", "b1", 1);
        sample.Exchange("c#1", "c", "b1", new PublishPacket { Message = SampleHistory.Message("t", new string('x', 5_001), QoS.AtMostOnce) });

        var frames = Frames(sample.History);

        Assert.All(frames, frame => Assert.InRange(frame.Payload.Length, 0, 1460));
        Assert.Equal(4, frames.Count(frame => frame.Payload.Length > 600));
    }

    [Fact]
    public void Bytes_that_are_no_packet_are_there_as_they_were_sent()
    {
        var sample = new SampleHistory();
        sample.Connect("c", "b1", 1);
        sample.History.Add(sample.Add(HistoryKind.Malformed, "c", "c#1", "b1", detail: "a reserved type") with { Bytes = new byte[] { 0x00, 0x01, 0xFF } });
        sample.Add(HistoryKind.Malformed, "b1", "c#1", "c", detail: "a reserved type");

        Assert.Equal([0x00, 0x01, 0xFF], Frames(sample.History).Last(frame => frame.Payload.Length > 0).Payload);
    }

    [Theory]
    [InlineData("refused", 2)]          // SYN, RST
    [InlineData("timeout", 1)]          // nobody answers
    [InlineData("closed", 1)]           // the client gives up before
    public void A_connection_that_never_opened_has_no_handshake(string end, int frames)
    {
        var sample = new SampleHistory();
        sample.Add(HistoryKind.ConnectionRequested, "c", "c#1", "b1");
        sample.Add(HistoryKind.ConnectionEnded, "c", "c#1", "b1", end);

        Assert.Equal(frames, Frames(sample.History).Count);
    }

    [Fact]
    public void Every_client_and_broker_has_an_address_of_its_own_with_its_name()
    {
        var sample = new SampleHistory();
        for (var number = 0; number < 300; number++) sample.Connect($"c[{number}]", number % 2 == 0 ? "b1" : "b2", 1);

        var bytes = Write(sample.History);
        var frames = FramesOf(bytes);

        Assert.Equal(300, frames.Where(frame => frame.DestinationPort == 1883).Select(frame => frame.Source).Distinct().Count());
        Assert.Equal(2, frames.Where(frame => frame.SourcePort == 1883).Select(frame => frame.Source).Distinct().Count());
        Assert.All(frames, frame => Assert.Equal(1883, Math.Min(frame.SourcePort, frame.DestinationPort)));
        Assert.True(bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x0A, 0, 1, 0x2C, .. "c[299]\0"u8]) > 0, "10.0.1.44 is not named c[299]");
    }

    private static List<Frame> Frames(History history) => FramesOf(Write(history));

    private static byte[] Write(History history)
    {
        var output = new ArrayBufferWriter<byte>();
        PcapngWriter.Write(history, output);
        return output.WrittenSpan.ToArray();
    }

    private static List<Frame> FramesOf(byte[] file)
    {
        var frames = new List<Frame>();
        var position = 0;
        while (position < file.Length)
        {
            var block = file.AsSpan(position);
            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(block[4..]);
            Assert.Equal(0, length % 4);
            Assert.Equal((uint)length, BinaryPrimitives.ReadUInt32LittleEndian(block[(length - 4)..]));
            var type = BinaryPrimitives.ReadUInt32LittleEndian(block);
            if (position == 0) Assert.Equal(0x0A0D0D0Au, type);
            if (type == 6) frames.Add(Frame.Read(block[..length]));
            position += length;
        }
        return frames;
    }

    private sealed record Frame(
        long Nanoseconds, uint Source, uint Destination, ushort SourcePort, ushort DestinationPort,
        uint Sequence, uint Acknowledged, byte Flags, byte[] Payload, string? Comment)
    {
        public static Frame Read(ReadOnlySpan<byte> block)
        {
            var time = (long)BinaryPrimitives.ReadUInt32LittleEndian(block[12..]) << 32 | BinaryPrimitives.ReadUInt32LittleEndian(block[16..]);
            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(block[20..]);
            var frame = block.Slice(28, length);
            var options = block[(28 + (length + 3) / 4 * 4)..^4];
            string? comment = null;
            if (!options.IsEmpty)
            {
                Assert.Equal(1, BinaryPrimitives.ReadUInt16LittleEndian(options));
                comment = System.Text.Encoding.UTF8.GetString(options.Slice(4, BinaryPrimitives.ReadUInt16LittleEndian(options[2..])));
            }

            Assert.Equal(0x0800, BinaryPrimitives.ReadUInt16BigEndian(frame[12..]));
            var internet = frame[14..34];
            Assert.Equal(length - 14, BinaryPrimitives.ReadUInt16BigEndian(internet[2..]));
            Assert.Equal(0xFFFF, OnesComplementSum(internet));
            var segment = frame[34..].ToArray();
            byte[] pseudo = [.. internet[12..20], 0, 6, (byte)(segment.Length >> 8), (byte)segment.Length, .. segment];
            Assert.Equal(0xFFFF, OnesComplementSum(pseudo));
            return new Frame(
                time,
                BinaryPrimitives.ReadUInt32BigEndian(internet[12..]),
                BinaryPrimitives.ReadUInt32BigEndian(internet[16..]),
                BinaryPrimitives.ReadUInt16BigEndian(segment),
                BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(2)),
                BinaryPrimitives.ReadUInt32BigEndian(segment.AsSpan(4)),
                BinaryPrimitives.ReadUInt32BigEndian(segment.AsSpan(8)),
                segment[13],
                segment[((segment[12] >> 4) * 4)..],
                comment);
        }

        // 0xFFFF where the checksum in the bytes is right.
        private static int OnesComplementSum(ReadOnlySpan<byte> bytes)
        {
            var sum = 0;
            for (var index = 0; index < bytes.Length; index++)
            {
                sum += index % 2 == 0 ? bytes[index] << 8 : bytes[index];
                if (sum > 0xFFFF) sum -= 0xFFFF;
            }
            return sum;
        }
    }
}
