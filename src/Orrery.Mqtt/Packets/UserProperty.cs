namespace Orrery.Mqtt.Packets;

/// <summary>A pair that the protocol carries and does not interpret (MQTT 5 §1.5.7).</summary>
/// <param name="Name">At most 65,535 bytes of UTF-8. A name may come more than once.</param>
/// <param name="Value">At most 65,535 bytes of UTF-8.</param>
public readonly record struct UserProperty(string Name, string Value);
