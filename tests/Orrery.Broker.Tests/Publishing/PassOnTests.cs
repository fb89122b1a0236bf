using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Publishing;

/// <summary>Packets that are passed on as they arrived must say what an encoded packet would say.</summary>
public class PassOnTests
{
    public static TheoryData<MqttVersion, MqttVersion> Versions() => new()
    {
        { MqttVersion.V31, MqttVersion.V311 },
        { MqttVersion.V311, MqttVersion.V311 },
        { MqttVersion.V311, MqttVersion.V5 },
        { MqttVersion.V5, MqttVersion.V311 },
        { MqttVersion.V5, MqttVersion.V5 },
    };

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_mixed_batch_arrives_whole_and_in_order(MqttVersion from, MqttVersion to)
    {
        var world = new BrokerWorld();
        var subscriber = world.Connect("s", to);
        subscriber.Subscribe("#", QoS.AtMostOnce);
        var publisher = world.Connect("p", from);
        var sent = new List<PublishPacket>();
        for (var i = 0; i < 200; i++)
        {
            var qos = i % 11 == 0 ? QoS.AtLeastOnce : QoS.AtMostOnce;
            var properties = from == MqttVersion.V5 && i % 13 == 0 ? new MessageProperties(contentType: "text") : null;
            sent.Add(Publish($"t/{i / 10}", $"payload {i}", qos, (ushort)(qos == 0 ? 0 : i + 1), retain: i % 17 == 0, properties: properties));
        }

        publisher.Send([.. sent]);

        var received = subscriber.TakeAll().Cast<PublishPacket>().ToList();
        Assert.Equal(
            sent.Select(p => (p.Message.Topic.ToString(), TestClient.Text(p))),
            received.Select(p => (p.Message.Topic.ToString(), TestClient.Text(p))));
        Assert.All(received, p => Assert.Equal((QoS.AtMostOnce, false, false), (p.Message.QoS, p.Message.Retain, p.Duplicate)));
        Assert.Equal(to == MqttVersion.V5 ? sent.Count(p => p.Message.Properties is not null) : 0, received.Count(p => p.Message.Properties is not null));
    }

    [Fact]
    [Trait("Statement", "MQTT-3.1.2-24")]
    public void Identifiers_aliases_and_size_limits_are_honoured_where_bytes_could_be_passed_on()
    {
        var world = new BrokerWorld();
        var identified = world.Connect("identified");
        identified.Subscribe("a", QoS.AtMostOnce, identifier: 5);
        var small = world.Connect("small", with: c => c with { MaximumPacketSize = 20 });
        small.Subscribe("a", QoS.AtMostOnce);
        var publisher = world.Connect("p");

        publisher.Send(Publish("a", "1"), Publish("a", new string('x', 30)), Publish("a", "3"));

        Assert.All(identified.TakeAll().Cast<PublishPacket>(), p => Assert.Equal([5u], p.SubscriptionIdentifiers));
        Assert.Equal(["1", "3"], small.TakeAll().Cast<PublishPacket>().Select(TestClient.Text));
    }

    [Fact]
    public void A_publishers_alias_is_never_passed_on()
    {
        var world = new BrokerWorld();
        var subscriber = world.Connect("s");
        subscriber.Subscribe("a", QoS.AtMostOnce);
        var publisher = world.Connect("p");

        publisher.Send(
            Publish("a", "1") with { TopicAlias = 3 },
            Publish("a", "2"),
            Publish("a", "3") with { TopicAlias = 3 });

        Assert.All(subscriber.TakeAll().Cast<PublishPacket>(), p => Assert.Equal(0, p.TopicAlias));
    }

    [Fact]
    public void Every_subscriber_of_a_fan_out_gets_the_same()
    {
        var world = new BrokerWorld();
        var subscribers = Enumerable.Range(0, 20).Select(i => world.Connect($"s{i}", i % 2 == 0 ? MqttVersion.V5 : MqttVersion.V311)).ToList();
        subscribers.ForEach(s => s.Subscribe(s == subscribers[0] ? "#" : "t/+", (QoS)(subscribers.IndexOf(s) % 3)));
        var publisher = world.Connect("p", MqttVersion.V311);

        publisher.Send([.. Enumerable.Range(0, 60).Select(i => Publish($"t/{i % 4}", $"{i}"))]);

        Assert.All(subscribers, s => Assert.Equal(
            Enumerable.Range(0, 60).Select(i => $"{i}"), s.TakeAll().Cast<PublishPacket>().Select(TestClient.Text)));
    }
}
