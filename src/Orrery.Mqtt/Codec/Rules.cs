using static Orrery.Mqtt.ReasonCode;

namespace Orrery.Mqtt.Codec;

/// <summary>The rules about format that every packet shares, and those of fixed headers.</summary>
internal static class Rules
{
    // The number of a rule that has none in MQTT 5 but a section, and one in MQTT 3.1.1, differs per version.
    public static Rule Truncated { get; } = new(MalformedPacket, "MQTT 5 §4.13.1", "MQTT-4.8.0-1",
        "A field goes beyond the end of its packet.");

    public static Rule TrailingBytes { get; } = new(MalformedPacket, "MQTT 5 §4.13.1", "MQTT-4.8.0-1",
        "Bytes follow the last field of the packet.");

    public static Rule Length { get; } = new(MalformedPacket, "MQTT-1.5.5-1", "MQTT-4.8.0-1",
        "A variable byte integer has a fifth byte or is longer than needed.");

    public static Rule PacketTooLarge { get; } = new(ReasonCode.PacketTooLarge, "MQTT-3.2.2-15", null,
        "The packet is larger than the receiver's maximum.");

    public static Rule IllFormedString { get; } = new(MalformedPacket, "MQTT-1.5.4-1", "MQTT-1.5.3-1",
        "A string is not well-formed UTF-8.");

    public static Rule NullCharacter { get; } = new(MalformedPacket, "MQTT-1.5.4-2", "MQTT-1.5.3-2",
        "A string holds U+0000.");

    public static Rule ForbiddenType { get; } = new(MalformedPacket, "MQTT 5 §2.1.2", "MQTT-4.8.0-1",
        "The packet type is reserved.");

    public static Rule ReservedFlags { get; } = new(MalformedPacket, "MQTT-2.1.3-1", "MQTT-2.2.2-2",
        "A reserved flag of the fixed header has the wrong value.");

    public static Rule PubRelFlags { get; } = new(MalformedPacket, "MQTT-3.6.1-1", "MQTT-3.6.1-1",
        "The flags of PUBREL are not 0010.");

    public static Rule SubscribeFlags { get; } = new(MalformedPacket, "MQTT-3.8.1-1", "MQTT-3.8.1-1",
        "The flags of SUBSCRIBE are not 0010.");

    public static Rule UnsubscribeFlags { get; } = new(MalformedPacket, "MQTT-3.10.1-1", "MQTT-3.10.1-1",
        "The flags of UNSUBSCRIBE are not 0010.");

    public static Rule DisconnectFlags { get; } = new(MalformedPacket, "MQTT-3.14.1-1", "MQTT-3.14.1-1",
        "The flags of DISCONNECT are not 0000.");

    public static Rule AuthFlags { get; } = new(MalformedPacket, "MQTT-3.15.1-1", null,
        "The flags of AUTH are not 0000.");

    public static Rule QoS3 { get; } = new(MalformedPacket, "MQTT-3.3.1-4", "MQTT-3.3.1-4",
        "Both QoS bits of PUBLISH are set.");

    public static Rule DuplicateAtQoS0 { get; } = new(MalformedPacket, "MQTT-3.3.1-2", "MQTT-3.3.1-2",
        "DUP is set at QoS 0.");

    public static Rule FirstPacketIsNotConnect { get; } = new(ProtocolError, "MQTT-3.1.0-1", "MQTT-3.1.0-1",
        "The first packet is not CONNECT.");

    public static Rule SecondConnect { get; } = new(ProtocolError, "MQTT-3.1.0-2", "MQTT-3.1.0-2",
        "CONNECT came a second time.");

    public static Rule WrongDirection { get; } = new(ProtocolError, "MQTT 5 §2.1.2", "MQTT-4.8.0-1",
        "This side of a connection never sends packets of this type.");

    public static Rule NoPacketIdentifier { get; } = new(ProtocolError, "MQTT-2.2.1-3", "MQTT-2.3.1-1",
        "The packet identifier is 0.");

    public static Rule TooManyItems { get; } = new(QuotaExceeded, "ItemsPerPacketMax", null,
        "The packet holds more filters or user properties than the receiver takes.");

    public static Rule ReasonCodeNotAllowed(string statement, string? olderStatement = null) => new(
        ProtocolError, statement, olderStatement, "The packet carries a reason code that its type does not have.");
}
