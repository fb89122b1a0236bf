using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Mqtt.Codec;

/// <summary>PUBLISH: MQTT 5 §3.3, MQTT 3.1.1 §3.3. The one packet whose speed matters.</summary>
public static class PublishCodec
{
    private const int RetainFlag = 0x01;
    private const int DuplicateFlag = 0x08;
    private const int QoSShift = 1;

    /// <summary>How many bytes <see cref="Write"/> writes.</summary>
    /// <returns>The whole packet with its fixed header.</returns>
    /// <exception cref="ArgumentException">The packet would be larger than the protocol allows.</exception>
    public static int SizeOf(ApplicationMessage message, in PublishHeader header, MqttVersion version)
    {
        var remaining = RemainingLength(message, header, version, out _);
        return 1 + VariableByteInteger.SizeOf((uint)remaining) + remaining;
    }

    /// <summary>Whether a client with this Maximum Packet Size can be sent the message at all.</summary>
    /// <param name="message">The message.</param>
    /// <param name="header">What goes with it.</param>
    /// <param name="version">The client's version.</param>
    /// <param name="maximumPacketSize">In bytes, 1 and up [MQTT-3.1.2-24].</param>
    /// <returns>False too if the packet would be larger than the protocol allows: a message that came in the largest
    /// packet there is can have no property added.</returns>
    public static bool Fits(ApplicationMessage message, in PublishHeader header, MqttVersion version, uint maximumPacketSize)
    {
        var remaining = UncheckedLength(message, header, version, out _);
        return remaining <= VariableByteInteger.Max
            && 1 + VariableByteInteger.SizeOf((uint)remaining) + remaining <= maximumPacketSize;
    }

    /// <summary>Writes the whole packet to the start of the destination.</summary>
    /// <returns>How many bytes it took: <see cref="SizeOf"/>.</returns>
    /// <exception cref="ArgumentException">The destination is too small, or the packet larger than the protocol allows.</exception>
    public static int Write(Span<byte> destination, ApplicationMessage message, in PublishHeader header, MqttVersion version)
    {
        var remaining = RemainingLength(message, header, version, out var propertiesLength);
        var size = 1 + VariableByteInteger.SizeOf((uint)remaining) + remaining;
        if (destination.Length < size) ThrowTooSmall();

        var isV5 = version == MqttVersion.V5;
        destination[0] = (byte)(((int)ControlPacketType.Publish << 4)
            | ((int)header.QoS << QoSShift)
            | (header.Retain ? RetainFlag : 0)
            | (header.Duplicate ? DuplicateFlag : 0));
        var position = 1 + VariableByteInteger.Write(destination[1..], (uint)remaining);

        var topic = isV5 && header.OmitTopic ? default : message.Topic.Utf8;
        BinaryPrimitives.WriteUInt16BigEndian(destination[position..], (ushort)topic.Length);
        position += sizeof(ushort);
        topic.CopyTo(destination[position..]);
        position += topic.Length;

        if (header.QoS != QoS.AtMostOnce)
        {
            BinaryPrimitives.WriteUInt16BigEndian(destination[position..], header.PacketIdentifier.Value);
            position += sizeof(ushort);
        }
        if (isV5)
        {
            position += VariableByteInteger.Write(destination[position..], (uint)propertiesLength);
            if (propertiesLength > 0) position += WriteProperties(destination[position..], message.Properties, header);
        }
        message.Payload.Span.CopyTo(destination[position..]);
        return size;
    }

    internal static int SizeOfPacket(PublishPacket packet, MqttVersion version) =>
        SizeOf(packet.Message, HeaderOf(packet), version);

    internal static int WritePacket(Span<byte> destination, PublishPacket packet, MqttVersion version) =>
        Write(destination, packet.Message, HeaderOf(packet), version);

    /// <param name="cursor">Stands behind the fixed header.</param>
    /// <param name="first">The first byte, whose flags are judged already.</param>
    /// <param name="topics">The topics that the connection has sent so far.</param>
    internal static PublishPacket? Read(ref PacketCursor cursor, byte first, InboundTopics topics)
    {
        var qos = (QoS)((first >> QoSShift) & 3);
        var utf8 = cursor.ReadPrefixed();
        var identifier = qos == QoS.AtMostOnce ? default : cursor.ReadPacketIdentifier();

        MessageProperties? properties = null;
        ushort alias = 0;
        IReadOnlyList<uint> subscriptionIdentifiers = [];
        TopicName? topic;
        if (cursor.Version == MqttVersion.V5)
        {
            var reader = default(MessagePropertiesReader);
            properties = reader.Read(ref cursor, PropertyTable.PlaceOf(ControlPacketType.Publish));
            if (cursor.Failure is not null) return null;
            subscriptionIdentifiers = reader.SubscriptionIdentifiers;
            alias = reader.TopicAlias ?? 0;
            topic = reader.TopicAlias is null && !utf8.IsEmpty
                ? Intern(ref cursor, utf8, topics)
                : ResolveAlias(ref cursor, utf8, reader.TopicAlias, topics);
        }
        else
        {
            if (cursor.Failure is not null) return null;
            topic = Intern(ref cursor, utf8, topics);
        }
        if (topic is null) return null;

        // What is acknowledged, or retained, may be kept for long; the rest is gone with its batch.
        var isKept = qos != QoS.AtMostOnce || (first & RetainFlag) != 0;
        return new PublishPacket
        {
            Message = new ApplicationMessage
            {
                Topic = topic,
                Payload = isKept ? cursor.ReadRestToKeep() : cursor.ReadRest(),
                QoS = qos,
                Retain = (first & RetainFlag) != 0,
                Properties = isKept ? properties?.Detach() : properties,
            },
            Duplicate = (first & DuplicateFlag) != 0,
            PacketIdentifier = identifier,
            TopicAlias = alias,
            SubscriptionIdentifiers = subscriptionIdentifiers,
        };
    }

    private static TopicName? Intern(ref PacketCursor cursor, ReadOnlySpan<byte> utf8, InboundTopics topics)
    {
        var topic = topics.Intern(utf8, out var failure);
        if (failure is not null) cursor.Fail(failure);
        return topic;
    }

    /// <summary>Finds the topic of a PUBLISH that has an alias, or neither alias nor topic (MQTT 5 §3.3.2.3.4).</summary>
    private static TopicName? ResolveAlias(ref PacketCursor cursor, ReadOnlySpan<byte> utf8, ushort? alias, InboundTopics topics)
    {
        if (alias is not { } given) cursor.Fail(TopicRules.NoNameAndNoAlias);
        else if (given == 0) cursor.Fail(PropertyRules.TopicAliasZero);
        else if (!topics.Allows(given)) cursor.Fail(PropertyRules.TopicAliasTooHigh);
        else if (utf8.IsEmpty)
        {
            if (topics.Resolve(given) is { } known) return known;
            cursor.Fail(PropertyRules.TopicAliasUnknown);
        }
        else if (Intern(ref cursor, utf8, topics) is { } topic)
        {
            topics.Assign(given, topic);
            return topic;
        }
        return null;
    }

    private static int RemainingLength(ApplicationMessage message, in PublishHeader header, MqttVersion version, out int propertiesLength)
    {
        var length = UncheckedLength(message, header, version, out propertiesLength);
        if (length > VariableByteInteger.Max) ThrowTooLarge();
        return (int)length;
    }

    private static long UncheckedLength(ApplicationMessage message, in PublishHeader header, MqttVersion version, out int propertiesLength)
    {
        propertiesLength = 0;
        var isV5 = version == MqttVersion.V5;
        var length = (long)sizeof(ushort) + message.Payload.Length;
        if (!isV5 || !header.OmitTopic) length += message.Topic.Utf8.Length;
        if (header.QoS != QoS.AtMostOnce) length += sizeof(ushort);
        if (isV5)
        {
            propertiesLength = PropertiesLength(message.Properties, header);
            length += VariableByteInteger.SizeOf((uint)propertiesLength) + propertiesLength;
        }
        return length;
    }

    private static int PropertiesLength(MessageProperties? properties, in PublishHeader header)
    {
        var length = properties?.Forwarded.Length ?? 0;
        if (header.TopicAlias != 0) length += 1 + sizeof(ushort);
        if (header.MessageExpiryIntervalSeconds is not null) length += 1 + sizeof(uint);
        if (header.SubscriptionIdentifiers is { } identifiers)
        {
            foreach (var identifier in identifiers) length += 1 + VariableByteInteger.SizeOf(identifier);
        }
        return length;
    }

    private static int WriteProperties(Span<byte> destination, MessageProperties? properties, in PublishHeader header)
    {
        var position = 0;
        if (header.TopicAlias != 0)
        {
            destination[position++] = (byte)PropertyId.TopicAlias;
            BinaryPrimitives.WriteUInt16BigEndian(destination[position..], header.TopicAlias);
            position += sizeof(ushort);
        }
        if (header.MessageExpiryIntervalSeconds is { } expiry)
        {
            destination[position++] = (byte)PropertyId.MessageExpiryInterval;
            BinaryPrimitives.WriteUInt32BigEndian(destination[position..], expiry);
            position += sizeof(uint);
        }
        foreach (var identifier in header.SubscriptionIdentifiers ?? [])
        {
            destination[position++] = (byte)PropertyId.SubscriptionIdentifier;
            position += VariableByteInteger.Write(destination[position..], identifier);
        }
        if (properties is null) return position;
        properties.Forwarded.Span.CopyTo(destination[position..]);
        return position + properties.Forwarded.Length;
    }

    private static PublishHeader HeaderOf(PublishPacket packet) => new()
    {
        QoS = packet.Message.QoS,
        Retain = packet.Message.Retain,
        Duplicate = packet.Duplicate,
        PacketIdentifier = packet.PacketIdentifier,
        TopicAlias = packet.TopicAlias,
        MessageExpiryIntervalSeconds = packet.Message.Properties?.MessageExpiryIntervalSeconds,
        SubscriptionIdentifiers = packet.SubscriptionIdentifiers as uint[] ?? [.. packet.SubscriptionIdentifiers],
    };

    [DoesNotReturn]
    private static void ThrowTooSmall() =>
        throw new ArgumentException("The destination is smaller than the packet.", "destination");

    [DoesNotReturn]
    private static void ThrowTooLarge() =>
        throw new ArgumentException("A packet has at most 268,435,455 bytes behind its fixed header.", "message");
}
