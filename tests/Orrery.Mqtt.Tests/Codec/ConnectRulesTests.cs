using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using static Orrery.Mqtt.MqttVersion;
using static Orrery.Mqtt.ReasonCode;

namespace Orrery.Mqtt.Tests.Codec;

public sealed class ConnectRulesTests
{
    [Theory]
    [Trait("Statement", "MQTT-3.1.2-1")]
    [Trait("Statement", "v311:MQTT-3.1.2-1")]
    [InlineData("10([mqtt] 04 02 0000 [a])", 4)]
    [InlineData("10([MQTTX] 05 02 0000 {} [a])", 5)]
    [InlineData("10([] 05 02 0000 {} [a])", 5)]
    public void Another_protocol_name_is_an_unsupported_version(string packet, byte level)
    {
        Refusal.OfConnect(packet, UnsupportedProtocolVersion, "MQTT-3.1.2-1");
        Assert.Equal(level, LevelAskedBy(packet));
    }

    [Theory]
    [Trait("Statement", "MQTT-3.1.2-2")]
    [Trait("Statement", "v311:MQTT-3.1.2-2")]
    [InlineData("10([MQTT] 03 02 0000 [a])", 3)]
    [InlineData("10([MQTT] 06 02 0000 {} [a])", 6)]
    [InlineData("10([MQTT] 84 02 0000 [a])", 0x84)]
    [InlineData("10([MQTT] 00 02 0000 [a])", 0)]
    [InlineData("10([MQIsdp] 04 02 0000 [a])", 4)]
    [InlineData("10([MQIsdp] 83 02 0000 [a])", 0x83)]
    [InlineData("10([MQTT] 09 FF)", 9)]
    public void Another_protocol_level_is_an_unsupported_version_and_can_be_told(string packet, byte level)
    {
        Refusal.OfConnect(packet, UnsupportedProtocolVersion, "MQTT-3.1.2-2");
        Assert.Equal(level, LevelAskedBy(packet));
    }

    [Fact]
    public void The_level_is_told_for_a_CONNECT_that_breaks_a_later_rule_and_for_a_good_one()
    {
        Assert.Equal((byte)5, LevelAskedBy("10([MQTT] 05 03 0000 {} [a])"));
        Assert.Equal((byte)3, LevelAskedBy("10([MQIsdp] 03 02 0000 [a])"));
        Assert.Null(LevelAskedBy("10(0005 61)"));
        Assert.Null(LevelAskedBy("C0()"));
    }

    [Fact]
    public void The_version_is_learnt_from_a_valid_CONNECT_only()
    {
        var reader = Refusal.Reader(null);
        var input = Bytes.Whole(Notation.Parse("10([MQTT] 05 03 0000 {} [a])"));
        reader.TryRead(ref input, out _, out _);
        Assert.Null(reader.Version);

        reader = Refusal.Reader(null);
        input = Bytes.Whole(Notation.Parse("10([MQTT] 05 02 0000 {} [a])"));
        reader.TryRead(ref input, out _, out _);
        Assert.Equal(V5, reader.Version);
    }

    [Theory]
    [Trait("Statement", "MQTT-3.1.2-3")]
    [Trait("Statement", "v311:MQTT-3.1.2-3")]
    [InlineData("10([MQTT] 05 01 0000 {} [a])", "MQTT-3.1.2-3")]
    [InlineData("10([MQTT] 04 03 0000 [a])", "v311:MQTT-3.1.2-3")]
    public void The_reserved_flag_is_0(string packet, string statement) =>
        Refusal.OfConnect(packet, MalformedPacket, statement);

    [Fact]
    public void Version_3_1_leaves_the_lowest_flag_unused() =>
        Refusal.Accepts(null, PeerRole.Client, "10([MQIsdp] 03 03 0000 [a])");

    [Theory]
    [Trait("Statement", "MQTT-3.1.2-11")]
    [Trait("Statement", "v311:MQTT-3.1.2-13")]
    [InlineData("10([MQTT] 05 08 0000 {} [a])", "MQTT-3.1.2-11")]
    [InlineData("10([MQTT] 05 10 0000 {} [a])", "MQTT-3.1.2-11")]
    [InlineData("10([MQTT] 04 0A 0000 [a])", "v311:MQTT-3.1.2-13")]
    [InlineData("10([MQIsdp] 03 0A 0000 [a])", "v311:MQTT-3.1.2-13")]
    [Trait("Statement", "v311:MQTT-3.1.2-11")]
    public void Without_a_will_there_is_no_will_QoS(string packet, string statement) =>
        Refusal.OfConnect(packet, MalformedPacket, statement);

    [Theory]
    [Trait("Statement", "MQTT-3.1.2-12")]
    [Trait("Statement", "v311:MQTT-3.1.2-14")]
    [InlineData("10([MQTT] 05 1C 0000 {} [a] {} [t] <>)", "MQTT-3.1.2-12")]
    [InlineData("10([MQTT] 04 1E 0000 [a] [t] <>)", "v311:MQTT-3.1.2-14")]
    public void A_will_QoS_of_3_is_malformed(string packet, string statement) =>
        Refusal.OfConnect(packet, MalformedPacket, statement);

    [Theory]
    [Trait("Statement", "MQTT-3.1.2-13")]
    [Trait("Statement", "v311:MQTT-3.1.2-15")]
    [InlineData("10([MQTT] 05 20 0000 {} [a])", "MQTT-3.1.2-13")]
    [InlineData("10([MQTT] 04 22 0000 [a])", "v311:MQTT-3.1.2-15")]
    [Trait("Statement", "v311:MQTT-3.1.2-11")]
    public void Without_a_will_there_is_no_will_retain(string packet, string statement) =>
        Refusal.OfConnect(packet, MalformedPacket, statement);

    [Theory]
    [Trait("Statement", "v311:MQTT-3.1.2-22")]
    [InlineData("10([MQTT] 04 42 0000 [a] <7077>)")]
    [InlineData("10([MQIsdp] 03 42 0000 [a] <7077>)")]
    public void Before_version_5_a_password_needs_a_user_name(string packet) =>
        Refusal.OfConnect(packet, MalformedPacket, "v311:MQTT-3.1.2-22");

    [Theory]
    [Trait("Statement", "MQTT-3.1.3-1")]
    [Trait("Statement", "MQTT-3.1.3-3")]
    [Trait("Statement", "MQTT-3.1.2-9")]
    [Trait("Statement", "MQTT-3.1.2-17")]
    [Trait("Statement", "MQTT-3.1.2-19")]
    [InlineData("10([MQTT] 05 00 0000 {})")]                    // no client identifier
    [InlineData("10([MQTT] 05 04 0000 {} [a])")]                // no will at all
    [InlineData("10([MQTT] 05 04 0000 {} [a] {} [t])")]         // no will payload
    [InlineData("10([MQTT] 05 80 0000 {} [a])")]                // no user name
    [InlineData("10([MQTT] 05 40 0000 {} [a])")]                // no password
    [InlineData("10([MQTT] 05 00 00)")]                         // half a keep-alive
    [InlineData("10([MQTT] 05)")]                               // no flags
    [InlineData("10([MQTT] 05 00 0000 {} [a] 00)")]             // one byte more
    [InlineData("10([MQTT] 05 00 0000 {} [a] [u])")]            // a user name too many
    [InlineData("10([MQTT] 05 80 0000 {} [a] [u] <70>)")]       // a password too many
    [Trait("Statement", "MQTT-3.1.2-16")]
    [Trait("Statement", "MQTT-3.1.2-18")]
    public void What_the_flags_announce_is_there_and_nothing_else(string packet) =>
        Refusal.OfConnect(packet, MalformedPacket, "MQTT 5 §4.13.1");

    [Theory]
    [Trait("Statement", "v311:MQTT-3.1.2-19")]
    [Trait("Statement", "v311:MQTT-3.1.2-21")]
    [InlineData("10([MQTT] 04 82 0000 [a])")]
    [InlineData("10([MQTT] 04 C2 0000 [a] [u])")]
    [InlineData("10([MQTT] 04 02 0000 [a] [u])")]
    [InlineData("10([MQTT] 04 82 0000 [a] [u] <70>)")]          // a password too many
    [InlineData("10([MQTT] 04 06 0000 [a])")]                   // no will at all
    [InlineData("10([MQTT] 04 06 0000 [a] [t])")]               // no will message
    [InlineData("10([MQTT] 04 02 0000 [a] [t] <>)")]            // a will too many
    [InlineData("10([MQTT] 04 02 0000)")]                       // no client identifier
    [InlineData("10([MQIsdp] 03 82 0000 [a] 00)")]
    [InlineData("10([MQIsdp] 03 02 0000 [a] [u])")]
    [Trait("Statement", "v311:MQTT-3.1.2-9")]
    [Trait("Statement", "v311:MQTT-3.1.2-11")]
    [Trait("Statement", "v311:MQTT-3.1.2-18")]
    [Trait("Statement", "v311:MQTT-3.1.2-20")]
    [Trait("Statement", "v311:MQTT-3.1.3-3")]
    public void What_the_flags_announce_is_there_in_older_versions_too(string packet) =>
        Refusal.OfConnect(packet, MalformedPacket, "v311:MQTT-4.8.0-1");

    [Theory]
    [InlineData("10([MQTT] 05 04 0000 {} [a] {} [] <>)", TopicNameInvalid, "MQTT-4.7.3-1")]
    [InlineData("10([MQTT] 05 04 0000 {} [a] {} [a/+] <>)", TopicNameInvalid, "MQTT-3.3.2-2")]
    [InlineData("10([MQTT] 04 06 0000 [a] [#] <>)", TopicNameInvalid, "v311:MQTT-3.3.2-2")]
    [InlineData("10([MQTT] 04 06 0000 [a] [1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17] <>)", TopicNameInvalid, "TopicLevelsMax")]
    public void A_will_topic_is_a_topic_name(string packet, ReasonCode code, string statement) =>
        Refusal.OfConnect(packet, code, statement);

    [Fact]
    public void An_empty_client_identifier_is_for_the_broker_to_judge()
    {
        Refusal.Accepts(null, PeerRole.Client, "10([MQTT] 04 00 0000 [])");
        Refusal.Accepts(null, PeerRole.Client, "10([MQTT] 05 00 0000 {} [])");
    }

    [Fact]
    public void Nothing_behind_CONNECT_is_read_in_the_same_batch()
    {
        var reader = Refusal.Reader(null);
        var input = Bytes.Whole(Notation.Parse("10([MQTT] 05 02 0000 {} [a]) C0()"));

        Assert.Equal(DecodeStatus.Complete, reader.TryReadBatch(ref input, 1_000, out var batch));
        Assert.IsType<ConnectPacket>(Assert.Single(batch.Packets.ToArray()));
        Assert.Equal(DecodeStatus.Complete, reader.TryReadBatch(ref input, 1_000, out batch));
        Assert.IsType<PingReqPacket>(Assert.Single(batch.Packets.ToArray()));
    }

    [Theory]
    [Trait("Statement", "MQTT-3.2.2-1")]
    [InlineData("20(02 00 {})")]
    [InlineData("20(80 00 {})")]
    public void Reserved_flags_of_CONNACK_are_0(string packet) =>
        Refusal.OfServer(V5, packet, MalformedPacket, "MQTT-3.2.2-1");

    [Fact]
    [Trait("Statement", "MQTT-3.2.2-6")]
    [Trait("Statement", "v311:MQTT-3.2.2-4")]
    public void A_refusal_has_no_session_present()
    {
        Refusal.OfServer(V5, "20(01 87 {})", ProtocolError, "MQTT-3.2.2-6");
        Refusal.OfServer(V311, "20(01 05)", ProtocolError, "v311:MQTT-3.2.2-4");
    }

    [Fact]
    public void A_return_code_above_5_is_reserved() =>
        Refusal.OfServer(V311, "20(00 06)", MalformedPacket, "v311:MQTT-4.8.0-1");

    private static byte? LevelAskedBy(string packet)
    {
        var reader = Refusal.Reader(null);
        var input = Bytes.Whole(Notation.Parse(packet));
        reader.TryRead(ref input, out _, out _);
        return reader.RequestedProtocolLevel;
    }
}
