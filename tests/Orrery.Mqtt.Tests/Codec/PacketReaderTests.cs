using System.Buffers;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using static Orrery.Mqtt.MqttVersion;

namespace Orrery.Mqtt.Tests.Codec;

public sealed class PacketReaderTests
{
    [Theory, InlineData(PeerRole.Client, "C000"), InlineData(PeerRole.Server, "D000")]
    public void A_lone_ping_is_the_same_batch_each_time_and_one_with_a_neighbour_is_not(PeerRole sender, string hex)
    {
        var ping = Convert.FromHexString(hex);
        var reader = new PacketReader(new PacketReaderOptions { Sender = sender, Version = V5 });

        var input = new ReadOnlySequence<byte>(ping);
        Assert.Equal(DecodeStatus.Complete, reader.TryReadBatch(ref input, 100, out var first));
        Assert.Equal(0, input.Length);
        Assert.Equal(ping, first.BytesOf(0, 1).ToArray());
        Assert.Equal((1, 2), (first.Count, first.Bytes));

        input = new ReadOnlySequence<byte>(ping);
        reader.TryReadBatch(ref input, 100, out var second);
        Assert.Same(first, second);

        input = new ReadOnlySequence<byte>([.. ping, .. ping]);
        reader.TryReadBatch(ref input, 100, out var both);
        Assert.Equal((2, 4), (both.Count, both.Bytes));
    }

    private const string Three = "30([a] {} 01) 32([bc] 0001 {} 0203) C0()";

    [Fact]
    public void A_batch_holds_the_whole_packets_and_leaves_the_rest()
    {
        var bytes = Notation.Parse(Three);
        var ends = new[] { 7, 18, 20 };
        for (var length = 0; length <= bytes.Length; length++)
        {
            for (var cut = 0; cut <= length; cut++)
            {
                var input = Bytes.CutAt(bytes[..length], cut);
                var whole = ends.Count(end => end <= length);

                var status = Refusal.Reader(V5).TryReadBatch(ref input, 1_000, out var batch);

                Assert.Equal(whole == 0 ? DecodeStatus.NeedMoreBytes : DecodeStatus.Complete, status);
                Assert.Equal(whole, batch.Count);
                Assert.Equal(whole == 0 ? 0 : ends[whole - 1], batch.Bytes);
                Assert.Equal(length - batch.Bytes, input.Length);
                Assert.Null(batch.Violation);
            }
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(7, 1)]
    [InlineData(17, 1)]
    [InlineData(18, 2)]
    [InlineData(19, 2)]
    [InlineData(20, 3)]
    public void A_batch_ends_where_the_next_packet_would_not_fit_and_holds_one_at_least(int bytesMax, int count)
    {
        foreach (var split in Bytes.SplitsOf(Notation.Parse(Three)))
        {
            var input = split;

            Refusal.Reader(V5).TryReadBatch(ref input, bytesMax, out var batch);

            Assert.Equal(count, batch.Count);
            Assert.Equal(20 - batch.Bytes, input.Length);
        }
    }

    [Theory]
    [InlineData("C0() C1() C0()", "MQTT-2.1.3-1")]             // seen in the header
    [InlineData("C0() 32([t] 0000 {}) C0()", "MQTT-2.2.1-3")]   // seen in the body
    public void Packets_in_front_of_a_violation_are_delivered_and_those_behind_it_are_not(string notation, string statement)
    {
        foreach (var split in Bytes.SplitsOf(Notation.Parse(notation)))
        {
            var input = split;
            var reader = Refusal.Reader(V5);

            var status = reader.TryReadBatch(ref input, 1_000, out var batch);

            Assert.Equal(DecodeStatus.Malformed, status);
            Assert.Same(PingReqPacket.Instance, Assert.Single(batch.Packets.ToArray()));
            Assert.Equal(2, batch.Bytes);
            Assert.Equal(statement, batch.Violation!.Statement);
            Assert.Equal(split.Length - 2, input.Length);

            var again = Bytes.Whole([0xC0, 0]);
            Assert.Equal(DecodeStatus.Malformed, reader.TryReadBatch(ref again, 1_000, out var empty));
            Assert.Equal((0, statement), (empty.Count, empty.Violation!.Statement));
        }
    }

    [Fact]
    public void Payloads_and_properties_are_slices_of_one_copy_of_the_batch()
    {
        var bytes = Notation.Parse("30([a] {09 <07>} 01) 30([b] {} 0203)");
        var input = Bytes.Whole(bytes);

        Refusal.Reader(V5).TryReadBatch(ref input, 1_000, out var batch);

        Array.Clear(bytes);                                     // the pipe's buffer is used again
        var first = ((PublishPacket)batch[0]).Message;
        var second = ((PublishPacket)batch[1]).Message;
        Assert.Equal(new byte[] { 1 }, first.Payload.ToArray());
        Assert.Equal(new byte[] { 7 }, first.Properties!.CorrelationData!.Value.ToArray());
        Assert.Equal(new byte[] { 2, 3 }, second.Payload.ToArray());
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(first.Payload, out var one));
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(second.Payload, out var two));
        Assert.Same(one.Array, two.Array);
        Assert.Equal(batch.Bytes, one.Array!.Length);
    }

    [Fact]
    public void A_message_that_may_be_kept_for_long_does_not_keep_its_batch()
    {
        var input = Bytes.Whole(Notation.Parse("30([a] {} 01020304) 32([a] 0001 {03 [x]} 0506) 31([a] {} 0708)"));

        Refusal.Reader(V5).TryReadBatch(ref input, 1_000, out var batch);

        var arrays = new List<byte[]>();
        foreach (var packet in batch.Packets)
        {
            Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(((PublishPacket)packet).Message.Payload, out var segment));
            arrays.Add(segment.Array!);
        }
        Assert.Equal([batch.Bytes, 2, 2], arrays.Select(array => array.Length));
        Assert.Equal(new byte[] { 5, 6 }, arrays[1]);
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(((PublishPacket)batch[1]).Message.Properties!.Forwarded, out var properties));
        Assert.Equal(properties.Count, properties.Array!.Length);
    }

    [Fact]
    public void A_batch_gives_the_bytes_of_its_packets_as_they_arrived()
    {
        var bytes = Notation.Parse(Three);
        var input = Bytes.Whole(bytes);

        Refusal.Reader(V5).TryReadBatch(ref input, 1_000, out var batch);

        Assert.Equal(bytes[..7], batch.BytesOf(0, 1).ToArray());
        Assert.Equal(bytes[7..], batch.BytesOf(1, 3).ToArray());
        Assert.Equal(0, batch.BytesOf(2, 2).Length);
        Assert.Equal(0, new PacketBatch([PingReqPacket.Instance]).BytesOf(0, 1).Length);
    }

    [Theory]
    [InlineData("30 5F", 96, 0)]        // 1 + 1 + 95 bytes and a maximum of 96
    [InlineData("30 80", 96, 2)]        // the length is cut
    [InlineData("30 8001", 130, 0)]     // 1 + 2 + 128
    [InlineData("30 8001", 131, 2)]
    [InlineData("30 FFFFFF7F", PacketReader.PacketSizeMax - 1, 0)]
    [InlineData("30 FFFFFF7F", PacketReader.PacketSizeMax, 2)]
    [Trait("Statement", "MQTT-3.2.2-15")]
    public void A_packet_above_the_maximum_is_refused_as_soon_as_its_length_is_there(string notation, uint maximum, int expected)
    {
        var reader = new PacketReader(new PacketReaderOptions { Version = V5, MaximumPacketSize = maximum });
        var input = Bytes.Whole(Notation.Parse(notation));

        var status = reader.TryReadBatch(ref input, 1_000, out var batch);

        Assert.Equal(expected == 0 ? DecodeStatus.Malformed : DecodeStatus.NeedMoreBytes, status);
        if (expected == 0) Assert.Equal(ReasonCode.PacketTooLarge, batch.Violation!.ReasonCode);
    }

    [Fact]
    public void A_packet_larger_than_a_batch_and_with_a_length_of_four_bytes_is_read()
    {
        var payload = new byte[3_000_000];
        new Random(1).NextBytes(payload);
        var packet = new PublishPacket { Message = new ApplicationMessage { Topic = TopicName.Parse("t"), Payload = payload } };
        var output = new ArrayBufferWriter<byte>();
        PacketWriter.Write(output, packet, V311);
        var bytes = output.WrittenSpan.ToArray();
        Assert.Equal(1 + 4 + 3 + payload.Length, bytes.Length);

        var input = Bytes.CutAt(bytes, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100, 2_999_999);
        Assert.Equal(DecodeStatus.Complete, Refusal.Reader(V311).TryReadBatch(ref input, 10, out var batch));

        Assert.Equal(packet.Message, ((PublishPacket)batch[0]).Message);
    }

    [Fact]
    public void A_declared_length_allocates_nothing_before_its_bytes_are_there()
    {
        var reader = Refusal.Reader(V5);
        var bytes = new byte[70_000];
        bytes[0] = 0x30;
        Notation.Parse("FFFFFF7F").CopyTo(bytes, 1);            // 268,435,455 bytes are said to follow
        var whole = new ReadOnlySequence<byte>(bytes);
        var cut = Bytes.CutAt(bytes, 1, 3, 20_000);
        Feed(reader, whole);
        Feed(reader, cut);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var turn = 0; turn < 1_000; turn++)
        {
            Feed(reader, whole);
            Feed(reader, cut);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Feed(PacketReader reader, ReadOnlySequence<byte> input)
        {
            if (reader.TryReadBatch(ref input, 65_536, out _) != DecodeStatus.NeedMoreBytes) Assert.Fail("it read a packet");
        }
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    public void A_PUBLISH_of_a_repeated_topic_allocates_its_message_its_packet_and_its_part_of_the_slab(MqttVersion version)
    {
        const int Count = 1_000;
        const int ObjectBytes = 64 + 40;                        // ApplicationMessage and PublishPacket on 64-bit .NET
        var payload = new byte[64];
        var output = new ArrayBufferWriter<byte>();
        for (var index = 0; index < Count; index++)
        {
            PacketWriter.Write(output, new PublishPacket { Message = new ApplicationMessage { Topic = TopicName.Parse("sensors/7/temperature"), Payload = payload } }, version);
        }
        var sequence = new ReadOnlySequence<byte>(output.WrittenSpan.ToArray());
        var reader = Refusal.Reader(version);
        Read(reader, sequence);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(reader, sequence);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // The batch itself: the slab, a reference and an end for each packet, and what four objects have of their own.
        var batch = sequence.Length + Count * (8 + 4) + 200;
        Assert.InRange(allocated, 0, Count * ObjectBytes + batch);

        static void Read(PacketReader reader, ReadOnlySequence<byte> input)
        {
            if (reader.TryReadBatch(ref input, int.MaxValue, out var batch) != DecodeStatus.Complete || batch.Count != Count) Assert.Fail("not read");
        }
    }

    [Fact]
    public void A_reader_of_a_servers_bytes_must_be_told_the_version() =>
        Assert.Throws<ArgumentException>(() => new PacketReader(new PacketReaderOptions { Sender = PeerRole.Server }));

    [Fact]
    public void Limits_below_1_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PacketReader(new PacketReaderOptions { TopicLevelsMax = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PacketReader(new PacketReaderOptions { ItemsPerPacketMax = 0 }));
    }

    [Fact]
    public void Empty_input_asks_for_more()
    {
        var input = ReadOnlySequence<byte>.Empty;

        Assert.Equal(DecodeStatus.NeedMoreBytes, Refusal.Reader(V5).TryReadBatch(ref input, 1_000, out var batch));
        Assert.Same(PacketBatch.Empty, batch);
    }
}
