namespace Orrery.Mqtt.Flows;

/// <summary>How far the sender of one message at QoS 1 or 2 has come (MQTT 5 §4.3.2, §4.3.3).</summary>
/// <remarks>The numbers are stored on disk, so they do not change.</remarks>
public enum OutboundState : byte
{
    /// <summary>The packet identifier belongs to no message.</summary>
    Free = 0,

    /// <summary>PUBLISH at QoS 1 was sent.</summary>
    AwaitingPubAck = 1,

    /// <summary>PUBLISH at QoS 2 was sent.</summary>
    AwaitingPubRec = 2,

    /// <summary>PUBREL was sent, so the PUBLISH never is again [MQTT-4.3.3-6].</summary>
    AwaitingPubComp = 3,
}

/// <summary>What happens to a message on the sender's side.</summary>
public enum OutboundEvent : byte
{
    /// <summary>The message is taken up at QoS 1.</summary>
    StartAtLeastOnce,

    /// <summary>The message is taken up at QoS 2.</summary>
    StartExactlyOnce,

    /// <summary>PUBACK arrived, with any reason code.</summary>
    PubAck,

    /// <summary>PUBREC arrived with a reason code below 0x80.</summary>
    PubRecAccepted,

    /// <summary>PUBREC arrived with a reason code of 0x80 or above.</summary>
    PubRecRefused,

    /// <summary>PUBCOMP arrived, with any reason code.</summary>
    PubComp,

    /// <summary>A new connection resumes the session.</summary>
    Resume,
}

/// <summary>What the sender does about an event.</summary>
public enum OutboundAction : byte
{
    /// <summary>Nothing: the peer acknowledged what it was not asked to, or there is nothing to resume.</summary>
    Ignore,

    /// <summary>Sends PUBLISH for the first time, with DUP 0 [MQTT-3.3.1-1].</summary>
    SendPublish,

    /// <summary>Sends PUBLISH again, with DUP 1 and its identifier [MQTT-4.4.0-1].</summary>
    ResendPublish,

    /// <summary>Sends PUBREL [MQTT-4.3.3-4].</summary>
    SendPubRel,

    /// <summary>Sends PUBREL that says 0x92, since no exchange has this identifier (MQTT 5 §3.6.2.1).</summary>
    SendPubRelNotFound,

    /// <summary>The exchange is over and its identifier is free [MQTT-4.3.2-5, MQTT-4.3.3-12].</summary>
    Complete,
}

/// <summary>The state an event leads to, and what the sender does on the way.</summary>
/// <param name="Next">The state after the event.</param>
/// <param name="Action">What the caller does.</param>
public readonly record struct OutboundVerdict(OutboundState Next, OutboundAction Action);

/// <summary>The sender's half of QoS 1 and QoS 2, without memory: what each event means in each state.</summary>
public static class OutboundTable
{
    /// <summary>Answers for every pair of a state and an event, except a start in a state that is not free.</summary>
    /// <exception cref="InvalidOperationException">
    /// A message is started under an identifier in use [MQTT-2.2.1-3], which is a bug of the caller, or a value is no
    /// member of its enum.
    /// </exception>
    public static OutboundVerdict Judge(OutboundState state, OutboundEvent what) => (state, what) switch
    {
        (OutboundState.Free, OutboundEvent.StartAtLeastOnce) => new(OutboundState.AwaitingPubAck, OutboundAction.SendPublish),
        (OutboundState.Free, OutboundEvent.StartExactlyOnce) => new(OutboundState.AwaitingPubRec, OutboundAction.SendPublish),
        (OutboundState.Free, OutboundEvent.PubRecAccepted) => new(OutboundState.Free, OutboundAction.SendPubRelNotFound),
        (OutboundState.Free, OutboundEvent.PubAck or OutboundEvent.PubRecRefused or OutboundEvent.PubComp or OutboundEvent.Resume)
            => new(OutboundState.Free, OutboundAction.Ignore),

        (OutboundState.AwaitingPubAck, OutboundEvent.PubAck) => new(OutboundState.Free, OutboundAction.Complete),
        (OutboundState.AwaitingPubAck, OutboundEvent.Resume) => new(OutboundState.AwaitingPubAck, OutboundAction.ResendPublish),
        (OutboundState.AwaitingPubAck, OutboundEvent.PubRecAccepted or OutboundEvent.PubRecRefused or OutboundEvent.PubComp)
            => new(OutboundState.AwaitingPubAck, OutboundAction.Ignore),

        (OutboundState.AwaitingPubRec, OutboundEvent.PubRecAccepted) => new(OutboundState.AwaitingPubComp, OutboundAction.SendPubRel),
        // A refusal ends the exchange: no PUBREL follows and nothing is sent again [MQTT-4.4.0-2].
        (OutboundState.AwaitingPubRec, OutboundEvent.PubRecRefused) => new(OutboundState.Free, OutboundAction.Complete),
        (OutboundState.AwaitingPubRec, OutboundEvent.Resume) => new(OutboundState.AwaitingPubRec, OutboundAction.ResendPublish),
        (OutboundState.AwaitingPubRec, OutboundEvent.PubAck or OutboundEvent.PubComp)
            => new(OutboundState.AwaitingPubRec, OutboundAction.Ignore),

        (OutboundState.AwaitingPubComp, OutboundEvent.PubComp) => new(OutboundState.Free, OutboundAction.Complete),
        // The peer says PUBREC once more because it missed the PUBREL.
        (OutboundState.AwaitingPubComp, OutboundEvent.PubRecAccepted or OutboundEvent.Resume)
            => new(OutboundState.AwaitingPubComp, OutboundAction.SendPubRel),
        (OutboundState.AwaitingPubComp, OutboundEvent.PubAck or OutboundEvent.PubRecRefused)
            => new(OutboundState.AwaitingPubComp, OutboundAction.Ignore),

        _ => throw new InvalidOperationException($"no rule for {state} and {what}"),
    };
}
