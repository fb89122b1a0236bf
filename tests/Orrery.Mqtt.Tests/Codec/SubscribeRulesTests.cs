using Orrery.Mqtt.Codec;
using static Orrery.Mqtt.MqttVersion;
using static Orrery.Mqtt.ReasonCode;

namespace Orrery.Mqtt.Tests.Codec;

public sealed class SubscribeRulesTests
{
    [Fact]
    [Trait("Statement", "MQTT-3.8.3-2")]
    [Trait("Statement", "v311:MQTT-3.8.3-3")]
    public void SUBSCRIBE_holds_a_filter()
    {
        Refusal.OfClient(V5, "82(0001 {})", ProtocolError, "MQTT-3.8.3-2");
        Refusal.OfClient(V311, "82(0001)", ProtocolError, "v311:MQTT-3.8.3-3");
    }

    [Fact]
    [Trait("Statement", "MQTT-3.10.3-2")]
    [Trait("Statement", "v311:MQTT-3.10.3-2")]
    public void UNSUBSCRIBE_holds_a_filter()
    {
        Refusal.OfClient(V5, "A2(0001 {})", ProtocolError, "MQTT-3.10.3-2");
        Refusal.OfClient(V311, "A2(0001)", ProtocolError, "v311:MQTT-3.10.3-2");
    }

    [Theory]
    [Trait("Statement", "MQTT-3.8.3-5")]
    [Trait("Statement", "v311:MQTT-3.8.3-4")]
    [InlineData("40", true)]
    [InlineData("80", true)]
    [InlineData("C1", true)]
    [InlineData("04", false)]
    [InlineData("08", false)]
    [InlineData("11", false)]
    public void Reserved_option_bits_are_malformed(string options, bool inV5)
    {
        if (inV5) Refusal.OfClient(V5, $"82(0001 {{}} [a] {options})", MalformedPacket, "MQTT-3.8.3-5");
        else Refusal.Accepts(V5, PeerRole.Client, $"82(0001 {{}} [a] {options})");
        Refusal.OfClient(V311, $"82(0001 [a] {options})", MalformedPacket, "v311:MQTT-3.8.3-4");
        Refusal.OfClient(V31, $"82(0001 [a] {options})", MalformedPacket, "v311:MQTT-3.8.3-4");
    }

    [Fact]
    [Trait("Statement", "v311:MQTT-3.8.3-4")]
    [Trait("Statement", "MQTT-4.13.1-1")]
    public void QoS_3_and_retain_handling_3_do_not_exist()
    {
        Refusal.OfClient(V5, "82(0001 {} [a] 03)", ProtocolError, "MQTT 5 §3.8.3.1");
        Refusal.OfClient(V5, "82(0001 {} [a] 30)", ProtocolError, "MQTT 5 §3.8.3.1");
        Refusal.OfClient(V311, "82(0001 [a] 03)", ProtocolError, "v311:MQTT-3.8.3-4");
    }

    [Fact]
    [Trait("Statement", "MQTT-3.8.3-4")]
    public void A_shared_subscription_has_no_No_Local()
    {
        Refusal.OfClient(V5, "82(0001 {} [$share/g/a] 04)", ProtocolError, "MQTT-3.8.3-4");
        Refusal.OfClient(V5, "82(0001 {} [a] 04 [$share/g/a] 06)", ProtocolError, "MQTT-3.8.3-4");
        Refusal.Accepts(V5, PeerRole.Client, "82(0001 {} [$share/g/a] 01 [a] 04)");
    }

    [Fact]
    public void A_subscription_identifier_is_1_or_more()
    {
        Refusal.OfClient(V5, "82(0001 {0B 00} [a] 00)", ProtocolError, "MQTT 5 §3.8.2.1.2");
        Refusal.Accepts(V5, PeerRole.Client, "82(0001 {0B FFFFFF7F} [a] 00)");
    }

    [Theory]
    [Trait("Statement", "MQTT-4.7.1-1")]
    [Trait("Statement", "MQTT-4.7.1-2")]
    [Trait("Statement", "MQTT-4.7.3-1")]
    [Trait("Statement", "MQTT-4.8.2-1")]
    [Trait("Statement", "MQTT-4.8.2-2")]
    [Trait("Statement", "v311:MQTT-4.7.1-2")]
    [Trait("Statement", "v311:MQTT-4.7.1-3")]
    [InlineData("a/#/b", "MQTT-4.7.1-1", "v311:MQTT-4.7.1-2")]
    [InlineData("a#", "MQTT-4.7.1-1", "v311:MQTT-4.7.1-2")]
    [InlineData("a/b+", "MQTT-4.7.1-2", "v311:MQTT-4.7.1-3")]
    [InlineData("", "MQTT-4.7.3-1", "v311:MQTT-4.7.3-1")]
    [InlineData("$share//a", "MQTT-4.8.2-1", "MQTT-4.8.2-1")]
    [InlineData("$share/g", "MQTT-4.8.2-2", "MQTT-4.8.2-2")]
    [InlineData("$share/g+/a", "MQTT-4.8.2-2", "MQTT-4.8.2-2")]
    [InlineData("1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", "TopicLevelsMax", "TopicLevelsMax")]
    public void A_filter_that_is_none_ends_the_connection(string filter, string statement, string olderStatement)
    {
        Refusal.OfClient(V5, $"82(0001 {{}} [ok] 00 [{filter}] 00)", TopicFilterInvalid, statement);
        Refusal.OfClient(V5, $"A2(0001 {{}} [ok] [{filter}])", TopicFilterInvalid, statement);
        Refusal.OfClient(V311, $"82(0001 [{filter}] 00)", TopicFilterInvalid, olderStatement);
    }

    [Fact]
    public void Filters_are_bounded()
    {
        Refusal.OfClient(V311, "82(0001 [a] 00 [b] 00 [c] 00 [d] 00 [e] 00)", QuotaExceeded, "ItemsPerPacketMax");
        Refusal.OfClient(V311, "A2(0001 [a] [b] [c] [d] [e])", QuotaExceeded, "ItemsPerPacketMax");
        Refusal.Accepts(V311, PeerRole.Client, "82(0001 [a] 00 [b] 00 [c] 00 [d] 00)");
    }

    [Theory]
    [InlineData("82(0001 [a])")]
    [InlineData("82(0001 [a] 00 [b])")]
    [InlineData("82(0001 [a] 00 00)")]
    [InlineData("A2(0001 [a] 00)")]
    public void A_cut_filter_or_one_without_options_is_malformed(string packet) =>
        Refusal.OfClient(V311, packet, MalformedPacket, "v311:MQTT-4.8.0-1");
}
