using System.Buffers.Binary;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Text;

namespace Orrery.Mqtt.Packets;

/// <summary>What MQTT 5 lets a publisher say about a message (MQTT 5 §3.3.2.3). Immutable, and equal by value.</summary>
/// <remarks>
/// A server passes all of it on unaltered but the expiry [MQTT-3.3.2-4, -15 to -18, -20]. So the encoded bytes are what
/// is kept, and a fan-out copies them; each property is decoded when it is asked for.
/// </remarks>
public sealed class MessageProperties : IEquatable<MessageProperties>
{
    /// <summary>Encodes what a publisher says. What is null or empty is left out.</summary>
    /// <param name="payloadIsUtf8">See <see cref="PayloadIsUtf8"/>.</param>
    /// <param name="messageExpiryIntervalSeconds">See <see cref="MessageExpiryIntervalSeconds"/>.</param>
    /// <param name="contentType">See <see cref="ContentType"/>.</param>
    /// <param name="responseTopic">See <see cref="ResponseTopic"/>.</param>
    /// <param name="correlationData">At most 65,535 bytes.</param>
    /// <param name="userProperties">In the order to be sent.</param>
    /// <exception cref="ArgumentException">
    /// A text is above 65,535 bytes or holds U+0000 or a lone surrogate, or the response topic is empty or holds a
    /// wildcard.
    /// </exception>
    public MessageProperties(
        bool? payloadIsUtf8 = null,
        uint? messageExpiryIntervalSeconds = null,
        string? contentType = null,
        string? responseTopic = null,
        ReadOnlyMemory<byte>? correlationData = null,
        IReadOnlyList<UserProperty>? userProperties = null)
    {
        if (responseTopic is not null && (responseTopic.Length == 0 || responseTopic.AsSpan().ContainsAny('+', '#')))
        {
            throw new ArgumentException("A response topic is a topic name [MQTT-3.3.2-14].", nameof(responseTopic));
        }

        MessageExpiryIntervalSeconds = messageExpiryIntervalSeconds;
        var count = default(PacketSink);
        Encode(ref count);
        var bytes = new byte[count.Length];
        var sink = new PacketSink(bytes);
        Encode(ref sink);
        Forwarded = bytes;

        void Encode(ref PacketSink sink)
        {
            sink.Optional(PropertyId.PayloadFormatIndicator, payloadIsUtf8);
            sink.Optional(PropertyId.ContentType, contentType);
            sink.Optional(PropertyId.ResponseTopic, responseTopic);
            sink.Optional(PropertyId.CorrelationData, correlationData);
            sink.UserProperties(userProperties ?? []);
        }
    }

    internal MessageProperties(ReadOnlyMemory<byte> forwarded, uint? messageExpiryIntervalSeconds)
    {
        Forwarded = forwarded;
        MessageExpiryIntervalSeconds = messageExpiryIntervalSeconds;
    }

    /// <summary>True if the payload is said to be UTF-8 text, false if bytes; null if not said, which means bytes.</summary>
    public bool? PayloadIsUtf8 => Find(PropertyId.PayloadFormatIndicator) is [var value] ? value == 1 : null;

    /// <summary>How long the message is worth sending, in seconds from when it arrived. Null means for ever.</summary>
    public uint? MessageExpiryIntervalSeconds { get; }

    /// <summary>What the payload is, in words that publisher and subscriber agree on; null without.</summary>
    public string? ContentType => FindText(PropertyId.ContentType);

    /// <summary>Where an answer shall be published: a topic name; null for a message that asks for none.</summary>
    public string? ResponseTopic => FindText(PropertyId.ResponseTopic);

    /// <summary>What an answer shall repeat, so that it can be told from others; null without.</summary>
    public ReadOnlyMemory<byte>? CorrelationData =>
        TryFind(PropertyId.CorrelationData, out var start, out var end) ? Forwarded[(start + sizeof(ushort))..end] : (ReadOnlyMemory<byte>?)null;

    /// <summary>Pairs in the order sent. A new list at each call.</summary>
    public IReadOnlyList<UserProperty> UserProperties
    {
        get
        {
            var list = new List<UserProperty>();
            var bytes = Forwarded.Span;
            for (var position = 0; position < bytes.Length;)
            {
                var id = (PropertyId)bytes[position];
                var value = bytes[(position + 1)..];
                var length = LengthOf(id, value);
                if (id == PropertyId.UserProperty)
                {
                    var name = TextAt(value);
                    list.Add(new UserProperty(MqttUtf8.GetString(name), MqttUtf8.GetString(TextAt(value[(sizeof(ushort) + name.Length)..]))));
                }
                position += 1 + length;
            }
            return list;
        }
    }

    /// <summary>How many bytes all of it but the expiry takes in a packet.</summary>
    public int ForwardedLength => Forwarded.Length;

    /// <summary>The same properties without the rest of the buffer they were received in, to be kept for long.</summary>
    public MessageProperties Detach() => new(Forwarded.ToArray(), MessageExpiryIntervalSeconds);

    /// <summary>The encoded form of everything but the expiry, in the order received [MQTT-3.3.2-18]. Valid, so decoding needs no checks.</summary>
    internal ReadOnlyMemory<byte> Forwarded { get; }

    /// <inheritdoc/>
    public bool Equals(MessageProperties? other) =>
        other is not null
        && MessageExpiryIntervalSeconds == other.MessageExpiryIntervalSeconds
        && Forwarded.Span.SequenceEqual(other.Forwarded.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MessageProperties);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Hashing.Hash(Forwarded.Span);

    /// <summary>How many bytes the value behind an identifier takes, for the properties that are forwarded.</summary>
    internal static int LengthOf(PropertyId id, ReadOnlySpan<byte> value)
    {
        if (id == PropertyId.PayloadFormatIndicator) return 1;
        var length = sizeof(ushort) + TextAt(value).Length;
        return id == PropertyId.UserProperty ? length + sizeof(ushort) + TextAt(value[length..]).Length : length;
    }

    private static ReadOnlySpan<byte> TextAt(ReadOnlySpan<byte> value) =>
        value.Slice(sizeof(ushort), BinaryPrimitives.ReadUInt16BigEndian(value));

    private string? FindText(PropertyId id) =>
        TryFind(id, out var start, out _) ? MqttUtf8.GetString(TextAt(Forwarded.Span[start..])) : null;

    private ReadOnlySpan<byte> Find(PropertyId id) =>
        TryFind(id, out var start, out var end) ? Forwarded.Span[start..end] : default;

    private bool TryFind(PropertyId id, out int start, out int end)
    {
        var bytes = Forwarded.Span;
        start = 0;
        end = 0;
        while (end < bytes.Length)
        {
            var found = (PropertyId)bytes[end];
            start = end + 1;
            end = start + LengthOf(found, bytes[start..]);
            if (found == id) return true;
        }
        return false;
    }
}
