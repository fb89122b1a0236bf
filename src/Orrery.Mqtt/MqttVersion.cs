namespace Orrery.Mqtt;

/// <summary>A version of the protocol, numbered as CONNECT carries it (MQTT 5 §3.1.2.2).</summary>
public enum MqttVersion : byte
{
    /// <summary>MQTT 3.1, whose protocol name is "MQIsdp".</summary>
    V31 = 3,

    /// <summary>MQTT 3.1.1.</summary>
    V311 = 4,

    /// <summary>MQTT 5.0.</summary>
    V5 = 5,
}
