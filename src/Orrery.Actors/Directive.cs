namespace Orrery.Actors;

/// <summary>What a supervisor does about a failed child.</summary>
public enum Directive
{
    /// <summary>Go on with the same instance and its state; only the failing message is lost.</summary>
    Resume,

    /// <summary>Go on with a new instance; mailbox and reference stay, state and the failing message are lost.</summary>
    Restart,

    /// <summary>Fail in turn, with the same exception, so that the supervisor's own supervisor decides.</summary>
    Escalate,

    /// <summary>Stop the child.</summary>
    Stop,
}
