namespace Orrery.Mqtt;

/// <summary>Which subscriptions are answered with retained messages (MQTT 5 §3.8.3.1).</summary>
/// <remarks>Before MQTT 5 every subscription is, as with <see cref="SendAtSubscribe"/>.</remarks>
public enum RetainHandling : byte
{
    /// <summary>Every SUBSCRIBE [MQTT-3.3.1-9].</summary>
    SendAtSubscribe,

    /// <summary>Only one that adds a subscription, not one that replaces it [MQTT-3.3.1-10].</summary>
    SendIfNewSubscription,

    /// <summary>None [MQTT-3.3.1-11].</summary>
    DoNotSend,
}
