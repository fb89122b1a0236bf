using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Tests.World;

/// <summary>Short forms of the packets that tests send.</summary>
internal static class Packets
{
    public static TopicName Topic(string text)
    {
        Assert.True(TopicName.TryParse(text, out var topic));
        return topic!;
    }

    public static TopicFilter Filter(string text)
    {
        Assert.True(TopicFilter.TryParse(text, out var filter, out var reason), reason);
        return filter!;
    }

    public static ApplicationMessage Message(string topic, string payload, QoS qos = QoS.AtMostOnce, bool retain = false, MessageProperties? properties = null) => new()
    {
        Topic = Topic(topic),
        Payload = System.Text.Encoding.UTF8.GetBytes(payload),
        QoS = qos,
        Retain = retain,
        Properties = properties,
    };

    public static PublishPacket Publish(string topic, string payload, QoS qos = QoS.AtMostOnce, ushort id = 0, bool retain = false,
        bool duplicate = false, MessageProperties? properties = null) => new()
        {
            Message = Message(topic, payload, qos, retain, properties),
            PacketIdentifier = new PacketIdentifier(id),
            Duplicate = duplicate,
        };

    public static SubscribePacket Subscribe(ushort id, uint? identifier, params Subscription[] subscriptions) => new()
    {
        PacketIdentifier = new PacketIdentifier(id),
        SubscriptionIdentifier = identifier,
        Subscriptions = subscriptions,
    };

    public static UnsubscribePacket Unsubscribe(ushort id, params string[] filters) => new()
    {
        PacketIdentifier = new PacketIdentifier(id),
        Filters = [.. filters.Select(Filter)],
    };

    public static PubAckPacket PubAck(PublishPacket publish) => new() { PacketIdentifier = publish.PacketIdentifier };

    public static PubRecPacket PubRec(PublishPacket publish) => new() { PacketIdentifier = publish.PacketIdentifier };

    public static PubRelPacket PubRel(ushort id) => new() { PacketIdentifier = new PacketIdentifier(id) };

    public static PubCompPacket PubComp(PublishPacket publish) => new() { PacketIdentifier = publish.PacketIdentifier };

    public static DisconnectPacket Disconnect(ReasonCode code = ReasonCode.Success, uint? sessionExpiry = null) =>
        new() { ReasonCode = code, SessionExpiryIntervalSeconds = sessionExpiry };
}
