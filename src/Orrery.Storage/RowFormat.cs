using System.Buffers;
using System.Buffers.Binary;
using Orrery.Broker.Persistence;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Storage;

/// <summary>How messages, subscriptions and entries look in a row. The numbers are stored on disk, so they do not change.</summary>
/// <remarks>A message is stored as the PUBLISH packet that would carry it: of MQTT 5 if it has properties, else of MQTT 3.1.1.</remarks>
internal sealed class RowFormat
{
    private const int MessageIsVersion5 = 1;

    private const int QoSMask = 3;
    private const int EntryRetain = 4;
    private const int EntryBodyIsVersion5 = 8;

    private const int NoLocal = 4;
    private const int RetainAsPublished = 8;
    private const int RetainHandlingShift = 4;

    private byte[] _buffer = new byte[4_096];
    private PacketReader? _readerOf3;
    private PacketReader? _readerOf5;

    /// <summary>What a row says about the body beside it.</summary>
    public static long MessageOptions(ApplicationMessage message) => message.Properties is null ? 0 : MessageIsVersion5;

    /// <summary>The body of a message, valid until the next call.</summary>
    public ReadOnlySpan<byte> WriteMessage(ApplicationMessage message)
    {
        var version = message.Properties is null ? MqttVersion.V311 : MqttVersion.V5;
        var header = new PublishHeader
        {
            QoS = message.QoS,
            Retain = message.Retain,
            PacketIdentifier = new PacketIdentifier(1),     // any: the codec refuses none above QoS 0
            MessageExpiryIntervalSeconds = message.Properties?.MessageExpiryIntervalSeconds,
        };
        var size = PublishCodec.SizeOf(message, header, version);
        if (_buffer.Length < size) _buffer = new byte[Math.Max(size, 2 * _buffer.Length)];
        return _buffer.AsSpan(0, PublishCodec.Write(_buffer, message, header, version));
    }

    /// <summary>Reads what <see cref="WriteMessage"/> wrote.</summary>
    /// <returns>Null if the bytes are no such thing: the row is damaged.</returns>
    public ApplicationMessage? ReadMessage(long options, long expiresAtTicks, ReadOnlySpan<byte> body)
    {
        ref var reader = ref options == MessageIsVersion5 ? ref _readerOf5 : ref _readerOf3;
        reader ??= new PacketReader(new PacketReaderOptions
        {
            Version = options == MessageIsVersion5 ? MqttVersion.V5 : MqttVersion.V311,
            TopicLevelsMax = int.MaxValue,                  // what was let in once is not judged again
            ItemsPerPacketMax = int.MaxValue,
        });
        var input = new ReadOnlySequence<byte>(body.ToArray());
        if (reader.TryRead(ref input, out var packet, out _) == DecodeStatus.Complete && input.IsEmpty && packet is PublishPacket publish)
        {
            return expiresAtTicks == 0 ? publish.Message : publish.Message with { ExpiresAtTicks = expiresAtTicks };
        }

        reader = null;                                      // a reader that has met an error meets it for ever
        return null;
    }

    /// <summary>Bytes of topic and payload, as queues count them.</summary>
    public static long BytesOf(ApplicationMessage message) => message.Topic.Utf8.Length + message.Payload.Length;

    /// <summary>How a queue holds a message.</summary>
    public static long EntryOptions(QoS qos, bool retain) => (byte)qos | (retain ? EntryRetain : 0);

    /// <summary>How a queue holds a message whose body stands in the same row.</summary>
    public static long EntryOptionsWithBody(long entryOptions, bool bodyIsVersion5) => entryOptions + (bodyIsVersion5 ? EntryBodyIsVersion5 : 0);

    /// <summary>What <see cref="MessageOptions"/> says of a body that stands in an entry with these options.</summary>
    public static long BodyOptions(long entryOptions) => BodyOptions((entryOptions & EntryBodyIsVersion5) != 0);

    /// <summary>What <see cref="MessageOptions"/> says of a body.</summary>
    public static long BodyOptions(bool isVersion5) => isVersion5 ? MessageIsVersion5 : 0;

    /// <summary>Reads what <see cref="EntryOptions"/> wrote.</summary>
    public static (QoS QoS, bool Retain) ReadEntryOptions(long options) => ((QoS)(options & QoSMask), (options & EntryRetain) != 0);

    /// <summary>Subscription Identifiers, four bytes each.</summary>
    public static byte[] WriteIdentifiers(uint[] identifiers)
    {
        var bytes = new byte[identifiers.Length * sizeof(uint)];
        for (var i = 0; i < identifiers.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * sizeof(uint)), identifiers[i]);
        }

        return bytes;
    }

    /// <summary>Reads what <see cref="WriteIdentifiers"/> wrote.</summary>
    public static uint[] ReadIdentifiers(ReadOnlySpan<byte> bytes)
    {
        var identifiers = new uint[bytes.Length / sizeof(uint)];
        for (var i = 0; i < identifiers.Length; i++)
        {
            identifiers[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i * sizeof(uint))..]);
        }

        return identifiers;
    }

    /// <summary>What was granted to a subscription.</summary>
    public static long SubscriptionOptions(Subscription subscription) =>
        (byte)subscription.MaximumQoS
        | (subscription.NoLocal ? NoLocal : 0)
        | (subscription.RetainAsPublished ? RetainAsPublished : 0)
        | ((byte)subscription.RetainHandling << RetainHandlingShift);

    /// <summary>Reads what <see cref="SubscriptionOptions"/> wrote.</summary>
    /// <returns>Null if the filter is none: the row is damaged.</returns>
    public static RecoveredSubscription? ReadSubscription(string filter, long options, uint? identifier) =>
        TopicFilter.TryParse(filter, out var parsed, out _)
            ? new RecoveredSubscription(
                new Subscription(
                    parsed, (QoS)(options & QoSMask), (options & NoLocal) != 0, (options & RetainAsPublished) != 0,
                    (RetainHandling)(options >> RetainHandlingShift)),
                identifier)
            : null;
}
