using static Orrery.Mqtt.ReasonCode;

namespace Orrery.Mqtt.Codec;

/// <summary>The rules of CONNECT and CONNACK alone.</summary>
internal static class ConnectRules
{
    public static Rule ProtocolName { get; } = new(UnsupportedProtocolVersion, "MQTT-3.1.2-1", "MQTT-3.1.2-1",
        "The protocol name is neither \"MQTT\" nor \"MQIsdp\".");

    public static Rule ProtocolLevel { get; } = new(UnsupportedProtocolVersion, "MQTT-3.1.2-2", "MQTT-3.1.2-2",
        "The protocol level is not one that goes with the protocol name.");

    public static Rule ReservedFlag { get; } = new(MalformedPacket, "MQTT-3.1.2-3", "MQTT-3.1.2-3",
        "The reserved flag of CONNECT is set.");

    public static Rule WillQoSWithoutWill { get; } = new(MalformedPacket, "MQTT-3.1.2-11", "MQTT-3.1.2-13",
        "The Will QoS is set without the Will Flag.");

    public static Rule WillQoS3 { get; } = new(MalformedPacket, "MQTT-3.1.2-12", "MQTT-3.1.2-14",
        "The Will QoS is 3.");

    public static Rule WillRetainWithoutWill { get; } = new(MalformedPacket, "MQTT-3.1.2-13", "MQTT-3.1.2-15",
        "Will Retain is set without the Will Flag.");

    // MQTT 5 allows it: the password field may hold any credentials (§3.1.2.9).
    public static Rule PasswordWithoutUserName { get; } = new(MalformedPacket, "MQTT 5 §3.1.2.9", "MQTT-3.1.2-22",
        "The Password Flag is set without the User Name Flag.");

    public static Rule ConnAckFlags { get; } = new(MalformedPacket, "MQTT-3.2.2-1", "MQTT-4.8.0-1",
        "A reserved Connect Acknowledge Flag is set.");

    public static Rule SessionPresentWithFailure { get; } = new(ProtocolError, "MQTT-3.2.2-6", "MQTT-3.2.2-4",
        "Session Present is set and the connection is refused.");

    public static Rule ReturnCode { get; } = new(MalformedPacket, "MQTT-3.2.2-8", "MQTT-4.8.0-1",
        "The return code of CONNACK is reserved.");

    public static Rule ReasonCode { get; } = Rules.ReasonCodeNotAllowed("MQTT-3.2.2-8");
}
