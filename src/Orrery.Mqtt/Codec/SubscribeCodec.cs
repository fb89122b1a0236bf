using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Mqtt.Codec;

/// <summary>SUBSCRIBE: MQTT 5 §3.8, MQTT 3.1.1 §3.8.</summary>
internal static class SubscribeCodec
{
    private const int QoSMask = 0x03;
    private const int NoLocalFlag = 0x04;
    private const int RetainAsPublishedFlag = 0x08;
    private const int RetainHandlingShift = 4;
    private const int ReservedMask = 0xC0;
    private const int ReservedMaskBeforeV5 = 0xFC;

    public static SubscribePacket Read(ref PacketCursor cursor)
    {
        var identifier = cursor.ReadPacketIdentifier();
        var properties = cursor.Version == MqttVersion.V5 ? PropertyBag.Read(ref cursor, ControlPacketType.Subscribe) : default;
        var subscriptions = new List<Subscription>();
        if (cursor.Remaining == 0) cursor.Fail(SubscribeRules.NoSubscription);
        while (cursor.Remaining > 0)
        {
            if (subscriptions.Count == cursor.ItemsMax) cursor.Fail(Rules.TooManyItems);
            if (ReadSubscription(ref cursor) is { } subscription) subscriptions.Add(subscription);
        }
        return new SubscribePacket
        {
            PacketIdentifier = identifier,
            SubscriptionIdentifier = properties.SubscriptionIdentifier,
            Subscriptions = subscriptions,
            UserProperties = properties.UserProperties,
        };
    }

    public static void Write(ref PacketSink sink, SubscribePacket packet, MqttVersion version)
    {
        sink.UInt16(packet.PacketIdentifier.Value);
        if (version == MqttVersion.V5)
        {
            var count = default(PacketSink);
            WriteProperties(ref count, packet);
            sink.VariableByteInteger((uint)count.Length);
            WriteProperties(ref sink, packet);
        }
        for (var index = 0; index < packet.Subscriptions.Count; index++)
        {
            var subscription = packet.Subscriptions[index];
            sink.Binary(subscription.Filter.Utf8);
            sink.Byte(version == MqttVersion.V5 ? OptionsOf(subscription) : (byte)subscription.MaximumQoS);
        }
    }

    /// <summary>Reads one filter, for UNSUBSCRIBE too; null after a failure.</summary>
    public static TopicFilter? ReadFilter(ref PacketCursor cursor)
    {
        var utf8 = cursor.ReadUtf8();
        if (cursor.Failure is not null) return null;

        // Counted before the filter is made, which splits it.
        if (utf8.Count(TopicLevels.Separator) >= cursor.TopicLevelsMax)
        {
            cursor.Fail(TopicRules.FilterHasTooManyLevels);
            return null;
        }
        if (!TopicFilter.TryParse(utf8, out var filter, out var reason)) cursor.Fail(TopicRules.WhyNoFilter(reason));
        return filter;
    }

    private static Subscription? ReadSubscription(ref PacketCursor cursor)
    {
        var filter = ReadFilter(ref cursor);
        var options = (int)cursor.ReadByte();
        var isV5 = cursor.Version == MqttVersion.V5;
        var qos = options & QoSMask;
        var retainHandling = isV5 ? (options >> RetainHandlingShift) & 3 : 0;
        var noLocal = (options & NoLocalFlag) != 0;
        if ((options & (isV5 ? ReservedMask : ReservedMaskBeforeV5)) != 0) cursor.Fail(SubscribeRules.ReservedOptions);
        if (qos == 3) cursor.Fail(SubscribeRules.QoS3);
        if (retainHandling == 3) cursor.Fail(SubscribeRules.RetainHandling3);
        if (filter is null) return null;
        if (noLocal && filter.IsShared) cursor.Fail(SubscribeRules.NoLocalShared);
        return new Subscription(
            filter, (QoS)qos, noLocal, (options & RetainAsPublishedFlag) != 0, (RetainHandling)retainHandling);
    }

    private static byte OptionsOf(Subscription subscription) => (byte)(
        (int)subscription.MaximumQoS
        | (subscription.NoLocal ? NoLocalFlag : 0)
        | (subscription.RetainAsPublished ? RetainAsPublishedFlag : 0)
        | ((int)subscription.RetainHandling << RetainHandlingShift));

    private static void WriteProperties(ref PacketSink sink, SubscribePacket packet)
    {
        if (packet.SubscriptionIdentifier is { } identifier) sink.SubscriptionIdentifier(identifier);
        sink.UserProperties(packet.UserProperties);
    }
}
