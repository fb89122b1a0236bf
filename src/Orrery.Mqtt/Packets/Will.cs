namespace Orrery.Mqtt.Packets;

/// <summary>What the server publishes for a client that leaves without a normal DISCONNECT (MQTT 5 §3.1.2.5).</summary>
/// <param name="Message">The message with its own QoS, RETAIN flag and properties.</param>
/// <param name="DelayIntervalSeconds">How long the server waits, unless the session ends first. 0, the default and all that older versions have, is not at all.</param>
public sealed record Will(ApplicationMessage Message, uint DelayIntervalSeconds = 0);
