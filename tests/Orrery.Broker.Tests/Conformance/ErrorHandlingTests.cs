using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Conformance;

/// <summary>What breaks a rule closes its connection, is told why where the version can, and has no effect: MQTT 5 §4.13, MQTT 3.1.1 §4.8.</summary>
[Trait("Statement", "MQTT-4.13.1-1")]
public class ErrorHandlingTests
{
    private readonly BrokerWorld _world = new();
    private readonly TestClient _watcher;

    public ErrorHandlingTests()
    {
        _watcher = _world.Connect("watcher");
        _watcher.Subscribe("#");
    }

    [Theory]
    [InlineData(0x81, "42 02 0001")]                                // reserved flags of PUBACK
    [InlineData(0x81, "C1 00")]                                     // of PINGREQ
    [InlineData(0x81, "60 02 0001")]                                // of PUBREL
    [InlineData(0x81, "80 07 0001 00 0001 61 00")]                  // of SUBSCRIBE
    [InlineData(0x81, "A0 06 0001 00 0001 61")]                     // of UNSUBSCRIBE
    [InlineData(0x81, "E1 00")]                                     // of DISCONNECT
    [InlineData(0x81, "F1 06 18 04 15 0001 6D")]                    // of AUTH
    [InlineData(0x81, "36 06 0001 61 0001 00")]                     // QoS 3
    [InlineData(0x81, "38 04 0001 61 00")]                          // DUP at QoS 0
    [InlineData(0x81, "30 05 0002 C080 00")]                        // ill-formed UTF-8 in a topic
    [InlineData(0x81, "30 04 0001 00 00")]                          // U+0000 in a topic
    [InlineData(0x81, "30 0B 0001 61 07 26 0001 6B 0001 FF")]       // in a string pair
    [InlineData(0x81, "30 08 0001 61 04 08 0001 FF")]               // in the Response Topic
    [InlineData(0x81, "30 08 0001 61 04 03 0001 FF")]               // in the Content Type
    [InlineData(0x81, "82 07 0001 00 0001 FF 00")]                  // in a filter of SUBSCRIBE
    [InlineData(0x81, "A2 06 0001 00 0001 FF")]                     // in a filter of UNSUBSCRIBE
    [InlineData(0x81, "C0 8000")]                                   // a length in more bytes than it takes
    [InlineData(0x81, "82 07 0001 00 0001 61 40")]                  // a reserved bit of the options
    [InlineData(0x82, "32 06 0001 61 0000 00")]                     // Packet Identifier 0
    [InlineData(0x82, "82 03 0001 00")]                             // SUBSCRIBE without a filter
    [InlineData(0x82, "A2 03 0001 00")]                             // UNSUBSCRIBE without a filter
    [InlineData(0x82, "82 10 0001 00 000A 247368617265 2F 67 2F 61 04")] // No Local on $share/g/a
    [InlineData(0x82, "30 06 0001 61 02 0B 01")]                    // a Subscription Identifier
    [InlineData(0x82, "30 08 0001 61 04 08 0001 2B")]               // a Response Topic with a wildcard
    [InlineData(0x82, "E0 01 03")]                                  // a Reason Code that DISCONNECT has not
    [InlineData(0x82, "40 03 0001 77")]                             // that PUBACK has not
    [InlineData(0x82, "D0 00")]                                     // a packet that only a server sends
    [InlineData(0x82, "30 03 0000 00")]                             // an empty topic without an alias
    [InlineData(0x90, "30 06 0003 612F23 00")]                      // a topic with a wildcard
    [InlineData(0x8F, "82 09 0001 00 0003 61232F 00")]              // '#' inside a filter
    [InlineData(0x8F, "82 08 0001 00 0002 612B 00")]                // '+' beside a character
    [InlineData(0x8F, "82 06 0001 00 0000 00")]                     // an empty filter
    [InlineData(0x8F, "82 0F 0001 00 0009 247368617265 2F 2F 61 00")] // $share//a: no ShareName
    [InlineData(0x94, "30 07 0001 61 03 23 0000")]                  // Topic Alias 0
    [InlineData(0x94, "30 07 0001 61 03 23 000B")]                  // one above the maximum of 10
    [Trait("Statement", "MQTT-1.5.4-1")]
    [Trait("Statement", "MQTT-1.5.4-2")]
    [Trait("Statement", "MQTT-1.5.7-1")]
    [Trait("Statement", "MQTT-2.1.3-1")]
    [Trait("Statement", "MQTT-2.2.1-3")]
    [Trait("Statement", "MQTT-3.2.2-17")]
    [Trait("Statement", "MQTT-3.3.1-4")]
    [Trait("Statement", "MQTT-3.3.2-1")]
    [Trait("Statement", "MQTT-3.3.2-2")]
    [Trait("Statement", "MQTT-3.3.2-8")]
    [Trait("Statement", "MQTT-3.3.2-9")]
    [Trait("Statement", "MQTT-3.3.2-13")]
    [Trait("Statement", "MQTT-3.3.2-14")]
    [Trait("Statement", "MQTT-3.3.2-19")]
    [Trait("Statement", "MQTT-3.3.4-6")]
    [Trait("Statement", "MQTT-3.6.1-1")]
    [Trait("Statement", "MQTT-3.8.1-1")]
    [Trait("Statement", "MQTT-3.8.3-1")]
    [Trait("Statement", "MQTT-3.8.3-2")]
    [Trait("Statement", "MQTT-3.8.3-4")]
    [Trait("Statement", "MQTT-3.8.3-5")]
    [Trait("Statement", "MQTT-3.10.1-1")]
    [Trait("Statement", "MQTT-3.10.3-1")]
    [Trait("Statement", "MQTT-3.10.3-2")]
    [Trait("Statement", "MQTT-3.14.1-1")]
    [Trait("Statement", "MQTT-3.14.2-1")]
    [Trait("Statement", "MQTT-3.15.1-1")]
    [Trait("Statement", "MQTT-4.7.0-1")]
    [Trait("Statement", "MQTT-4.7.1-1")]
    [Trait("Statement", "MQTT-4.7.1-2")]
    [Trait("Statement", "MQTT-4.7.3-1")]
    [Trait("Statement", "MQTT-4.8.2-1")]
    [Trait("Statement", "MQTT-4.13.2-1")]
    public void What_breaks_a_rule_of_version_5_is_told_and_closed(int code, string bytes)
    {
        var client = _world.Connect("c", with: c => c with { Will = new Will(Message("will", "dead"), 0) });

        client.SendRaw(Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)));

        Assert.Equal((ReasonCode)code, client.Expect<DisconnectPacket>().ReasonCode);
        client.ExpectNothing();
        Assert.True(client.IsClosed);
        _watcher.ExpectPublish("will", "dead");
        _watcher.ExpectNothing();
    }

    [Theory]
    [InlineData("42 02 0001")]                                      // reserved flags of PUBACK
    [InlineData("60 02 0001")]                                      // of PUBREL
    [InlineData("80 06 0001 0001 61 00")]                           // of SUBSCRIBE
    [InlineData("A0 05 0001 0001 61")]                              // of UNSUBSCRIBE
    [InlineData("E1 00")]                                           // of DISCONNECT
    [InlineData("36 05 0001 61 0001")]                              // QoS 3
    [InlineData("38 03 0001 61")]                                   // DUP at QoS 0
    [InlineData("30 04 0002 C080")]                                 // ill-formed UTF-8 in a topic
    [InlineData("30 03 0001 00")]                                   // U+0000 in a topic
    [InlineData("82 06 0001 0001 FF 00")]                           // in a filter of SUBSCRIBE
    [InlineData("A2 05 0001 0001 FF")]                              // in a filter of UNSUBSCRIBE
    [InlineData("32 05 0001 61 0000")]                              // Packet Identifier 0
    [InlineData("82 02 0001")]                                      // SUBSCRIBE without a filter
    [InlineData("A2 02 0001")]                                      // UNSUBSCRIBE without a filter
    [InlineData("82 06 0001 0001 61 04")]                           // a reserved bit beside the QoS
    [InlineData("82 06 0001 0001 61 03")]                           // a requested QoS of 3
    [InlineData("30 05 0003 612F23")]                               // a topic with a wildcard
    [InlineData("30 02 0000")]                                      // an empty topic
    [InlineData("82 08 0001 0003 61232F 00")]                       // '#' inside a filter
    [InlineData("82 07 0001 0002 612B 00")]                         // '+' beside a character
    [InlineData("82 05 0001 0000 00")]                              // an empty filter
    [InlineData("F0 00")]                                           // AUTH came with version 5
    [InlineData("D0 00")]                                           // a packet that only a server sends
    [InlineData("10 0D 0004 4D515454 04 02 003C 0001 63")]          // a second CONNECT
    [Trait("Statement", "v311:MQTT-1.5.3-1")]
    [Trait("Statement", "v311:MQTT-1.5.3-2")]
    [Trait("Statement", "v311:MQTT-2.2.2-1")]
    [Trait("Statement", "v311:MQTT-2.2.2-2")]
    [Trait("Statement", "v311:MQTT-2.3.1-1")]
    [Trait("Statement", "v311:MQTT-3.1.0-2")]
    [Trait("Statement", "v311:MQTT-3.3.1-4")]
    [Trait("Statement", "v311:MQTT-3.3.2-1")]
    [Trait("Statement", "v311:MQTT-3.3.2-2")]
    [Trait("Statement", "v311:MQTT-3.6.1-1")]
    [Trait("Statement", "v311:MQTT-3.8.1-1")]
    [Trait("Statement", "v311:MQTT-3.8.3-1")]
    [Trait("Statement", "v311:MQTT-3.8.3-3")]
    [Trait("Statement", "v311:MQTT-3.8.3-4")]
    [Trait("Statement", "v311:MQTT-3.10.1-1")]
    [Trait("Statement", "v311:MQTT-3.10.3-1")]
    [Trait("Statement", "v311:MQTT-3.10.3-2")]
    [Trait("Statement", "v311:MQTT-3.14.1-1")]
    [Trait("Statement", "v311:MQTT-4.7.1-1")]
    [Trait("Statement", "v311:MQTT-4.7.1-2")]
    [Trait("Statement", "v311:MQTT-4.7.1-3")]
    [Trait("Statement", "v311:MQTT-4.7.3-1")]
    [Trait("Statement", "v311:MQTT-4.7.3-2")]
    [Trait("Statement", "v311:MQTT-4.8.0-1")]
    public void What_breaks_a_rule_of_version_311_is_closed_without_a_word(string bytes)
    {
        var client = _world.Connect("c", MqttVersion.V311, with: c => c with { Will = new Will(Message("will", "dead"), 0) });
        client.Received.Clear();

        client.SendRaw(Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)));

        Assert.Empty(client.Received);
        Assert.True(client.IsClosed);
        _watcher.ExpectPublish("will", "dead");
        _watcher.ExpectNothing();
    }

    [Theory]
    [InlineData("C000")]
    [InlineData("30030001610A")]
    [InlineData("E000")]
    [Trait("Statement", "MQTT-3.1.0-1")]
    [Trait("Statement", "v311:MQTT-3.1.0-1")]
    public void Whatever_comes_before_CONNECT_closes_without_a_word_and_does_nothing(string bytes)
    {
        var client = _world.Open();

        client.SendRaw(Convert.FromHexString(bytes));

        Assert.Empty(client.Received);
        Assert.True(client.IsClosed);
        _watcher.ExpectNothing();
    }
}
