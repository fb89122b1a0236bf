using System.Buffers;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using static Orrery.Mqtt.MqttVersion;

namespace Orrery.Mqtt.Tests.Codec;

public sealed class PacketWriterTests
{
    [Fact]
    public void Older_versions_get_the_nearest_return_code()
    {
        foreach (var code in Enum.GetValues<ReasonCode>())
        {
            var expected = code switch
            {
                ReasonCode.Success => 0,
                ReasonCode.UnsupportedProtocolVersion => 1,
                ReasonCode.ClientIdentifierNotValid => 2,
                ReasonCode.BadUserNameOrPassword => 4,
                ReasonCode.NotAuthorized => 5,
                _ => 3,
            };
            Assert.Equal($"200200{expected:X2}", Hex(new ConnAckPacket { ReasonCode = code }, V311));
            Assert.Equal($"200200{expected:X2}", Hex(new ConnAckPacket { ReasonCode = code }, V31));
        }
    }

    [Fact]
    public void Older_versions_get_no_properties_no_codes_and_one_failure_of_a_subscription()
    {
        var id = new PacketIdentifier(1);
        UserProperty[] pairs = [new("k", "v")];

        Assert.Equal("40020001", Hex(new PubAckPacket { PacketIdentifier = id, ReasonCode = ReasonCode.QuotaExceeded, UserProperties = pairs }, V311));
        Assert.Equal("90050001018080", Hex(new SubAckPacket { PacketIdentifier = id, ReasonString = "w", ReasonCodes = [ReasonCode.GrantedQoS1, ReasonCode.NotAuthorized, ReasonCode.QuotaExceeded] }, V311));
        Assert.Equal("B0020001", Hex(new UnsubAckPacket { PacketIdentifier = id, ReasonCodes = [ReasonCode.NoSubscriptionExisted] }, V311));
        Assert.Equal("E000", Hex(new DisconnectPacket { ReasonCode = ReasonCode.ServerBusy, ReasonString = "w" }, V311));
        Assert.Equal("20020100", Hex(new ConnAckPacket { SessionPresent = true, ReasonString = "w", ReceiveMaximum = 3 }, V311));
        Assert.Equal("20020000", Hex(new ConnAckPacket { SessionPresent = true }, V31));
        Assert.Equal(
            Convert.ToHexString(Notation.Parse("82(0001 [a] 01)")),
            Hex(new SubscribePacket { PacketIdentifier = id, SubscriptionIdentifier = 7, Subscriptions = [new(TopicFilter.Parse("a"), QoS.AtLeastOnce, true, true, RetainHandling.DoNotSend)] }, V311));
        Assert.Equal(
            Convert.ToHexString(Notation.Parse("30([t] 01)")),
            Hex(new PublishPacket { Message = new ApplicationMessage { Topic = TopicName.Parse("t"), Payload = new byte[] { 1 }, Properties = new MessageProperties(true, 5) }, TopicAlias = 3, SubscriptionIdentifiers = [1] }, V311));
    }

    [Fact]
    public void A_header_overrides_what_differs_per_delivery()
    {
        var message = new ApplicationMessage
        {
            Topic = TopicName.Parse("a/b"),
            Payload = new byte[] { 9 },
            QoS = QoS.ExactlyOnce,
            Retain = true,
            Properties = new MessageProperties(contentType: "x", messageExpiryIntervalSeconds: 99),
        };

        AssertBytes("32([a/b] 0007 {03 [x]} 09)", message, new PublishHeader { QoS = QoS.AtLeastOnce, PacketIdentifier = new(7) });
        AssertBytes("3C([a/b] 0007 {02 00000005 03 [x]} 09)", message, new PublishHeader
        {
            QoS = QoS.ExactlyOnce,
            Duplicate = true,
            PacketIdentifier = new(7),
            MessageExpiryIntervalSeconds = 5,
        });
        AssertBytes("31([] {23 0002 0B 01 0B FF7F 03 [x]} 09)", message, new PublishHeader
        {
            Retain = true,
            TopicAlias = 2,
            OmitTopic = true,
            SubscriptionIdentifiers = [1, 16_383],
        });
    }

    [Fact]
    public void An_alias_is_never_written_to_an_older_version()
    {
        var message = new ApplicationMessage { Topic = TopicName.Parse("t") };
        var header = new PublishHeader { TopicAlias = 2, OmitTopic = true, SubscriptionIdentifiers = [1], MessageExpiryIntervalSeconds = 1 };
        var bytes = new byte[100];

        var size = PublishCodec.Write(bytes, message, header, V311);

        Assert.Equal("3003000174", Convert.ToHexString(bytes.AsSpan(0, size)));
        Assert.Equal(size, PublishCodec.SizeOf(message, header, V311));
    }

    [Fact]
    public void A_destination_that_is_too_small_is_refused_and_left_as_it_was()
    {
        var message = new ApplicationMessage { Topic = TopicName.Parse("t"), Payload = new byte[10] };
        var size = PublishCodec.SizeOf(message, default, V5);
        var bytes = new byte[size - 1];

        Assert.Throws<ArgumentException>(() => PublishCodec.Write(bytes, message, default, V5));
        Assert.All(bytes, one => Assert.Equal(0, one));
        Assert.Equal(size, PublishCodec.Write(new byte[size], message, default, V5));
    }

    [Theory]
    [InlineData(127, 1)]
    [InlineData(128, 2)]
    [InlineData(16_383, 2)]
    [InlineData(16_384, 3)]
    [InlineData(2_097_151, 3)]
    [InlineData(2_097_152, 4)]
    [Trait("Statement", "MQTT-1.5.5-1")]
    public void The_length_takes_as_few_bytes_as_it_can(int remaining, int lengthBytes)
    {
        var message = new ApplicationMessage { Topic = TopicName.Parse("t"), Payload = new byte[remaining - 3] };

        Assert.Equal(1 + lengthBytes + remaining, PublishCodec.SizeOf(message, default, V311));
        Assert.Equal(1 + lengthBytes + remaining, PublishCodec.Write(new byte[remaining + 5], message, default, V311));
    }

    [Fact]
    public void What_cannot_be_written_is_an_argument_exception_and_nothing_is_written()
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var packet in (Packet[])
        [
            new ConnectPacket { ClientId = new string('x', 65_536) },
            new ConnectPacket { ClientId = "a\0b" },
            new ConnectPacket { ClientId = "\uD800" },
            new ConnectPacket { UserProperties = [new("\uDC00", "")] },
            new ConnectPacket { Password = new byte[65_536] },
        ])
        {
            Assert.ThrowsAny<ArgumentException>(() => PacketWriter.Write(output, packet, V5));
            Assert.ThrowsAny<ArgumentException>(() => PacketWriter.SizeOf(packet, V5));
        }
        Assert.Throws<ArgumentException>(() => PacketWriter.Write(output, new AuthPacket(), V311));
        Assert.Equal(0, output.WrittenCount);
    }

    private static void AssertBytes(string notation, ApplicationMessage message, in PublishHeader header)
    {
        var bytes = new byte[100];
        var size = PublishCodec.Write(bytes, message, header, V5);
        Assert.Equal(Convert.ToHexString(Notation.Parse(notation)), Convert.ToHexString(bytes.AsSpan(0, size)));
        Assert.Equal(size, PublishCodec.SizeOf(message, header, V5));
    }

    private static string Hex(Packet packet, MqttVersion version)
    {
        var output = new ArrayBufferWriter<byte>();
        PacketWriter.Write(output, packet, version);
        return Convert.ToHexString(output.WrittenSpan);
    }
}
