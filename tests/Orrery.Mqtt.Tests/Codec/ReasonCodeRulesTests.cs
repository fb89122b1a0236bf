using System.Buffers;
using Orrery.Mqtt.Codec;
using static Orrery.Mqtt.MqttVersion;
using static Orrery.Mqtt.ReasonCode;

namespace Orrery.Mqtt.Tests.Codec;

public sealed class ReasonCodeRulesTests
{
    // The tables of MQTT 5: 3-1, 3-4, 3-5, 3-6, 3-7, 3-8, 3-9, 3-10 and 3-11, in the order of their sections.
    [Theory]
    [Trait("Statement", "MQTT-3.2.2-8")]
    [Trait("Statement", "MQTT-3.4.2-1")]
    [Trait("Statement", "MQTT-3.5.2-1")]
    [Trait("Statement", "MQTT-3.6.2-1")]
    [Trait("Statement", "MQTT-3.7.2-1")]
    [Trait("Statement", "MQTT-3.9.3-2")]
    [Trait("Statement", "MQTT-3.11.3-2")]
    [Trait("Statement", "MQTT-3.14.2-1")]
    [Trait("Statement", "MQTT-3.15.2-1")]
    [InlineData("MQTT-3.2.2-8", PeerRole.Server, "20(00 R {})", "00 80 81 82 83 84 85 86 87 88 89 8A 8C 90 95 97 99 9A 9B 9C 9D 9F")]
    [InlineData("MQTT-3.4.2-1", PeerRole.Client, "40(0001 R)", "00 10 80 83 87 90 91 97 99")]
    [InlineData("MQTT-3.4.2-1", PeerRole.Server, "40(0001 R {})", "00 10 80 83 87 90 91 97 99")]
    [InlineData("MQTT-3.5.2-1", PeerRole.Client, "50(0001 R)", "00 10 80 83 87 90 91 97 99")]
    [InlineData("MQTT-3.6.2-1", PeerRole.Client, "62(0001 R)", "00 92")]
    [InlineData("MQTT-3.7.2-1", PeerRole.Client, "70(0001 R)", "00 92")]
    [InlineData("MQTT-3.9.3-2", PeerRole.Server, "90(0001 {} R)", "00 01 02 80 83 87 8F 91 97 9E A1 A2")]
    [InlineData("MQTT-3.9.3-2", PeerRole.Server, "90(0001 {} 00 R)", "00 01 02 80 83 87 8F 91 97 9E A1 A2")]
    [InlineData("MQTT-3.11.3-2", PeerRole.Server, "B0(0001 {} R)", "00 11 80 83 87 8F 91")]
    [InlineData("MQTT-3.14.2-1", PeerRole.Client, "E0(R)", "00 04 80 81 82 83 90 93 94 95 96 97 98 99")]
    [InlineData("MQTT-3.14.2-1", PeerRole.Server, "E0(R)",
        "00 80 81 82 83 87 89 8B 8C 8D 8E 8F 90 93 94 95 96 97 98 99 9A 9B 9C 9D 9E 9F A0 A1 A2")]
    [InlineData("MQTT-3.15.2-1", PeerRole.Client, "F0(R {15 [m]})", "18 19")]
    [InlineData("MQTT-3.15.2-1", PeerRole.Server, "F0(R {15 [m]})", "00 18")]
    public void Every_code_is_taken_if_the_packets_table_has_it(string statement, PeerRole sender, string packet, string allowed)
    {
        var codes = allowed.Split(' ');
        for (var code = 0; code <= byte.MaxValue; code++)
        {
            var input = new ReadOnlySequence<byte>(Notation.Parse(packet.Replace("R", code.ToString("X2"), StringComparison.Ordinal)));

            var status = Refusal.Reader(V5, sender).TryRead(ref input, out _, out var violation);

            if (codes.Contains(code.ToString("X2"))) Assert.Equal((code, DecodeStatus.Complete), (code, status));
            else Assert.Equal((code, ProtocolError, statement), (code, violation!.ReasonCode, violation.Statement));
        }
    }

    [Fact]
    [Trait("Statement", "v311:MQTT-3.9.3-2")]
    public void SUBACK_of_older_versions_has_four_codes()
    {
        Refusal.Accepts(V311, PeerRole.Server, "90(0001 00 01 02 80)");
        foreach (var code in (string[])["03", "7F", "81", "87", "FF"])
        {
            Refusal.OfServer(V311, $"90(0001 {code})", ProtocolError, "v311:MQTT-3.9.3-2");
        }
    }

    [Fact]
    [Trait("Statement", "MQTT-3.8.4-6")]
    [Trait("Statement", "MQTT-3.11.3-1")]
    public void An_answer_holds_a_code_for_each_filter_and_so_at_least_one()
    {
        Refusal.OfServer(V5, "90(0001 {})", ProtocolError, "MQTT-3.8.4-6");
        Refusal.OfServer(V311, "90(0001)", ProtocolError, "v311:MQTT-3.8.4-5");
        Refusal.OfServer(V5, "B0(0001 {})", ProtocolError, "MQTT-3.11.3-1");
    }

    [Fact]
    [Trait("Statement", "MQTT-3.14.2-2")]
    public void A_server_does_not_change_the_session_expiry_with_DISCONNECT()
    {
        Refusal.OfServer(V5, "E0(00 {11 00000001})", ProtocolError, "MQTT-3.14.2-2");
        Refusal.Accepts(V5, PeerRole.Client, "E0(00 {11 00000001})");
    }

    [Fact]
    public void AUTH_names_its_method_unless_it_is_the_short_form_of_success()
    {
        Refusal.OfClient(V5, "F0(18 {})", ProtocolError, "MQTT 5 §3.15.2.2.2");
        Refusal.OfClient(V5, "F0(18 {1F [w]})", ProtocolError, "MQTT 5 §3.15.2.2.2");
        Refusal.OfClient(V5, "F0(18)", MalformedPacket, "MQTT 5 §4.13.1");
        Refusal.Accepts(V5, PeerRole.Server, "F0()");
    }
}
