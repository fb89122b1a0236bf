using static Orrery.Mqtt.MqttVersion;
using static Orrery.Mqtt.ReasonCode;

namespace Orrery.Mqtt.Tests.Codec;

public sealed class StringRulesTests
{
    public static TheoryData<string> IllFormed =>
    [
        "EDA080",           // U+D800, the first surrogate
        "EDBFBF",           // U+DFFF, the last one
        "EDA0BDEDB880",     // a pair of surrogates, as CESU-8 has it
        "C080",             // U+0000 in two bytes
        "C1BF",             // U+007F in two bytes
        "E08080",           // three bytes for one
        "E09FBF",           // three bytes for two
        "F08FBFBF",         // four bytes for three
        "F4908080",         // U+110000
        "F888808080",       // five bytes
        "80",               // no first byte
        "C3",               // cut
        "E282",             // cut
        "FF", "FE",
    ];

    [Theory, MemberData(nameof(IllFormed))]
    [Trait("Statement", "MQTT-1.5.4-1")]
    [Trait("Statement", "v311:MQTT-1.5.3-1")]
    [Trait("Statement", "MQTT-1.5.7-1")]
    [Trait("Statement", "MQTT-3.3.2-1")]
    [Trait("Statement", "MQTT-3.3.2-13")]
    [Trait("Statement", "MQTT-3.3.2-19")]
    [Trait("Statement", "MQTT-3.8.3-1")]
    [Trait("Statement", "MQTT-3.10.3-1")]
    [Trait("Statement", "v311:MQTT-3.3.2-1")]
    [Trait("Statement", "v311:MQTT-3.8.3-1")]
    [Trait("Statement", "v311:MQTT-3.10.3-1")]
    public void Ill_formed_UTF_8_is_malformed_wherever_a_string_stands(string hex)
    {
        foreach (var packet in (string[])
            ["30(<H> 00)", "82(0001 {} <H> 00)", "A2(0001 {} <H>)", "40(0001 80 {1F <H>})", "40(0001 80 {26 [k] <H>})",
            "40(0001 80 {26 <H> [v]})", "E0(00 {1F <H>})", "30([t] {03 <H>})", "30([t] {08 <H>})", "F0(18 {15 <H>})"])
        {
            Refusal.OfClient(V5, packet.Replace("H", hex, StringComparison.Ordinal), MalformedPacket, "MQTT-1.5.4-1");
        }
        foreach (var packet in (string[])["30(<H>)", "82(0001 <H> 00)", "A2(0001 <H>)"])
        {
            Refusal.OfClient(V311, packet.Replace("H", hex, StringComparison.Ordinal), MalformedPacket, "v311:MQTT-1.5.3-1");
        }
    }

    [Theory, MemberData(nameof(IllFormed))]
    [Trait("Statement", "MQTT-3.1.3-4")]
    [Trait("Statement", "MQTT-3.1.3-11")]
    [Trait("Statement", "MQTT-3.1.3-12")]
    [Trait("Statement", "v311:MQTT-3.1.3-4")]
    [Trait("Statement", "v311:MQTT-3.1.3-10")]
    [Trait("Statement", "v311:MQTT-3.1.3-11")]
    public void Ill_formed_UTF_8_in_CONNECT_is_malformed(string hex)
    {
        foreach (var packet in (string[])
            ["10([MQTT] 04 02 0000 <H>)", "10([MQTT] 04 06 0000 [c] <H> <>)", "10([MQTT] 04 82 0000 [c] <H>)"])
        {
            Refusal.OfConnect(packet.Replace("H", hex, StringComparison.Ordinal), MalformedPacket, "v311:MQTT-1.5.3-1");
        }
    }

    [Theory]
    [Trait("Statement", "MQTT-1.5.4-2")]
    [Trait("Statement", "MQTT-4.7.3-2")]
    [InlineData("30(<00> {})")]
    [InlineData("30(<612F0062> {})")]
    [InlineData("82(0001 {} <6100> 00)")]
    [InlineData("40(0001 80 {1F <00>})")]
    public void A_string_never_holds_the_null_character(string packet) =>
        Refusal.OfClient(V5, packet, MalformedPacket, "MQTT-1.5.4-2");

    [Fact]
    [Trait("Statement", "v311:MQTT-1.5.3-2")]
    [Trait("Statement", "v311:MQTT-4.7.3-2")]
    public void A_string_never_holds_the_null_character_in_version_3_1_1_either() =>
        Refusal.OfClient(V311, "30(<00>)", MalformedPacket, "v311:MQTT-1.5.3-2");

    [Fact]
    [Trait("Statement", "MQTT-1.5.4-3")]
    [Trait("Statement", "v311:MQTT-1.5.3-3")]
    public void A_byte_order_mark_is_kept()
    {
        var input = Bytes.Whole(Notation.Parse("30(<EFBBBF61> {03 <EFBBBF>})"));

        Refusal.Reader(V5).TryRead(ref input, out var packet, out _);

        var message = Assert.IsType<Orrery.Mqtt.Packets.PublishPacket>(packet).Message;
        Assert.Equal("\uFEFFa", message.Topic.ToString());
        Assert.Equal("\uFEFF", message.Properties!.ContentType);
    }
}
