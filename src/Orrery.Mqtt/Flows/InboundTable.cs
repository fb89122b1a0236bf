namespace Orrery.Mqtt.Flows;

/// <summary>How far the receiver of one message at QoS 2 has come (MQTT 5 §4.3.3).</summary>
/// <remarks>The numbers are stored on disk, so they do not change.</remarks>
public enum InboundState : byte
{
    /// <summary>The packet identifier belongs to no message.</summary>
    Free = 0,

    /// <summary>The message is accepted; a PUBLISH with its identifier is the same one until PUBREL arrives.</summary>
    AwaitingPubRel = 1,
}

/// <summary>What happens to a message on the receiver's side.</summary>
public enum InboundEvent : byte
{
    /// <summary>PUBLISH at QoS 2 arrived, with DUP 0 or 1.</summary>
    Publish,

    /// <summary>PUBREL arrived.</summary>
    PubRel,

    /// <summary>The receiver refuses the message: it sends PUBREC with 0x80 or above.</summary>
    Refuse,
}

/// <summary>What the receiver does about an event.</summary>
public enum InboundAction : byte
{
    /// <summary>The message is new: takes it over and sends PUBREC.</summary>
    Accept,

    /// <summary>The message was taken over before: only sends PUBREC [MQTT-4.3.3-10].</summary>
    AcknowledgeOnly,

    /// <summary>The exchange is over: sends PUBCOMP [MQTT-4.3.3-11].</summary>
    Complete,

    /// <summary>No exchange has this identifier: sends PUBCOMP that says 0x92.</summary>
    CompleteNotFound,

    /// <summary>Forgets the identifier, so that the next PUBLISH with it is new [MQTT-4.3.3-9].</summary>
    Forget,
}

/// <summary>The state an event leads to, and what the receiver does on the way.</summary>
/// <param name="Next">The state after the event.</param>
/// <param name="Action">What the caller does.</param>
public readonly record struct InboundJudgement(InboundState Next, InboundAction Action);

/// <summary>The receiver's half of QoS 2, without memory: what each event means in each state.</summary>
public static class InboundTable
{
    /// <summary>Answers for every pair of a state and an event.</summary>
    /// <exception cref="InvalidOperationException">A value is no member of its enum.</exception>
    public static InboundJudgement Judge(InboundState state, InboundEvent what) => (state, what) switch
    {
        (InboundState.Free, InboundEvent.Publish) => new(InboundState.AwaitingPubRel, InboundAction.Accept),
        (InboundState.Free, InboundEvent.PubRel) => new(InboundState.Free, InboundAction.CompleteNotFound),
        (InboundState.Free, InboundEvent.Refuse) => new(InboundState.Free, InboundAction.Forget),
        (InboundState.AwaitingPubRel, InboundEvent.Publish) => new(InboundState.AwaitingPubRel, InboundAction.AcknowledgeOnly),
        (InboundState.AwaitingPubRel, InboundEvent.PubRel) => new(InboundState.Free, InboundAction.Complete),
        (InboundState.AwaitingPubRel, InboundEvent.Refuse) => new(InboundState.Free, InboundAction.Forget),
        _ => throw new InvalidOperationException($"no rule for {state} and {what}"),
    };
}
