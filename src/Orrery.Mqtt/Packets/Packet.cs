namespace Orrery.Mqtt.Packets;

/// <summary>One MQTT control packet (MQTT 5 §3). Immutable, so any thread may read it.</summary>
/// <remarks>
/// Properties that MQTT 5 added are null where the packet does not carry them, and lists are empty, never null. The
/// codec leaves out what an older version cannot carry. Equality compares lists and bytes by reference, except in
/// <see cref="ApplicationMessage"/>.
/// </remarks>
public abstract record Packet
{
    /// <summary>Which of the fifteen kinds it is.</summary>
    public abstract ControlPacketType Type { get; }
}
