using static Orrery.Mqtt.ReasonCode;

namespace Orrery.Mqtt.Codec;

/// <summary>The rules of SUBSCRIBE, UNSUBSCRIBE and their answers alone.</summary>
internal static class SubscribeRules
{
    public static Rule NoSubscription { get; } = new(ProtocolError, "MQTT-3.8.3-2", "MQTT-3.8.3-3",
        "SUBSCRIBE holds no topic filter.");

    public static Rule ReservedOptions { get; } = new(MalformedPacket, "MQTT-3.8.3-5", "MQTT-3.8.3-4",
        "A reserved bit of the subscription options is set.");

    public static Rule QoS3 { get; } = new(ProtocolError, "MQTT 5 §3.8.3.1", "MQTT-3.8.3-4",
        "The QoS of a subscription is 3.");

    public static Rule RetainHandling3 { get; } = new(ProtocolError, "MQTT 5 §3.8.3.1", null,
        "The Retain Handling of a subscription is 3.");

    public static Rule NoLocalShared { get; } = new(ProtocolError, "MQTT-3.8.3-4", null,
        "No Local is set on a shared subscription.");

    public static Rule NoUnsubscription { get; } = new(ProtocolError, "MQTT-3.10.3-2", "MQTT-3.10.3-2",
        "UNSUBSCRIBE holds no topic filter.");

    public static Rule SubAckCode { get; } = Rules.ReasonCodeNotAllowed("MQTT-3.9.3-2", "MQTT-3.9.3-2");

    public static Rule SubAckWithoutCode { get; } = new(ProtocolError, "MQTT-3.8.4-6", "MQTT-3.8.4-5",
        "SUBACK holds no reason code.");

    public static Rule UnsubAckCode { get; } = Rules.ReasonCodeNotAllowed("MQTT-3.11.3-2");

    public static Rule UnsubAckWithoutCode { get; } = new(ProtocolError, "MQTT-3.11.3-1", null,
        "UNSUBACK holds no reason code.");
}
