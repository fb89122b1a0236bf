using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Conformance;

/// <summary>What answers may hold: MQTT 5 §3.1.2.11.4 and §3.1.2.11.7, and the properties of each acknowledgement.</summary>
public class AnswerTests
{
    // Enough for every bare answer below and for no sentence.
    private const uint Small = 20;

    private readonly BrokerWorld _world = new();

    /// <summary>Provokes each kind of answer with each outcome that the broker knows.</summary>
    private TestClient ProvokeAll(Func<ConnectPacket, ConnectPacket> with)
    {
        var client = _world.Connect("c", with: with);
        client.Subscribe("own");
        client.Send(Unsubscribe(2, "never"));           // 0x11
        client.Publish("nobody", "x", QoS.AtLeastOnce, 1);  // 0x10
        client.Publish("nobody", "x", QoS.ExactlyOnce, 2);  // 0x10
        client.Send(PubRel(2), PubRel(99));             // the second with 0x92
        client.Publish("own", "x", QoS.ExactlyOnce, 3);
        client.Send(new PubRecPacket { PacketIdentifier = new PacketIdentifier(77) }); // PUBREL with 0x92
        client.Send(PubRec(client.TakeOnly<PublishPacket>()));
        client.Send(PingReqPacket.Instance);
        return client;
    }

    [Fact]
    [Trait("Statement", "MQTT-3.4.2-2")]
    [Trait("Statement", "MQTT-3.4.2-3")]
    [Trait("Statement", "MQTT-3.5.2-2")]
    [Trait("Statement", "MQTT-3.5.2-3")]
    [Trait("Statement", "MQTT-3.6.2-2")]
    [Trait("Statement", "MQTT-3.6.2-3")]
    [Trait("Statement", "MQTT-3.7.2-2")]
    [Trait("Statement", "MQTT-3.7.2-3")]
    [Trait("Statement", "MQTT-3.9.2-1")]
    [Trait("Statement", "MQTT-3.9.2-2")]
    [Trait("Statement", "MQTT-3.11.2-1")]
    [Trait("Statement", "MQTT-3.11.2-2")]
    [Trait("Statement", "MQTT-3.1.2-24")]
    public void No_answer_is_above_the_clients_maximum_packet_size()
    {
        var client = ProvokeAll(c => c with { MaximumPacketSize = Small });

        Assert.False(client.IsClosed);
        var kinds = new HashSet<int>();
        foreach (var packet in PacketsOf(client))
        {
            Assert.InRange(packet.Length, 2, (int)Small);
            kinds.Add(packet[0] >> 4);
        }

        Assert.Equal([2, 3, 4, 5, 6, 7, 9, 11, 13], kinds.Order());
    }

    [Fact]
    [Trait("Statement", "MQTT-3.1.2-29")]
    public void Without_problem_information_only_CONNACK_PUBLISH_and_DISCONNECT_explain_themselves()
    {
        var client = ProvokeAll(c => c with { RequestProblemInformation = false });

        foreach (var packet in PacketsOf(client).Where(packet => packet[0] >> 4 is 4 or 5 or 6 or 7))
        {
            Assert.InRange(packet.Length, 4, 5);        // an identifier and at most a code: no properties
        }

        foreach (var packet in PacketsOf(client).Where(packet => packet[0] >> 4 is 9 or 11))
        {
            Assert.Equal(0, packet[4]);                 // Property Length
        }
    }

    [Theory]
    [InlineData(Small, false)]
    [InlineData(200u, true)]
    [Trait("Statement", "MQTT-3.2.2-19")]
    [Trait("Statement", "MQTT-3.2.2-20")]
    public void CONNACK_explains_a_refusal_where_the_client_has_room_for_it(uint room, bool isExplained)
    {
        var client = _world.Open();

        client.Send(new ConnectPacket
        {
            Version = MqttVersion.V5,
            ClientId = "c",
            CleanStart = true,
            MaximumPacketSize = room,
            AuthenticationMethod = "m",
        });

        Assert.InRange(client.Received.Count, 5, (int)room);
        var answer = client.Expect<ConnAckPacket>();
        Assert.Equal(isExplained, answer.ReasonString is not null);
        Assert.Empty(answer.UserProperties);
    }

    [Theory]
    [InlineData(Small, false)]
    [InlineData(200u, true)]
    [Trait("Statement", "MQTT-3.14.2-3")]
    [Trait("Statement", "MQTT-3.14.2-4")]
    [Trait("Statement", "MQTT-3.14.2-2")]
    public void DISCONNECT_explains_itself_where_the_client_has_room_for_it(uint room, bool isExplained)
    {
        var client = _world.Connect("c", sessionExpiry: 100, with: c => c with { MaximumPacketSize = room });
        client.Received.Clear();

        client.SendRaw([0x36, 0x00]);

        Assert.InRange(client.Received.Count, 3, (int)room);
        var answer = client.Expect<DisconnectPacket>();
        Assert.Equal((ReasonCode.MalformedPacket, isExplained), (answer.ReasonCode, answer.ReasonString is not null));
        Assert.Null(answer.SessionExpiryIntervalSeconds);
        Assert.Empty(answer.UserProperties);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.1.2-24")]
    public void A_client_that_has_no_room_for_CONNACK_is_closed_without_one()
    {
        var client = _world.Open();

        client.Send(new ConnectPacket { Version = MqttVersion.V5, ClientId = "", CleanStart = true, MaximumPacketSize = 8 });

        Assert.Empty(client.Received);
        Assert.True(client.IsClosed);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.1.2-24")]
    public void A_client_that_has_no_room_for_the_answer_to_its_request_is_closed()
    {
        var client = _world.Connect("c", with: c => c with { MaximumPacketSize = Small });
        client.Received.Clear();

        client.Send(Subscribe(1, null, [.. Enumerable.Range(0, 30).Select(i =>
            new Subscription(Filter($"a/{i}"), QoS.AtMostOnce, false, false, RetainHandling.SendAtSubscribe))]));

        Assert.Equal(ReasonCode.PacketTooLarge, client.Expect<DisconnectPacket>().ReasonCode);
        Assert.InRange(client.Received.Count, 3, (int)Small);
        Assert.True(client.IsClosed);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.14.4-1")]
    [Trait("Statement", "MQTT-3.14.4-2")]
    public void Nothing_follows_DISCONNECT()
    {
        var client = _world.Connect("c");
        client.Subscribe("#");
        var publisher = _world.Connect("p");

        publisher.SendLater(Publish("a", "before"));
        client.SendLater(Publish("a", "own"));
        client.SendRaw([0x36, 0x00]);
        client.SendRaw([0xC0, 0x00]);
        publisher.Publish("a", "after");

        Assert.IsType<DisconnectPacket>(client.TakeAll()[^1]);
        Assert.True(client.IsClosed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData((ushort)0)]
    [Trait("Statement", "MQTT-3.1.2-27")]
    public void A_client_that_allows_no_topic_alias_gets_none(ushort? maximum)
    {
        var client = _world.Connect("c", with: c => c with { TopicAliasMaximum = maximum });
        client.Subscribe("#", QoS.AtLeastOnce);
        var publisher = _world.Connect("p");

        for (ushort i = 1; i <= 5; i++)
        {
            publisher.Publish("a", "x", QoS.AtLeastOnce, i);
            publisher.Send(Publish("a", "x") with { TopicAlias = 1 });
        }

        var received = client.TakeAll().Cast<PublishPacket>().ToList();
        Assert.Equal(10, received.Count);
        Assert.All(received, publish => Assert.Equal((0, "a"), (publish.TopicAlias, publish.Message.Topic.ToString())));
    }

    /// <summary>Cuts what the broker sent into packets; none here is longer than one byte of Remaining Length can say.</summary>
    private static IEnumerable<byte[]> PacketsOf(TestClient client)
    {
        var bytes = client.Received.ToArray();
        for (var start = 0; start < bytes.Length;)
        {
            Assert.True(bytes[start + 1] < 0x80);
            var end = start + 2 + bytes[start + 1];
            yield return bytes[start..end];
            start = end;
        }
    }
}
