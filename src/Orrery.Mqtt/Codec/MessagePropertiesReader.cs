using Orrery.Mqtt.Packets;

namespace Orrery.Mqtt.Codec;

/// <summary>Reads the properties of a PUBLISH, or of a will, and finds the bytes that are passed on unaltered.</summary>
internal struct MessagePropertiesReader
{
    private uint? _messageExpiryInterval;
    private List<uint>? _subscriptionIdentifiers;
    private int _userProperties;
    private int _forwardedStart;
    private int _forwardedEnd;
    private int _forwardedBytes;

    /// <summary>Null if there is none; a 0 is refused.</summary>
    public ushort? TopicAlias { get; private set; }

    public uint WillDelayInterval { get; private set; }

    public readonly IReadOnlyList<uint> SubscriptionIdentifiers =>
        _subscriptionIdentifiers is null ? [] : _subscriptionIdentifiers.ToArray();

    /// <summary>Reads a section of properties with its length.</summary>
    /// <param name="cursor">Stands at the length.</param>
    /// <param name="place">PUBLISH or a will, as in <see cref="PropertyTable"/>.</param>
    /// <returns>What belongs to the message; null if nothing does.</returns>
    public MessageProperties? Read(ref PacketCursor cursor, int place)
    {
        var outerEnd = cursor.Enter();
        if (cursor.Remaining == 0)
        {
            cursor.Leave(outerEnd);
            return null;
        }

        var sectionStart = cursor.Position;
        var sectionEnd = cursor.End;
        var seen = 0UL;
        while (cursor.Remaining > 0)
        {
            var start = cursor.Position;
            var id = (PropertyId)cursor.ReadByte();
            if (PropertyBag.TryAdmit(ref cursor, id, place, ref seen) && ReadValue(ref cursor, id))
            {
                Forward(start, cursor.Position);
            }
        }
        cursor.Leave(outerEnd);

        if (cursor.Failure is not null || (_forwardedBytes == 0 && _messageExpiryInterval is null)) return null;
        var inOnePiece = _forwardedEnd - _forwardedStart == _forwardedBytes;
        var forwarded = inOnePiece
            ? cursor.Slice(_forwardedStart, _forwardedEnd)
            : Collect(cursor.Slice(sectionStart, sectionEnd).Span);
        return new MessageProperties(forwarded, _messageExpiryInterval);
    }

    /// <returns>True if the property is the publisher's and passed on as it is.</returns>
    private bool ReadValue(ref PacketCursor cursor, PropertyId id)
    {
        switch (id)
        {
            case PropertyId.PayloadFormatIndicator:
                PropertyBag.ReadBoolean(ref cursor);
                return true;
            case PropertyId.ContentType:
                cursor.ReadUtf8();
                return true;
            case PropertyId.CorrelationData:
                cursor.ReadPrefixed();
                return true;
            case PropertyId.ResponseTopic:
                ReadResponseTopic(ref cursor);
                return true;
            case PropertyId.UserProperty:
                if (++_userProperties > cursor.ItemsMax) cursor.Fail(Rules.TooManyItems);
                cursor.ReadUtf8();
                cursor.ReadUtf8();
                return true;
            case PropertyId.MessageExpiryInterval:
                _messageExpiryInterval = cursor.ReadUInt32();
                return false;
            case PropertyId.TopicAlias:
                TopicAlias = cursor.ReadUInt16();
                return false;
            case PropertyId.SubscriptionIdentifier:
                ReadSubscriptionIdentifier(ref cursor);
                return false;
            case PropertyId.WillDelayInterval:
                WillDelayInterval = cursor.ReadUInt32();
                return false;
            default:
                cursor.Fail(PropertyRules.Unknown);
                return false;
        }
    }

    private static void ReadResponseTopic(ref PacketCursor cursor)
    {
        var topic = cursor.ReadUtf8();
        if (topic.IsEmpty) cursor.Fail(PropertyRules.ResponseTopicEmpty);
        else if (topic.ContainsAny("+#"u8)) cursor.Fail(PropertyRules.ResponseTopicWildcard);
    }

    private void ReadSubscriptionIdentifier(ref PacketCursor cursor)
    {
        if (cursor.Sender == PeerRole.Client)
        {
            cursor.Fail(PropertyRules.SubscriptionIdentifierFromClient);
            return;
        }
        _subscriptionIdentifiers ??= [];
        if (_subscriptionIdentifiers.Count == cursor.ItemsMax) cursor.Fail(Rules.TooManyItems);
        _subscriptionIdentifiers.Add(PropertyBag.ReadSubscriptionIdentifier(ref cursor));
    }

    private void Forward(int start, int end)
    {
        if (_forwardedBytes == 0) _forwardedStart = start;
        _forwardedEnd = end;
        _forwardedBytes += end - start;
    }

    /// <summary>Copies what is passed on where other properties stand between it. Everything was checked already.</summary>
    private readonly byte[] Collect(ReadOnlySpan<byte> section)
    {
        var collected = new byte[_forwardedBytes];
        var written = 0;
        while (!section.IsEmpty)
        {
            var id = (PropertyId)section[0];
            var length = 1 + id switch
            {
                PropertyId.MessageExpiryInterval or PropertyId.WillDelayInterval => sizeof(uint),
                PropertyId.TopicAlias => sizeof(ushort),
                PropertyId.SubscriptionIdentifier => IntegerLength(section[1..]),
                _ => MessageProperties.LengthOf(id, section[1..]),
            };
            if (IsForwarded(id))
            {
                section[..length].CopyTo(collected.AsSpan(written));
                written += length;
            }
            section = section[length..];
        }
        return collected;
    }

    private static bool IsForwarded(PropertyId id) => id is not (PropertyId.MessageExpiryInterval
        or PropertyId.WillDelayInterval or PropertyId.TopicAlias or PropertyId.SubscriptionIdentifier);

    private static int IntegerLength(ReadOnlySpan<byte> bytes)
    {
        VariableByteInteger.TryRead(bytes, out _, out var length);
        return length;
    }
}
