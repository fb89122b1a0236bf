using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Mqtt.Tests.Codec;

/// <summary>Packets with their bytes, made by hand from the tables and figures of the three specifications.</summary>
internal static class GoldenVectors
{
    /// <param name="Name">What the vector shows.</param>
    /// <param name="Version">The version of the connection.</param>
    /// <param name="Sender">Who sends it.</param>
    /// <param name="Hex">The bytes; text in quotes stands for itself.</param>
    /// <param name="Packet">What they mean.</param>
    /// <param name="IsCanonical">False if the writer chooses another form for the same packet.</param>
    public sealed record Vector(
        string Name, MqttVersion Version, PeerRole Sender, string Hex, Packet Packet, bool IsCanonical = true);

    private const MqttVersion V31 = MqttVersion.V31;
    private const MqttVersion V311 = MqttVersion.V311;
    private const MqttVersion V5 = MqttVersion.V5;
    private const PeerRole Client = PeerRole.Client;
    private const PeerRole Server = PeerRole.Server;

    private static readonly UserProperty[] Pair = [new("k", "v")];

    public static IReadOnlyList<Vector> All { get; } =
    [
        // CONNECT: MQTT 3.1 §3.1, MQTT 3.1.1 §3.1, MQTT 5 §3.1.
        new("CONNECT 3.1", V31, Client, "10 10 0006 'MQIsdp' 03 02 003C 0002 'ab'",
            new ConnectPacket { Version = V31, CleanStart = true, KeepAliveSeconds = 60, ClientId = "ab" }),
        new("CONNECT 3.1 with a user name flag and no user name", V31, Client, "10 0F 0006 'MQIsdp' 03 C2 003C 0001 'a'",
            new ConnectPacket { Version = V31, CleanStart = true, KeepAliveSeconds = 60, ClientId = "a" }, false),
        new("CONNECT 3.1 with everything", V31, Client,
            "10 1E 0006 'MQIsdp' 03 F6 000A 0001 'c' 0001 't' 0002 'hi' 0001 'u' 0003 'pwd'",
            new ConnectPacket
            {
                Version = V31, CleanStart = true, KeepAliveSeconds = 10, ClientId = "c", UserName = "u", Password = "pwd"u8.ToArray(),
                Will = new Will(Message("t", "hi", QoS.ExactlyOnce, retain: true)),
            }),
        new("CONNECT 3.1.1", V311, Client, "10 0D 0004 'MQTT' 04 02 0000 0001 'a'",
            new ConnectPacket { Version = V311, CleanStart = true, ClientId = "a" }),
        new("CONNECT 3.1.1 without a client identifier", V311, Client, "10 0C 0004 'MQTT' 04 00 FFFF 0000",
            new ConnectPacket { Version = V311, KeepAliveSeconds = 65_535 }),
        new("CONNECT 3.1.1 with everything", V311, Client,
            "10 1C 0004 'MQTT' 04 EE 000A 0001 'c' 0001 't' 0002 'hi' 0001 'u' 0003 'pwd'",
            new ConnectPacket
            {
                Version = V311, CleanStart = true, KeepAliveSeconds = 10, ClientId = "c", UserName = "u", Password = "pwd"u8.ToArray(),
                Will = new Will(Message("t", "hi", QoS.AtLeastOnce, retain: true)),
            }),
        new("CONNECT 5", V5, Client, "10 0D 0004 'MQTT' 05 00 0000 00 0000", new ConnectPacket()),
        new("CONNECT 5 with a password and no user name", V5, Client, "10 11 0004 'MQTT' 05 40 0000 00 0000 0002 'pw'",
            new ConnectPacket { Password = "pw"u8.ToArray() }),
        new("CONNECT 5 with every property", V5, Client,
            "10 5D 0004 'MQTT' 05 F6 001E"
            + "28 11 00000E10 21 000A 27 00010000 22 0005 19 01 17 00 26 0001'k' 0001'v' 15 0005 'SCRAM' 16 0002 0102"
            + "0001 'c' 18 18 00000007 02 0000003C 01 01 03 0001'p' 08 0001'r' 09 0001 FF"
            + "0001 't' 0002 'hi' 0001 'u' 0002 'pw'",
            new ConnectPacket
            {
                CleanStart = true, KeepAliveSeconds = 30, ClientId = "c", UserName = "u", Password = "pw"u8.ToArray(),
                SessionExpiryIntervalSeconds = 3_600, ReceiveMaximum = 10, MaximumPacketSize = 65_536, TopicAliasMaximum = 5,
                RequestResponseInformation = true, RequestProblemInformation = false, UserProperties = Pair,
                AuthenticationMethod = "SCRAM", AuthenticationData = new byte[] { 1, 2 },
                Will = new Will(
                    Message("t", "hi", QoS.ExactlyOnce, retain: true, new MessageProperties(true, 60, "p", "r", new byte[] { 0xFF })), 7),
            }),

        // CONNACK: MQTT 3.1.1 §3.2, MQTT 5 §3.2.
        new("CONNACK 3.1", V31, Server, "20 02 00 00", new ConnAckPacket()),
        new("CONNACK 3.1 with the unused byte set", V31, Server, "20 02 01 00", new ConnAckPacket(), false),
        new("CONNACK 3.1.1", V311, Server, "20 02 01 00", new ConnAckPacket { SessionPresent = true }),
        new("CONNACK 3.1.1 refused for its version", V311, Server, "20 02 00 01", new ConnAckPacket { ReasonCode = ReasonCode.UnsupportedProtocolVersion }),
        new("CONNACK 3.1.1 refused for its identifier", V311, Server, "20 02 00 02", new ConnAckPacket { ReasonCode = ReasonCode.ClientIdentifierNotValid }),
        new("CONNACK 3.1.1 unavailable", V311, Server, "20 02 00 03", new ConnAckPacket { ReasonCode = ReasonCode.ServerUnavailable }),
        new("CONNACK 3.1.1 bad password", V311, Server, "20 02 00 04", new ConnAckPacket { ReasonCode = ReasonCode.BadUserNameOrPassword }),
        new("CONNACK 3.1.1 not authorised", V311, Server, "20 02 00 05", new ConnAckPacket { ReasonCode = ReasonCode.NotAuthorized }),
        new("CONNACK 5", V5, Server, "20 03 00 00 00", new ConnAckPacket()),
        new("CONNACK 5 with every property", V5, Server,
            "20 3F 01 00 3C 11 00000E10 21 000A 24 01 25 00 27 00010000 12 0001'c' 22 0005 1F 0001'w' 26 0001'k' 0001'v'"
            + "28 00 29 01 2A 00 13 003C 1A 0001'i' 1C 0001's' 15 0001'm' 16 0001 FF",
            new ConnAckPacket
            {
                SessionPresent = true, SessionExpiryIntervalSeconds = 3_600, ReceiveMaximum = 10, MaximumQoS = QoS.AtLeastOnce,
                RetainAvailable = false, MaximumPacketSize = 65_536, AssignedClientIdentifier = "c", TopicAliasMaximum = 5,
                ReasonString = "w", UserProperties = Pair, WildcardSubscriptionAvailable = false,
                SubscriptionIdentifiersAvailable = true, SharedSubscriptionAvailable = false, ServerKeepAliveSeconds = 60,
                ResponseInformation = "i", ServerReference = "s", AuthenticationMethod = "m", AuthenticationData = new byte[] { 0xFF },
            }),

        // PUBLISH: MQTT 3.1.1 §3.3, MQTT 5 §3.3.
        new("PUBLISH 3.1 at QoS 0", V31, Client, "30 07 0003'a/b' 'hi'", Publish("a/b", "hi")),
        new("PUBLISH 3.1.1 at QoS 0", V311, Client, "31 07 0003'a/b' 'hi'", Publish("a/b", "hi", retain: true)),
        new("PUBLISH 3.1.1 at QoS 1", V311, Client, "3A 07 0003'a/b' 000A", Publish("a/b", "", QoS.AtLeastOnce, 10, duplicate: true)),
        new("PUBLISH 3.1.1 at QoS 2", V311, Server, "34 0A 0003'a/b' FFFF 'xyz'", Publish("a/b", "xyz", QoS.ExactlyOnce, 65_535)),
        new("PUBLISH 5 at QoS 0", V5, Client, "30 08 0003'a/b' 00 'hi'", Publish("a/b", "hi")),
        new("PUBLISH 5 at QoS 1", V5, Server, "32 08 0002'é' 0001 00 'h'",
            Publish("é", "h", QoS.AtLeastOnce, 1)),
        new("PUBLISH 5 with every property", V5, Server,
            "3D 2C 0003'a/b' 0001 22 23 0003 02 0000003C 0B 01 0B 8001 01 01 03 0001'p' 08 0001'r' 09 0001FF 26 0001'k' 0001'v' 'hi'",
            new PublishPacket
            {
                Message = Message("a/b", "hi", QoS.ExactlyOnce, true, new MessageProperties(true, 60, "p", "r", new byte[] { 0xFF }, Pair)),
                Duplicate = true, PacketIdentifier = new(1), TopicAlias = 3, SubscriptionIdentifiers = [1, 128],
            }),
        new("PUBLISH 5 with forwarded properties apart", V5, Client,
            "30 16 0001't' 12 01 00 02 00000001 03 0001'p' 26 0001'k' 0001'v' ",
            new PublishPacket { Message = Message("t", "", properties: new MessageProperties(false, 1, "p", userProperties: Pair)) }, false),

        // The four acknowledgements: MQTT 3.1.1 §3.4 to §3.7, MQTT 5 §3.4 to §3.7.
        new("PUBREC 3.1", V31, Server, "50 02 0100", new PubRecPacket { PacketIdentifier = new(256) }),
        new("PUBCOMP 3.1", V31, Server, "70 02 0100", new PubCompPacket { PacketIdentifier = new(256) }),
        new("UNSUBACK 3.1", V31, Server, "B0 02 0001", new UnsubAckPacket { PacketIdentifier = new(1) }),
        new("PINGRESP 3.1", V31, Server, "D0 00", PingRespPacket.Instance),
        new("PUBACK 3.1", V31, Client, "40 02 0001", new PubAckPacket { PacketIdentifier = new(1) }),
        new("PUBACK 3.1.1", V311, Server, "40 02 1234", new PubAckPacket { PacketIdentifier = new(0x1234) }),
        new("PUBREC 3.1.1", V311, Client, "50 02 1234", new PubRecPacket { PacketIdentifier = new(0x1234) }),
        new("PUBREL 3.1 sent again", V31, Client, "6A 02 1234", new PubRelPacket { PacketIdentifier = new(0x1234) }, false),
        new("PUBREL 3.1.1", V311, Client, "62 02 1234", new PubRelPacket { PacketIdentifier = new(0x1234) }),
        new("PUBCOMP 3.1.1", V311, Server, "70 02 1234", new PubCompPacket { PacketIdentifier = new(0x1234) }),
        new("PUBACK 5", V5, Client, "40 02 0001", new PubAckPacket { PacketIdentifier = new(1) }),
        new("PUBACK 5 with its code", V5, Client, "40 03 0001 10", new PubAckPacket { PacketIdentifier = new(1), ReasonCode = ReasonCode.NoMatchingSubscribers }),
        new("PUBACK 5 with a needless code", V5, Client, "40 03 0001 00", new PubAckPacket { PacketIdentifier = new(1) }, false),
        new("PUBACK 5 with needless properties", V5, Client, "40 04 0001 00 00", new PubAckPacket { PacketIdentifier = new(1) }, false),
        new("PUBREC 5", V5, Server, "50 0F 0001 97 0B 1F 0001'w' 26 0001'k' 0001'v'",
            new PubRecPacket { PacketIdentifier = new(1), ReasonCode = ReasonCode.QuotaExceeded, ReasonString = "w", UserProperties = Pair }),
        new("PUBREL 5", V5, Client, "62 03 0001 92", new PubRelPacket { PacketIdentifier = new(1), ReasonCode = ReasonCode.PacketIdentifierNotFound }),
        new("PUBCOMP 5", V5, Client, "70 03 0001 92", new PubCompPacket { PacketIdentifier = new(1), ReasonCode = ReasonCode.PacketIdentifierNotFound }),

        // SUBSCRIBE and SUBACK: figures of MQTT 3.1.1 §3.8 and §3.9, MQTT 5 §3.8 and §3.9.
        new("SUBSCRIBE 3.1 sent again", V31, Client, "8A 06 0001 0001'a' 01", Subscribe(new Subscription(TopicFilter.Parse("a"), QoS.AtLeastOnce)), false),
        new("SUBSCRIBE 3.1.1", V311, Client, "82 0E 0001 0003'a/b' 01 0003'c/d' 02",
            Subscribe(new(TopicFilter.Parse("a/b"), QoS.AtLeastOnce), new(TopicFilter.Parse("c/d"), QoS.ExactlyOnce))),
        new("SUBSCRIBE 5", V5, Client, "82 1B 0001 0A 0B 8001 26 0001'k' 0001'v' 0001'#' 2D 0007 'a/+/b/c' 00",
            new SubscribePacket
            {
                PacketIdentifier = new(1), SubscriptionIdentifier = 128, UserProperties = Pair,
                Subscriptions =
                [
                    new(TopicFilter.Parse("#"), QoS.AtLeastOnce, NoLocal: true, RetainAsPublished: true, RetainHandling.DoNotSend),
                    new(TopicFilter.Parse("a/+/b/c"), QoS.AtMostOnce),
                ],
            }),
        new("SUBACK 3.1.1", V311, Server, "90 06 0001 00 01 02 80",
            new SubAckPacket { PacketIdentifier = new(1), ReasonCodes = [ReasonCode.Success, ReasonCode.GrantedQoS1, ReasonCode.GrantedQoS2, ReasonCode.UnspecifiedError] }),
        new("SUBACK 3.1", V31, Server, "90 03 0001 02", new SubAckPacket { PacketIdentifier = new(1), ReasonCodes = [ReasonCode.GrantedQoS2] }),
        new("SUBACK 5", V5, Server, "90 09 0001 04 1F 0001'w' 00 87",
            new SubAckPacket { PacketIdentifier = new(1), ReasonString = "w", ReasonCodes = [ReasonCode.Success, ReasonCode.NotAuthorized] }),

        // UNSUBSCRIBE and UNSUBACK: MQTT 3.1.1 §3.10 and §3.11, MQTT 5 §3.10 and §3.11.
        new("UNSUBSCRIBE 3.1.1", V311, Client, "A2 0C 0001 0003'a/b' 0003'c/d'", Unsubscribe([], "a/b", "c/d")),
        new("UNSUBSCRIBE 3.1", V31, Client, "A2 05 0001 0001'a'", Unsubscribe([], "a")),
        new("UNSUBSCRIBE 5", V5, Client, "A2 0D 0001 07 26 0001'k' 0001'v' 0001'a'", Unsubscribe(Pair, "a")),
        new("UNSUBACK 3.1.1", V311, Server, "B0 02 0001", new UnsubAckPacket { PacketIdentifier = new(1) }),
        new("UNSUBACK 5", V5, Server, "B0 05 0001 00 00 11",
            new UnsubAckPacket { PacketIdentifier = new(1), ReasonCodes = [ReasonCode.Success, ReasonCode.NoSubscriptionExisted] }),

        // The packets without content: MQTT 3.1.1 §3.12 to §3.14, MQTT 5 §3.12 to §3.14.
        new("PINGREQ 3.1", V31, Client, "C0 00", PingReqPacket.Instance),
        new("PINGREQ 3.1.1", V311, Client, "C0 00", PingReqPacket.Instance),
        new("PINGREQ 5", V5, Client, "C0 00", PingReqPacket.Instance),
        new("PINGRESP 3.1.1", V311, Server, "D0 00", PingRespPacket.Instance),
        new("PINGRESP 5", V5, Server, "D0 00", PingRespPacket.Instance),
        new("DISCONNECT 3.1", V31, Client, "E0 00", new DisconnectPacket()),
        new("DISCONNECT 3.1.1", V311, Client, "E0 00", new DisconnectPacket()),
        new("DISCONNECT 5", V5, Client, "E0 00", new DisconnectPacket()),
        new("DISCONNECT 5 with its code", V5, Client, "E0 01 04", new DisconnectPacket { ReasonCode = ReasonCode.DisconnectWithWillMessage }),
        new("DISCONNECT 5 with a needless code", V5, Client, "E0 01 00", new DisconnectPacket(), false),
        new("DISCONNECT 5 with needless properties", V5, Client, "E0 02 00 00", new DisconnectPacket(), false),
        new("DISCONNECT 5 of a client with properties", V5, Client, "E0 0E 00 0C 11 0000000A 26 0001'k' 0001'v'",
            new DisconnectPacket { SessionExpiryIntervalSeconds = 10, UserProperties = Pair }),
        new("DISCONNECT 5 of a server", V5, Server, "E0 0A 9C 08 1F 0001'w' 1C 0001's'",
            new DisconnectPacket { ReasonCode = ReasonCode.UseAnotherServer, ReasonString = "w", ServerReference = "s" }),

        // AUTH: MQTT 5 §3.15.
        new("AUTH 5 in its short form", V5, Server, "F0 00", new AuthPacket()),
        new("AUTH 5", V5, Client, "F0 15 18 13 15 0001'm' 16 0001FF 1F 0001'w' 26 0001'k' 0001'v'",
            new AuthPacket
            {
                ReasonCode = ReasonCode.ContinueAuthentication, AuthenticationMethod = "m", AuthenticationData = new byte[] { 0xFF },
                ReasonString = "w", UserProperties = Pair,
            }),
        new("AUTH 5 again", V5, Client, "F0 06 19 04 15 0001'm'", new AuthPacket { ReasonCode = ReasonCode.ReAuthenticate, AuthenticationMethod = "m" }),
    ];

    private static ApplicationMessage Message(
        string topic, string payload, QoS qos = QoS.AtMostOnce, bool retain = false, MessageProperties? properties = null) => new()
        {
            Topic = TopicName.Parse(topic),
            Payload = System.Text.Encoding.UTF8.GetBytes(payload),
            QoS = qos,
            Retain = retain,
            Properties = properties,
        };

    private static PublishPacket Publish(
        string topic, string payload, QoS qos = QoS.AtMostOnce, ushort identifier = 0, bool duplicate = false, bool retain = false) => new()
        {
            Message = Message(topic, payload, qos, retain),
            PacketIdentifier = new(identifier),
            Duplicate = duplicate,
        };

    private static SubscribePacket Subscribe(params Subscription[] subscriptions) =>
        new() { PacketIdentifier = new(1), Subscriptions = subscriptions };

    private static UnsubscribePacket Unsubscribe(UserProperty[] pairs, params string[] filters) =>
        new() { PacketIdentifier = new(1), Filters = [.. filters.Select(TopicFilter.Parse)], UserProperties = pairs };
}
