namespace Orrery.Mqtt;

/// <summary>How hard two peers try to deliver an application message (MQTT 5 §4.3).</summary>
public enum QoS : byte
{
    /// <summary>Sent once and forgotten (§4.3.1).</summary>
    AtMostOnce,

    /// <summary>Sent until PUBACK arrives, so it may be received more than once (§4.3.2).</summary>
    AtLeastOnce,

    /// <summary>Handed over in two steps, so it is received exactly once (§4.3.3).</summary>
    ExactlyOnce,
}
