using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Mqtt.Tests.Fuzzing;

/// <summary>Makes packets that a version can carry in full, from a random stream.</summary>
internal sealed class PacketGenerator(Random random)
{
    private static readonly string[] Words =
        ["", "a", "é", "日本", "\U0001F600", "\uFEFFx", "temperature", "/", "a/b", "$x", "~", "\u0001", "\uFFFF", "\uD7FF\uE000"];

    /// <summary>Any packet that this side sends in this version.</summary>
    public Packet Next(MqttVersion version, PeerRole sender)
    {
        var v5 = version == MqttVersion.V5;
        while (true)
        {
            switch (random.Next(1, 16))
            {
                case 1 when sender == PeerRole.Client: return Connect(version);
                case 2 when sender == PeerRole.Server: return ConnAck(version);
                case 3: return Publish(version, sender);
                case 4: return new PubAckPacket { PacketIdentifier = Identifier(), ReasonCode = Code(v5, 0x10, 0x80, 0x97, 0x99), ReasonString = Text(v5), UserProperties = Pairs(v5) };
                case 5: return new PubRecPacket { PacketIdentifier = Identifier(), ReasonCode = Code(v5, 0x83, 0x87, 0x90, 0x91), ReasonString = Text(v5), UserProperties = Pairs(v5) };
                case 6: return new PubRelPacket { PacketIdentifier = Identifier(), ReasonCode = Code(v5, 0x92), ReasonString = Text(v5), UserProperties = Pairs(v5) };
                case 7: return new PubCompPacket { PacketIdentifier = Identifier(), ReasonCode = Code(v5, 0x92), ReasonString = Text(v5), UserProperties = Pairs(v5) };
                case 8 when sender == PeerRole.Client: return Subscribe(v5);
                case 9 when sender == PeerRole.Server: return new SubAckPacket { PacketIdentifier = Identifier(), ReasonCodes = Many(() => v5 ? Code(true, 1, 2, 0x80, 0xA2) : Code(true, 1, 2, 0x80)), ReasonString = Text(v5), UserProperties = Pairs(v5) };
                case 10 when sender == PeerRole.Client: return new UnsubscribePacket { PacketIdentifier = Identifier(), Filters = Many(Filter), UserProperties = Pairs(v5) };
                case 11 when sender == PeerRole.Server: return new UnsubAckPacket { PacketIdentifier = Identifier(), ReasonCodes = v5 ? Many(() => Code(true, 0x11, 0x8F)) : [], ReasonString = Text(v5), UserProperties = Pairs(v5) };
                case 12 when sender == PeerRole.Client: return PingReqPacket.Instance;
                case 13 when sender == PeerRole.Server: return PingRespPacket.Instance;
                case 14 when v5 || sender == PeerRole.Client: return Disconnect(v5, sender);
                case 15 when v5: return Auth(sender);
                default: break;
            }
        }
    }

    public ConnectPacket Connect(MqttVersion version)
    {
        var v5 = version == MqttVersion.V5;
        var userName = Maybe() ? Word() : null;
        var method = Text(v5);
        return new ConnectPacket
        {
            Version = version,
            ClientId = Word(),
            CleanStart = Maybe(),
            KeepAliveSeconds = UInt16(),
            UserName = userName,
            Password = (v5 || userName is not null) && Maybe() ? Binary() : null,
            Will = Maybe() ? new Will(Message(v5) with { QoS = (QoS)random.Next(3) }, v5 && Maybe() ? UInt32() : 0) : null,
            SessionExpiryIntervalSeconds = v5 && Maybe() ? UInt32() : null,
            ReceiveMaximum = v5 && Maybe() ? Identifier().Value : null,
            MaximumPacketSize = v5 && Maybe() ? Math.Max(1, UInt32()) : null,
            TopicAliasMaximum = v5 && Maybe() ? UInt16() : null,
            RequestResponseInformation = v5 && Maybe() ? Maybe() : null,
            RequestProblemInformation = v5 && Maybe() ? Maybe() : null,
            UserProperties = Pairs(v5),
            AuthenticationMethod = method,
            AuthenticationData = method is not null && Maybe() ? Binary() : null,
        };
    }

    private ConnAckPacket ConnAck(MqttVersion version)
    {
        if (version != MqttVersion.V5)
        {
            var code = Code(true, 0x84, 0x85, 0x86, 0x87, 0x88);
            return new ConnAckPacket { ReasonCode = code, SessionPresent = version == MqttVersion.V311 && code == 0 && Maybe() };
        }
        var method = Text(true);
        return new ConnAckPacket
        {
            SessionPresent = false,
            ReasonCode = Code(true, 0x80, 0x8A, 0x9F),
            SessionExpiryIntervalSeconds = Maybe() ? UInt32() : null,
            ReceiveMaximum = Maybe() ? Identifier().Value : null,
            MaximumQoS = Maybe() ? (QoS)random.Next(2) : null,
            RetainAvailable = Maybe() ? Maybe() : null,
            MaximumPacketSize = Maybe() ? Math.Max(1, UInt32()) : null,
            AssignedClientIdentifier = Text(true),
            TopicAliasMaximum = Maybe() ? UInt16() : null,
            ReasonString = Text(true),
            UserProperties = Pairs(true),
            WildcardSubscriptionAvailable = Maybe() ? Maybe() : null,
            SubscriptionIdentifiersAvailable = Maybe() ? Maybe() : null,
            SharedSubscriptionAvailable = Maybe() ? Maybe() : null,
            ServerKeepAliveSeconds = Maybe() ? UInt16() : null,
            ResponseInformation = Text(true),
            ServerReference = Text(true),
            AuthenticationMethod = method,
            AuthenticationData = method is not null && Maybe() ? Binary() : null,
        };
    }

    private PublishPacket Publish(MqttVersion version, PeerRole sender)
    {
        var v5 = version == MqttVersion.V5;
        var qos = (QoS)random.Next(3);
        return new PublishPacket
        {
            Message = Message(v5) with { QoS = qos },
            Duplicate = qos != QoS.AtMostOnce && Maybe(),
            PacketIdentifier = qos == QoS.AtMostOnce ? default : Identifier(),
            TopicAlias = v5 && Maybe() ? (ushort)random.Next(1, 11) : (ushort)0,
            SubscriptionIdentifiers = v5 && sender == PeerRole.Server && Maybe() ? Many(SubscriptionIdentifier) : [],
        };
    }

    private SubscribePacket Subscribe(bool v5) => new()
    {
        PacketIdentifier = Identifier(),
        SubscriptionIdentifier = v5 && Maybe() ? SubscriptionIdentifier() : null,
        UserProperties = Pairs(v5),
        Subscriptions = Many(() =>
        {
            var filter = Filter();
            return new Subscription(
                filter, (QoS)random.Next(3), v5 && !filter.IsShared && Maybe(), v5 && Maybe(), v5 ? (RetainHandling)random.Next(3) : default);
        }),
    };

    private DisconnectPacket Disconnect(bool v5, PeerRole sender) => new()
    {
        ReasonCode = sender == PeerRole.Client ? Code(v5, 0x04, 0x81, 0x93, 0x99) : Code(v5, 0x8B, 0x8E, 0x95, 0xA2),
        SessionExpiryIntervalSeconds = v5 && sender == PeerRole.Client && Maybe() ? UInt32() : null,
        ReasonString = Text(v5),
        UserProperties = Pairs(v5),
        ServerReference = Text(v5),
    };

    private AuthPacket Auth(PeerRole sender) => new()
    {
        ReasonCode = Maybe() ? ReasonCode.ContinueAuthentication : sender == PeerRole.Client ? ReasonCode.ReAuthenticate : ReasonCode.Success,
        AuthenticationMethod = Word(),
        AuthenticationData = Maybe() ? Binary() : null,
        ReasonString = Text(true),
        UserProperties = Pairs(true),
    };

    private ApplicationMessage Message(bool v5)
    {
        var payload = new byte[random.Next(20) == 0 ? random.Next(300) : random.Next(20)];
        random.NextBytes(payload);
        return new ApplicationMessage { Topic = Topic(), Payload = payload, Retain = Maybe(), Properties = v5 && Maybe() ? Properties() : null };
    }

    private MessageProperties? Properties()
    {
        var expiry = Maybe() ? UInt32() : (uint?)null;
        var properties = new MessageProperties(
            Maybe() ? Maybe() : null, expiry, Text(true), Maybe() ? Topic().ToString() : null, Maybe() ? Binary() : null, Pairs(true));

        // Without any property there is nothing on the wire to tell an empty list from none.
        return expiry is null && properties.Forwarded.IsEmpty ? null : properties;
    }

    private TopicName Topic() =>
        TopicName.Parse(random.Next(10) == 0 ? "t/" + new string('x', random.Next(300)) : "t/" + Word() + "/" + random.Next(30));

    private TopicFilter Filter() => TopicFilter.Parse((string)(random.Next(5) switch
    {
        0 => "$share/g/" + Topic(),
        1 => "+/" + Topic() + "/#",
        2 => "#",
        _ => Topic().ToString(),
    }));

    private string? Text(bool allowed) => allowed && Maybe() ? Word() : null;

    private string Word() => Words[random.Next(Words.Length)];

    private ReadOnlyMemory<byte>? Binary()
    {
        var bytes = new byte[random.Next(6)];
        random.NextBytes(bytes);
        return bytes;
    }

    private UserProperty[] Pairs(bool allowed)
    {
        if (!allowed || Maybe()) return [];
        return Many(() => new UserProperty(Word(), Word()));
    }

    private ReasonCode Code(bool allowed, params ReadOnlySpan<byte> codes) =>
        !allowed || Maybe() ? ReasonCode.Success : (ReasonCode)codes[random.Next(codes.Length)];

    private T[] Many<T>(Func<T> make)
    {
        var items = new T[random.Next(1, 4)];
        for (var index = 0; index < items.Length; index++) items[index] = make();
        return items;
    }

    private PacketIdentifier Identifier() => new((ushort)(Maybe() ? random.Next(1, 256) : random.Next(1, 65_536)));

    private uint SubscriptionIdentifier() => (uint)random.NextInt64(1, 1L << (7 * random.Next(1, 5)));

    private ushort UInt16() => (ushort)random.Next(65_536);

    private uint UInt32() => (uint)random.NextInt64(1L << random.Next(33));

    private bool Maybe() => random.Next(2) == 0;
}
