namespace Orrery.Mqtt.Flows;

/// <summary>One message in flight to the peer.</summary>
/// <param name="PacketIdentifier">Its identifier, from the first PUBLISH to the end of the exchange.</param>
/// <param name="State">How far it has come, never <see cref="OutboundState.Free"/>. It says whether PUBLISH or PUBREL is owed.</param>
/// <param name="QoS">1 or 2.</param>
/// <param name="Message">What was started.</param>
/// <typeparam name="TMessage">What the owner of the flow calls a message.</typeparam>
public readonly record struct Outbound<TMessage>(
    PacketIdentifier PacketIdentifier,
    OutboundState State,
    QoS QoS,
    TMessage Message)
    where TMessage : class;

/// <summary>What the owner of an outbound flow does about an acknowledgement.</summary>
public enum FlowOutcome
{
    /// <summary>Nothing: the peer acknowledged what it was not asked to.</summary>
    Ignored,

    /// <summary>Send PUBREL with the identifier.</summary>
    SendPubRel,

    /// <summary>Send PUBREL with the identifier and reason code 0x92; MQTT 3 has no code, so a plain PUBREL.</summary>
    SendPubRelNotFound,

    /// <summary>The exchange is over. The message may be dropped, and there may be room for another.</summary>
    Completed,
}
