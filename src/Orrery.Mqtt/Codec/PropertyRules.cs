using static Orrery.Mqtt.ReasonCode;

namespace Orrery.Mqtt.Codec;

/// <summary>The rules about properties, which only MQTT 5 has.</summary>
internal static class PropertyRules
{
    public static Rule Unknown { get; } = new(MalformedPacket, "MQTT 5 §2.2.2.2", null,
        "The packet holds a property that its type does not have.");

    public static Rule Repeated { get; } = new(ProtocolError, "MQTT 5 §2.2.2.2", null,
        "A property that may come once came twice.");

    public static Rule NotBoolean { get; } = new(ProtocolError, "MQTT 5 §2.2.2.2", null,
        "A property that is 0 or 1 has another value.");

    public static Rule ReceiveMaximumZero { get; } = new(ProtocolError, "MQTT 5 §3.1.2.11.3", null,
        "Receive Maximum is 0.");

    public static Rule MaximumPacketSizeZero { get; } = new(ProtocolError, "MQTT 5 §3.1.2.11.4", null,
        "Maximum Packet Size is 0.");

    public static Rule AuthenticationDataAlone { get; } = new(ProtocolError, "MQTT 5 §3.1.2.11.10", null,
        "There is Authentication Data and no Authentication Method.");

    public static Rule AuthenticationMethodMissing { get; } = new(ProtocolError, "MQTT 5 §3.15.2.2.2", null,
        "AUTH has no Authentication Method.");

    public static Rule SubscriptionIdentifierZero { get; } = new(ProtocolError, "MQTT 5 §3.8.2.1.2", null,
        "The Subscription Identifier is 0.");

    public static Rule SubscriptionIdentifierFromClient { get; } = new(ProtocolError, "MQTT-3.3.4-6", null,
        "A client's PUBLISH holds a Subscription Identifier.");

    public static Rule TopicAliasZero { get; } = new(TopicAliasInvalid, "MQTT-3.3.2-8", null,
        "The Topic Alias is 0.");

    public static Rule TopicAliasTooHigh { get; } = new(TopicAliasInvalid, "MQTT-3.3.2-9", null,
        "The Topic Alias is above the receiver's maximum.");

    public static Rule TopicAliasUnknown { get; } = new(ProtocolError, "MQTT 5 §3.3.2.3.4", null,
        "The Topic Alias stands for no topic yet.");

    public static Rule ResponseTopicWildcard { get; } = new(ProtocolError, "MQTT-3.3.2-14", null,
        "The Response Topic holds a wildcard.");

    public static Rule ResponseTopicEmpty { get; } = new(ProtocolError, "MQTT-4.7.3-1", null,
        "The Response Topic has no character.");

    public static Rule SessionExpiryFromServer { get; } = new(ProtocolError, "MQTT-3.14.2-2", null,
        "A server's DISCONNECT holds a Session Expiry Interval.");
}
