using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Mqtt.Codec;

/// <summary>UNSUBSCRIBE: MQTT 5 §3.10, MQTT 3.1.1 §3.10.</summary>
internal static class UnsubscribeCodec
{
    public static UnsubscribePacket Read(ref PacketCursor cursor)
    {
        var identifier = cursor.ReadPacketIdentifier();
        var properties = cursor.Version == MqttVersion.V5 ? PropertyBag.Read(ref cursor, ControlPacketType.Unsubscribe) : default;
        var filters = new List<TopicFilter>();
        if (cursor.Remaining == 0) cursor.Fail(SubscribeRules.NoUnsubscription);
        while (cursor.Remaining > 0)
        {
            if (filters.Count == cursor.ItemsMax) cursor.Fail(Rules.TooManyItems);
            if (SubscribeCodec.ReadFilter(ref cursor) is { } filter) filters.Add(filter);
        }
        return new UnsubscribePacket
        {
            PacketIdentifier = identifier,
            Filters = filters,
            UserProperties = properties.UserProperties,
        };
    }

    public static void Write(ref PacketSink sink, UnsubscribePacket packet, MqttVersion version)
    {
        sink.UInt16(packet.PacketIdentifier.Value);
        if (version == MqttVersion.V5)
        {
            var count = default(PacketSink);
            count.UserProperties(packet.UserProperties);
            sink.VariableByteInteger((uint)count.Length);
            sink.UserProperties(packet.UserProperties);
        }
        for (var index = 0; index < packet.Filters.Count; index++)
        {
            sink.Binary(packet.Filters[index].Utf8);
        }
    }
}
