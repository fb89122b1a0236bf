using System.Buffers;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;

namespace Orrery.Mqtt.Tests.Codec;

public sealed class GoldenVectorTests
{
    public static TheoryData<string> Names => [.. GoldenVectors.All.Select(vector => vector.Name)];

    [Theory, MemberData(nameof(Names))]
    [Trait("Statement", "MQTT-1.5.5-1")]
    [Trait("Statement", "MQTT-3.1.3-1")]
    [Trait("Statement", "v311:MQTT-3.1.3-1")]
    public void Every_vector_reads_the_same_however_its_bytes_are_cut(string name)
    {
        var vector = Find(name);
        foreach (var split in Bytes.SplitsOf(Bytes.Of(vector.Hex)))
        {
            var input = split;
            var status = ReaderFor(vector).TryRead(ref input, out var packet, out var violation);

            Assert.Null(violation);
            Assert.Equal(DecodeStatus.Complete, status);
            Assert.Equal(0, input.Length);
            Assert.Equal(PacketText.Of(vector.Packet), PacketText.Of(packet));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_beginning_of_a_vector_asks_for_more_and_consumes_nothing(string name)
    {
        var vector = Find(name);
        var bytes = Bytes.Of(vector.Hex);
        var reader = ReaderFor(vector);
        for (var length = 0; length < bytes.Length; length++)
        {
            var input = new ReadOnlySequence<byte>(bytes, 0, length);

            Assert.Equal(DecodeStatus.NeedMoreBytes, reader.TryRead(ref input, out var packet, out var violation));
            Assert.Null(packet);
            Assert.Null(violation);
            Assert.Equal(length, input.Length);
        }
    }

    [Theory, MemberData(nameof(Names))]
    [Trait("Statement", "MQTT-1.5.5-1")]
    [Trait("Statement", "MQTT-2.1.3-1")]
    [Trait("Statement", "MQTT-2.2.2-1")]
    [Trait("Statement", "v311:MQTT-2.2.2-1")]
    public void Every_vector_is_written_as_it_stands(string name)
    {
        var vector = Find(name);
        var output = new ArrayBufferWriter<byte>();

        var size = PacketWriter.Write(output, vector.Packet, vector.Version);

        Assert.Equal(output.WrittenCount, size);
        Assert.Equal(size, PacketWriter.SizeOf(vector.Packet, vector.Version));
        if (vector.IsCanonical) Assert.Equal(Convert.ToHexString(Bytes.Of(vector.Hex)), Convert.ToHexString(output.WrittenSpan));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_byte_behind_the_last_field_is_refused_unless_the_rest_is_payload(string name)
    {
        var vector = Find(name);
        if (vector.Packet is PublishPacket) return;
        byte[] bytes = [.. Bytes.Of(vector.Hex), 0xFF];
        bytes[1]++;
        var input = Bytes.Whole(bytes);

        var status = ReaderFor(vector).TryRead(ref input, out _, out var violation);

        Assert.Equal(DecodeStatus.Malformed, status);
        Assert.NotNull(violation);
    }

    [Fact]
    public void There_is_a_vector_for_each_type_in_each_version_that_has_it()
    {
        var missing =
            from version in Enum.GetValues<MqttVersion>()
            from type in Enum.GetValues<ControlPacketType>()
            where type != ControlPacketType.Auth || version == MqttVersion.V5
            where !GoldenVectors.All.Any(vector => vector.Version == version && vector.Packet.Type == type)
            select $"{version} {type}";

        Assert.Empty(missing);
    }

    private static GoldenVectors.Vector Find(string name) => GoldenVectors.All.Single(vector => vector.Name == name);

    private static PacketReader ReaderFor(GoldenVectors.Vector vector) => new(new PacketReaderOptions
    {
        Sender = vector.Sender,
        Version = vector.Packet is ConnectPacket ? null : vector.Version,
        TopicAliasMaximum = 3,
    });
}
