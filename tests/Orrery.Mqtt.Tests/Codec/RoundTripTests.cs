using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Tests.Fuzzing;

namespace Orrery.Mqtt.Tests.Codec;

/// <summary>Properties over generated packets. A failure prints FsCheck's seed, with which it can be replayed.</summary>
public sealed class RoundTripTests
{
    private static readonly Config Configuration = Config.QuickThrowOnFailure.WithMaxTest(3_000);

    public static TheoryData<MqttVersion, PeerRole> Directions
    {
        get
        {
            var data = new TheoryData<MqttVersion, PeerRole>();
            foreach (var version in Enum.GetValues<MqttVersion>())
            {
                foreach (var sender in Enum.GetValues<PeerRole>()) data.Add(version, sender);
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(Directions))]
    public void What_is_written_reads_as_itself(MqttVersion version, PeerRole sender) => Check(version, sender, packet =>
    {
        var input = new ReadOnlySequence<byte>(Write(packet, version));

        var status = ReaderFor(packet, version, sender).TryRead(ref input, out var read, out var violation);

        return status == DecodeStatus.Complete && violation is null && input.IsEmpty && PacketText.Of(packet) == PacketText.Of(read);
    });

    [Theory, MemberData(nameof(Directions))]
    public void The_announced_size_is_the_size_written(MqttVersion version, PeerRole sender) => Check(version, sender, packet =>
    {
        var output = new ArrayBufferWriter<byte>();
        var size = PacketWriter.Write(output, packet, version);
        return size == output.WrittenCount && size == PacketWriter.SizeOf(packet, version);
    });

    [Theory, MemberData(nameof(Directions))]
    public void No_beginning_of_a_packet_is_refused(MqttVersion version, PeerRole sender) => Check(version, sender, packet =>
    {
        var bytes = Write(packet, version);
        var reader = ReaderFor(packet, version, sender);
        return Enumerable.Range(0, bytes.Length).All(length =>
        {
            var input = new ReadOnlySequence<byte>(bytes, 0, length);
            return reader.TryRead(ref input, out _, out _) == DecodeStatus.NeedMoreBytes && input.Length == length;
        });
    });

    private static void Check(MqttVersion version, PeerRole sender, Func<Packet, bool> holds)
    {
        var packets = ArbMap.Default.GeneratorFor<int>().Resize(int.MaxValue / 2)
            .Select(seed => new PacketGenerator(new Random(seed)).Next(version, sender));
        FsCheck.Check.One(Configuration, Prop.ForAll(packets.ToArbitrary(), holds));
    }

    private static byte[] Write(Packet packet, MqttVersion version)
    {
        var output = new ArrayBufferWriter<byte>();
        PacketWriter.Write(output, packet, version);
        return output.WrittenSpan.ToArray();
    }

    private static PacketReader ReaderFor(Packet packet, MqttVersion version, PeerRole sender) => new(new PacketReaderOptions
    {
        Sender = sender,
        Version = packet is ConnectPacket ? null : version,
        TopicAliasMaximum = 10,
    });
}
