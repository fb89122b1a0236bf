using Orrery.Mqtt.Codec;
using static Orrery.Mqtt.MqttVersion;
using static Orrery.Mqtt.ReasonCode;

namespace Orrery.Mqtt.Tests.Codec;

public sealed class FixedHeaderTests
{
    [Theory]
    [Trait("Statement", "MQTT-2.1.3-1")]
    [InlineData("41(0001)", PeerRole.Client)]
    [InlineData("58(0001)", PeerRole.Client)]
    [InlineData("72(0001)", PeerRole.Client)]
    [InlineData("C1()", PeerRole.Client)]
    [InlineData("21(00 00 {})", PeerRole.Server)]
    [InlineData("92(0001 {} 00)", PeerRole.Server)]
    [InlineData("B2(0001 {} 00)", PeerRole.Server)]
    [InlineData("D8()", PeerRole.Server)]
    public void A_reserved_flag_with_the_wrong_value_is_malformed(string packet, PeerRole sender) =>
        Refusal.Check(V5, sender, packet, MalformedPacket, "MQTT-2.1.3-1");

    [Theory]
    [Trait("Statement", "MQTT-2.1.3-1")]
    [Trait("Statement", "v311:MQTT-2.2.2-2")]
    [InlineData("11([MQTT] 04 02 0000 [a])")]
    [Trait("Statement", "v311:MQTT-2.2.2-1")]
    public void A_flag_of_CONNECT_with_the_wrong_value_is_malformed(string packet) =>
        Refusal.OfConnect(packet, MalformedPacket, "MQTT-2.1.3-1");

    [Fact]
    [Trait("Statement", "v311:MQTT-2.2.2-2")]
    [Trait("Statement", "v311:MQTT-2.2.2-1")]
    public void A_reserved_flag_is_malformed_in_version_3_1_1_too() =>
        Refusal.OfClient(V311, "42(0001)", MalformedPacket, "v311:MQTT-2.2.2-2");

    [Theory]
    [Trait("Statement", "MQTT-3.6.1-1")]
    [Trait("Statement", "v311:MQTT-3.6.1-1")]
    [InlineData("60(0001)")]
    [InlineData("63(0001)")]
    [InlineData("66(0001)")]
    [InlineData("6A(0001)")]
    public void PUBREL_has_the_flags_0010(string packet)
    {
        Refusal.OfClient(V5, packet, MalformedPacket, "MQTT-3.6.1-1");
        Refusal.OfClient(V311, packet, MalformedPacket, "v311:MQTT-3.6.1-1");
    }

    [Theory]
    [Trait("Statement", "MQTT-3.8.1-1")]
    [Trait("Statement", "v311:MQTT-3.8.1-1")]
    [InlineData("80")]
    [InlineData("83")]
    [InlineData("86")]
    [InlineData("8A")]
    public void SUBSCRIBE_has_the_flags_0010(string first)
    {
        Refusal.OfClient(V5, first + "(0001 {} [a] 00)", MalformedPacket, "MQTT-3.8.1-1");
        Refusal.OfClient(V311, first + "(0001 [a] 00)", MalformedPacket, "v311:MQTT-3.8.1-1");
    }

    [Theory]
    [Trait("Statement", "MQTT-3.10.1-1")]
    [Trait("Statement", "v311:MQTT-3.10.1-1")]
    [InlineData("A0")]
    [InlineData("A3")]
    [InlineData("AA")]
    public void UNSUBSCRIBE_has_the_flags_0010(string first)
    {
        Refusal.OfClient(V5, first + "(0001 {} [a])", MalformedPacket, "MQTT-3.10.1-1");
        Refusal.OfClient(V311, first + "(0001 [a])", MalformedPacket, "v311:MQTT-3.10.1-1");
    }

    [Fact]
    public void In_version_3_1_the_retained_DUP_rule_holds_only_for_the_three_packets_that_are_sent_again()
    {
        Refusal.Accepts(V31, PeerRole.Client, "6A(0001)");
        Refusal.Accepts(V31, PeerRole.Client, "8A(0001 [a] 00)");
        Refusal.Accepts(V31, PeerRole.Client, "AA(0001 [a])");
        Refusal.OfClient(V31, "48(0001)", MalformedPacket, "v311:MQTT-2.2.2-2");
        Refusal.OfClient(V31, "60(0001)", MalformedPacket, "v311:MQTT-3.6.1-1");
    }

    [Theory]
    [Trait("Statement", "MQTT-3.14.1-1")]
    [Trait("Statement", "v311:MQTT-3.14.1-1")]
    [InlineData("E1()")]
    [InlineData("E8()")]
    public void DISCONNECT_has_no_flags(string packet)
    {
        Refusal.OfClient(V5, packet, MalformedPacket, "MQTT-3.14.1-1");
        Refusal.OfClient(V311, packet, MalformedPacket, "v311:MQTT-3.14.1-1");
    }

    [Fact]
    [Trait("Statement", "MQTT-3.15.1-1")]
    public void AUTH_has_no_flags() =>
        Refusal.OfClient(V5, "F2(18 {15 [m]})", MalformedPacket, "MQTT-3.15.1-1");

    [Fact]
    public void Packet_type_0_is_forbidden_and_15_came_with_version_5()
    {
        Refusal.OfClient(V5, "00()", MalformedPacket, "MQTT 5 §2.1.2");
        Refusal.OfClient(V311, "00()", MalformedPacket, "v311:MQTT-4.8.0-1");
        Refusal.OfClient(V311, "F0()", MalformedPacket, "v311:MQTT-4.8.0-1");
        Refusal.OfServer(V31, "F0()", MalformedPacket, "v311:MQTT-4.8.0-1");
    }

    [Theory]
    [InlineData("20(00 00 {})", PeerRole.Client)]
    [InlineData("90(0001 {} 00)", PeerRole.Client)]
    [InlineData("B0(0001 {} 00)", PeerRole.Client)]
    [InlineData("D0()", PeerRole.Client)]
    [InlineData("10([MQTT] 05 02 0000 {} [a])", PeerRole.Server)]
    [InlineData("82(0001 {} [a] 00)", PeerRole.Server)]
    [InlineData("A2(0001 {} [a])", PeerRole.Server)]
    [InlineData("C0()", PeerRole.Server)]
    public void A_packet_that_only_the_other_side_sends_is_a_protocol_error(string packet, PeerRole sender) =>
        Refusal.Check(V5, sender, packet, ProtocolError, "MQTT 5 §2.1.2");

    [Fact]
    [Trait("Statement", "v311:MQTT-4.8.0-1")]
    public void A_server_sends_DISCONNECT_since_version_5() =>
        Refusal.OfServer(V311, "E0()", ProtocolError, "v311:MQTT-4.8.0-1");

    [Theory]
    [Trait("Statement", "MQTT-3.1.0-1")]
    [Trait("Statement", "v311:MQTT-3.1.0-1")]
    [InlineData("C0()")]
    [InlineData("30([t])")]
    [InlineData("E0()")]
    [InlineData("20(00 00)")]
    [InlineData("F0()")]
    public void The_first_packet_is_CONNECT(string packet) =>
        Refusal.OfConnect(packet, ProtocolError, "MQTT-3.1.0-1");

    [Fact]
    [Trait("Statement", "MQTT-3.1.0-2")]
    [Trait("Statement", "v311:MQTT-3.1.0-2")]
    public void CONNECT_comes_once()
    {
        Refusal.OfClient(V5, "10([MQTT] 05 02 0000 {} [a])", ProtocolError, "MQTT-3.1.0-2");
        Refusal.OfClient(V311, "10([MQTT] 04 02 0000 [a])", ProtocolError, "v311:MQTT-3.1.0-2");
    }

    [Theory]
    [Trait("Statement", "MQTT-1.5.5-1")]
    [InlineData("C0 8000")]
    [InlineData("C0 808000")]
    [InlineData("C0 80808000")]
    [InlineData("40 8200 0001")]
    [InlineData("C0 8080808001")]
    [InlineData("C0 FFFFFFFF")]
    public void A_length_that_is_longer_than_needed_or_has_a_fifth_byte_is_malformed(string packet) =>
        Refusal.OfClient(V5, packet, MalformedPacket, "MQTT-1.5.5-1");

    [Theory]
    [InlineData("40(00)")]
    [InlineData("40()")]
    [InlineData("62(01)")]
    [InlineData("82()")]
    [InlineData("A2(00)")]
    [InlineData("30()")]
    [InlineData("30(0005 61)")]
    [InlineData("32(0001 61 00)")]
    public void A_field_that_the_packet_cuts_off_is_malformed(string packet)
    {
        Refusal.OfClient(V5, packet, MalformedPacket, "MQTT 5 §4.13.1");
        Refusal.OfClient(V311, packet, MalformedPacket, "v311:MQTT-4.8.0-1");
    }

    [Theory]
    [InlineData("C0(00)")]
    [InlineData("40(0001 00 00 00)")]
    [InlineData("E0(00 00 00)")]
    public void Bytes_behind_the_last_field_are_malformed(string packet) =>
        Refusal.OfClient(V5, packet, MalformedPacket, "MQTT 5 §4.13.1");

    [Theory]
    [Trait("Statement", "v311:MQTT-4.8.0-1")]
    [InlineData("C0(00)")]
    [InlineData("40(0001 00)")]
    [InlineData("E0(00)")]
    public void Older_versions_have_no_codes_or_properties_behind_the_last_field(string packet) =>
        Refusal.OfClient(V311, packet, MalformedPacket, "v311:MQTT-4.8.0-1");

    [Theory]
    [Trait("Statement", "MQTT-2.2.1-3")]
    [Trait("Statement", "v311:MQTT-2.3.1-1")]
    [InlineData("40(0000)")]
    [InlineData("50(0000)")]
    [InlineData("62(0000)")]
    [InlineData("70(0000)")]
    [InlineData("32([t] 0000 00)")]
    [InlineData("34([t] 0000 00)")]
    [InlineData("82(0000 00 [a] 00)")]
    [InlineData("A2(0000 00 [a])")]
    public void A_packet_identifier_is_never_0(string packet)
    {
        Refusal.OfClient(V5, packet, ProtocolError, "MQTT-2.2.1-3");
        Refusal.OfClient(V311, packet, ProtocolError, "v311:MQTT-2.3.1-1");
    }
}
