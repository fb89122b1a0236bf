using System.Buffers;
using Orrery.Mqtt.Codec;
using static Orrery.Mqtt.MqttVersion;
using static Orrery.Mqtt.ReasonCode;

namespace Orrery.Mqtt.Tests.Codec;

public sealed class PropertyRulesTests
{
    // Table 2-4 of MQTT 5 §2.2.2.2: the identifier, a valid value, and where it may stand. W is a will.
    private static readonly (byte Id, string Value, string Places)[] Table =
    [
        (0x01, "01", "PUBLISH W"),
        (0x02, "00000001", "PUBLISH W"),
        (0x03, "[x]", "PUBLISH W"),
        (0x08, "[x]", "PUBLISH W"),
        (0x09, "<00>", "PUBLISH W"),
        (0x0B, "01", "PUBLISH-S SUBSCRIBE"),
        (0x11, "00000001", "CONNECT CONNACK DISCONNECT"),
        (0x12, "[x]", "CONNACK"),
        (0x13, "0001", "CONNACK"),
        (0x15, "[x]", "CONNECT CONNACK AUTH"),
        (0x16, "<00>", "CONNECT CONNACK AUTH"),
        (0x17, "01", "CONNECT"),
        (0x18, "00000001", "W"),
        (0x19, "01", "CONNECT"),
        (0x1A, "[x]", "CONNACK"),
        (0x1C, "[x]", "CONNACK DISCONNECT"),
        (0x1F, "[x]", "CONNACK PUBACK PUBREC PUBREL PUBCOMP SUBACK UNSUBACK DISCONNECT AUTH"),
        (0x21, "0001", "CONNECT CONNACK"),
        (0x22, "0001", "CONNECT CONNACK"),
        (0x23, "0001", "PUBLISH"),
        (0x24, "01", "CONNACK"),
        (0x25, "01", "CONNACK"),
        (0x26, "[x] [y]", "CONNECT CONNACK PUBLISH W PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK DISCONNECT AUTH"),
        (0x27, "00000001", "CONNECT CONNACK"),
        (0x28, "01", "CONNACK"),
        (0x29, "01", "CONNACK"),
        (0x2A, "01", "CONNACK"),
    ];

    // Where properties stand; P is replaced by them. AUTH needs a method, which P may bring a second time.
    private static readonly (string Place, PeerRole Sender, string Packet)[] Places =
    [
        ("CONNECT", PeerRole.Client, "10([MQTT] 05 02 0000 {P} [a])"),
        ("W", PeerRole.Client, "10([MQTT] 05 04 0000 {} [a] {P} [t] <>)"),
        ("CONNACK", PeerRole.Server, "20(00 00 {P})"),
        ("PUBLISH", PeerRole.Client, "30([t] {P})"),
        ("PUBLISH", PeerRole.Server, "30([t] {P})"),
        ("PUBACK", PeerRole.Client, "40(0001 00 {P})"),
        ("PUBREC", PeerRole.Server, "50(0001 00 {P})"),
        ("PUBREL", PeerRole.Client, "62(0001 00 {P})"),
        ("PUBCOMP", PeerRole.Server, "70(0001 00 {P})"),
        ("SUBSCRIBE", PeerRole.Client, "82(0001 {P} [a] 00)"),
        ("SUBACK", PeerRole.Server, "90(0001 {P} 00)"),
        ("UNSUBSCRIBE", PeerRole.Client, "A2(0001 {P} [a])"),
        ("UNSUBACK", PeerRole.Server, "B0(0001 {P} 00)"),
        ("DISCONNECT", PeerRole.Client, "E0(00 {P})"),
        ("AUTH", PeerRole.Client, "F0(18 {P})"),
    ];

    public static TheoryData<string, PeerRole, string> EveryPlace
    {
        get
        {
            var data = new TheoryData<string, PeerRole, string>();
            foreach (var (place, sender, packet) in Places) data.Add(place, sender, packet);
            return data;
        }
    }

    [Theory, MemberData(nameof(EveryPlace))]
    [Trait("Statement", "MQTT-3.3.4-6")]
    public void Every_identifier_is_taken_where_the_table_has_it_and_malformed_elsewhere(string place, PeerRole sender, string packet)
    {
        for (var id = 0; id <= byte.MaxValue; id++)
        {
            var row = Array.Find(Table, row => row.Id == id);
            var value = row.Value ?? "00";
            var properties = $"{id:X2} {value}";
            if (id == 0x16) properties = "15 [x] " + properties;
            else if (place == "AUTH" && id != 0x15) properties = "15 [x] " + properties;

            var input = new ReadOnlySequence<byte>(Notation.Parse(packet.Replace("P", properties, StringComparison.Ordinal)));
            var reader = Refusal.Reader(packet.StartsWith("10", StringComparison.Ordinal) ? null : V5, sender);
            var status = reader.TryRead(ref input, out _, out var violation);

            var places = (row.Places ?? "").Split(' ');
            var suffixed = place + (sender == PeerRole.Server ? "-S" : "-C");
            if (places.Contains(place) || places.Contains(suffixed))
            {
                Assert.True(status == DecodeStatus.Complete, $"{place} refuses {id:X2}: {violation}");
            }
            else if (place == "PUBLISH" && id == 0x0B)
            {
                Assert.Equal((ProtocolError, "MQTT-3.3.4-6"), (violation!.ReasonCode, violation.Statement));
            }
            else
            {
                Assert.True(violation is { ReasonCode: MalformedPacket, Statement: "MQTT 5 §2.2.2.2" }, $"{place} {id:X2}: {violation}");
            }
        }
    }

    [Theory, MemberData(nameof(EveryPlace))]
    public void A_property_comes_once_except_user_properties_and_a_servers_subscription_identifiers(string place, PeerRole sender, string packet)
    {
        var reads = 0;
        foreach (var (id, value, places) in Table)
        {
            var isHere = places.Split(' ').Any(one => one == place || one == place + (sender == PeerRole.Server ? "-S" : "-C"));
            if (!isHere) continue;
            var properties = $"{id:X2} {value} {id:X2} {value}";
            if (id == 0x16 || (place == "AUTH" && id != 0x15)) properties = "15 [x] " + properties;
            var notation = packet.Replace("P", properties, StringComparison.Ordinal);
            var version = packet.StartsWith("10", StringComparison.Ordinal) ? (MqttVersion?)null : V5;

            if (id == 0x26 || (id == 0x0B && place == "PUBLISH")) Refusal.Accepts(version, sender, notation);
            else Refusal.Check(version, sender, notation, ProtocolError, "MQTT 5 §2.2.2.2");
            reads++;
        }
        Assert.NotEqual(0, reads);
    }

    [Theory]
    [InlineData("10([MQTT] 05 02 0000 {17 02} [a])")]
    [InlineData("10([MQTT] 05 02 0000 {19 FF} [a])")]
    [InlineData("10([MQTT] 05 04 0000 {} [a] {01 02} [t] <>)")]
    public void A_property_that_is_0_or_1_has_no_other_value_in_CONNECT(string packet) =>
        Refusal.OfConnect(packet, ProtocolError, "MQTT 5 §2.2.2.2");

    [Theory]
    [InlineData("20(00 00 {24 02})", PeerRole.Server)]
    [InlineData("20(00 00 {25 02})", PeerRole.Server)]
    [InlineData("20(00 00 {28 02})", PeerRole.Server)]
    [InlineData("20(00 00 {29 02})", PeerRole.Server)]
    [InlineData("20(00 00 {2A 02})", PeerRole.Server)]
    [InlineData("30([t] {01 02})", PeerRole.Client)]
    public void A_property_that_is_0_or_1_has_no_other_value(string packet, PeerRole sender) =>
        Refusal.Check(V5, sender, packet, ProtocolError, "MQTT 5 §2.2.2.2");

    [Fact]
    public void Receive_Maximum_and_Maximum_Packet_Size_are_not_0()
    {
        Refusal.OfConnect("10([MQTT] 05 02 0000 {21 0000} [a])", ProtocolError, "MQTT 5 §3.1.2.11.3");
        Refusal.OfServer(V5, "20(00 00 {21 0000})", ProtocolError, "MQTT 5 §3.1.2.11.3");
        Refusal.OfConnect("10([MQTT] 05 02 0000 {27 00000000} [a])", ProtocolError, "MQTT 5 §3.1.2.11.4");
        Refusal.OfServer(V5, "20(00 00 {27 00000000})", ProtocolError, "MQTT 5 §3.1.2.11.4");
    }

    [Fact]
    public void Authentication_data_needs_a_method()
    {
        Refusal.OfConnect("10([MQTT] 05 02 0000 {16 <00>} [a])", ProtocolError, "MQTT 5 §3.1.2.11.10");
        Refusal.OfServer(V5, "20(00 00 {16 <00>})", ProtocolError, "MQTT 5 §3.1.2.11.10");
    }

    [Theory]
    [InlineData("40(0001 80 05)")]                      // the section is longer than the packet
    [InlineData("40(0001 80 {1F})")]                    // a property without its value
    [InlineData("40(0001 80 {1F 0005 61})")]            // a string longer than the section
    [InlineData("40(0001 80 03 1F 0001 61)")]           // a string that runs out of the section
    [InlineData("30([t] {02 000000})")]
    [InlineData("30([t] {23 00})")]
    [InlineData("30([t] {09 0004 00})")]
    [InlineData("30([t] {26 [k]})")]
    [InlineData("82(0001 {0B} [a] 00)")]
    [InlineData("82(0001 {0B 80} [a] 00)")]
    public void A_property_stays_inside_its_section(string packet) =>
        Refusal.OfClient(V5, packet, MalformedPacket, "MQTT 5 §4.13.1");

    [Theory]
    [Trait("Statement", "MQTT-1.5.5-1")]
    [InlineData("40(0001 80 8000)")]
    [InlineData("82(0001 {0B 8100} [a] 00)")]
    [InlineData("82(0001 {0B FFFFFFFF01} [a] 00)")]
    [InlineData("82(0001 8080808001 [a] 00)")]
    public void Lengths_and_identifiers_of_properties_have_the_shortest_form(string packet) =>
        Refusal.OfClient(V5, packet, MalformedPacket, "MQTT-1.5.5-1");

    [Fact]
    public void User_properties_are_bounded()
    {
        const string Five = "{26 [] [] 26 [] [] 26 [] [] 26 [] [] 26 [] []}";
        Refusal.OfClient(V5, "40(0001 80 " + Five + ")", QuotaExceeded, "ItemsPerPacketMax");
        Refusal.OfClient(V5, "30([t] " + Five + ")", QuotaExceeded, "ItemsPerPacketMax");
        Refusal.Accepts(V5, PeerRole.Client, "30([t] {26 [] [] 26 [] [] 26 [] [] 26 [] []})");
    }
}
