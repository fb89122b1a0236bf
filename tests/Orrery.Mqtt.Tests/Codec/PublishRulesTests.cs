using System.Buffers;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using static Orrery.Mqtt.MqttVersion;
using static Orrery.Mqtt.ReasonCode;

namespace Orrery.Mqtt.Tests.Codec;

public sealed class PublishRulesTests
{
    [Fact]
    [Trait("Statement", "MQTT-3.3.1-4")]
    [Trait("Statement", "v311:MQTT-3.3.1-4")]
    public void QoS_3_is_malformed()
    {
        Refusal.OfClient(V5, "36([t] 0001 {})", MalformedPacket, "MQTT-3.3.1-4");
        Refusal.OfClient(V311, "3F([t] 0001)", MalformedPacket, "v311:MQTT-3.3.1-4");
        Refusal.OfServer(V31, "36([t] 0001)", MalformedPacket, "v311:MQTT-3.3.1-4");
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.1-2")]
    [Trait("Statement", "v311:MQTT-3.3.1-2")]
    public void DUP_at_QoS_0_is_malformed()
    {
        Refusal.OfClient(V5, "38([t] {})", MalformedPacket, "MQTT-3.3.1-2");
        Refusal.OfClient(V311, "39([t])", MalformedPacket, "v311:MQTT-3.3.1-2");
    }

    [Theory]
    [Trait("Statement", "MQTT-3.3.2-2")]
    [Trait("Statement", "v311:MQTT-3.3.2-2")]
    [Trait("Statement", "MQTT-4.7.0-1")]
    [InlineData("a/+")]
    [InlineData("#")]
    [InlineData("a+b")]
    [InlineData("a/b#")]
    [Trait("Statement", "v311:MQTT-4.7.1-1")]
    public void A_topic_name_holds_no_wildcard(string topic)
    {
        Refusal.OfClient(V5, $"30([{topic}] {{}})", TopicNameInvalid, "MQTT-3.3.2-2");
        Refusal.OfClient(V311, $"30([{topic}])", TopicNameInvalid, "v311:MQTT-3.3.2-2");
    }

    [Fact]
    [Trait("Statement", "MQTT-4.7.3-1")]
    [Trait("Statement", "v311:MQTT-4.7.3-1")]
    public void An_empty_topic_name_needs_an_alias_and_so_version_5()
    {
        Refusal.OfClient(V311, "30([])", TopicNameInvalid, "v311:MQTT-4.7.3-1");
        Refusal.OfClient(V5, "30([] {})", ProtocolError, "MQTT 5 §3.3.2.1");
    }

    [Fact]
    public void A_topic_has_no_more_levels_than_allowed()
    {
        Refusal.Accepts(V5, PeerRole.Client, "30([1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16] {})");
        Refusal.OfClient(V5, "30([1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17] {})", TopicNameInvalid, "TopicLevelsMax");
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.2-14")]
    public void A_response_topic_is_a_topic_name()
    {
        Refusal.OfClient(V5, "30([t] {08 [a/+]})", ProtocolError, "MQTT-3.3.2-14");
        Refusal.OfClient(V5, "30([t] {08 [#]})", ProtocolError, "MQTT-3.3.2-14");
        Refusal.OfClient(V5, "30([t] {08 []})", ProtocolError, "MQTT-4.7.3-1");
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.4-6")]
    public void A_client_sends_no_subscription_identifier_and_a_server_none_that_is_0()
    {
        Refusal.OfClient(V5, "30([t] {0B 01})", ProtocolError, "MQTT-3.3.4-6");
        Refusal.OfServer(V5, "30([t] {0B 00})", ProtocolError, "MQTT 5 §3.8.2.1.2");
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.2-8")]
    [Trait("Statement", "MQTT-3.3.2-9")]
    [Trait("Statement", "MQTT-3.2.2-17")]
    public void A_topic_alias_is_1_to_the_maximum()
    {
        Refusal.OfClient(V5, "30([t] {23 0000})", TopicAliasInvalid, "MQTT-3.3.2-8");
        Refusal.OfClient(V5, "30([t] {23 000B})", TopicAliasInvalid, "MQTT-3.3.2-9");
        Refusal.OfServer(V5, "30([t] {23 FFFF})", TopicAliasInvalid, "MQTT-3.3.2-9");
        Refusal.OfClient(V5, "30([] {23 0001})", ProtocolError, "MQTT 5 §3.3.2.3.4");
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.2-10")]
    [Trait("Statement", "MQTT-3.3.2-12")]
    public void An_alias_stands_for_the_topic_that_it_was_last_given()
    {
        var topics = TopicsOf(Refusal.Reader(V5), "30([a] {23 000A}) 30([b] {23 0001}) 30([] {23 000A}) 30([] {23 0001}) 30([c] {23 000A}) 30([] {23 000A})");

        Assert.Equal(["a", "b", "a", "b", "c", "c"], topics);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.2-7")]
    public void Another_connection_knows_nothing_of_an_alias()
    {
        TopicsOf(Refusal.Reader(V5), "30([a] {23 0001})");

        Refusal.OfClient(V5, "30([] {23 0001})", ProtocolError, "MQTT 5 §3.3.2.3.4");
    }

    [Fact]
    public void Every_alias_up_to_the_largest_maximum_is_kept_apart()
    {
        var reader = new PacketReader(new PacketReaderOptions { Version = V5, TopicAliasMaximum = ushort.MaxValue });
        foreach (var alias in (int[])[1, 2, 3, 4, 100, 99, 65_535, 40_000])
        {
            Assert.Equal([$"t/{alias}"], TopicsOf(reader, $"30([t/{alias}] {{23 {alias:X4}}})"));
        }
        foreach (var alias in (int[])[40_000, 65_535, 1, 99, 100, 4, 3, 2])
        {
            Assert.Equal([$"t/{alias}"], TopicsOf(reader, $"30([] {{23 {alias:X4}}})"));
        }
    }

    [Fact]
    public void Topics_read_right_whatever_was_read_before()
    {
        var reader = new PacketReader(new PacketReaderOptions { Version = V311 });
        var random = new Random(7);
        for (var turn = 0; turn < 5_000; turn++)
        {
            var topic = new string((char)('a' + turn % 3), 1 + random.Next(3)) + random.Next(200) + (turn % 50 == 0 ? new string('x', 300) : "");
            Assert.Equal([topic], TopicsOf(reader, $"30([{topic}])"));
        }
    }

    [Fact]
    public void A_topic_that_begins_or_ends_like_the_one_before_is_another()
    {
        var topics = TopicsOf(Refusal.Reader(V311), "30([a]) 30([ab]) 30([a/b]) 30([a]) 30([b]) 30([ab]) 30([aa]) 30([a])");

        Assert.Equal(["a", "ab", "a/b", "a", "b", "ab", "aa", "a"], topics);
    }

    [Fact]
    public void A_repeated_topic_is_one_object()
    {
        var reader = Refusal.Reader(V311);
        var input = Bytes.Whole(Notation.Parse("30([a/b]) 30([c]) 30([a/b]) 30([d]) 30([c])"));

        reader.TryReadBatch(ref input, 1_000, out var batch);

        var topics = batch.Packets.ToArray().Select(packet => ((PublishPacket)packet).Message.Topic).ToArray();
        Assert.Same(topics[0], topics[2]);
        Assert.Same(topics[1], topics[4]);
    }

    private static List<string> TopicsOf(PacketReader reader, string notation)
    {
        var input = new ReadOnlySequence<byte>(Notation.Parse(notation));
        Assert.Equal(DecodeStatus.Complete, reader.TryReadBatch(ref input, int.MaxValue, out var batch));
        Assert.Equal(0, input.Length);
        return [.. batch.Packets.ToArray().Select(packet => ((PublishPacket)packet).Message.Topic.ToString())];
    }
}
