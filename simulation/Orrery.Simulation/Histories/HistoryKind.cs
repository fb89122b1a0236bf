namespace Orrery.Simulation.Histories;

/// <summary>What an event of a history is about.</summary>
public enum HistoryKind
{
    /// <summary>A step of the scenario was carried out; the node is the one it concerns, or "script".</summary>
    Step,

    /// <summary>A client asks for a connection.</summary>
    ConnectionRequested,

    /// <summary>A client learns that its connection is open.</summary>
    ConnectionOpened,

    /// <summary>A broker takes a connection.</summary>
    ConnectionAccepted,

    /// <summary>An end of a connection is over for its node; the detail says why and who ended it.</summary>
    ConnectionEnded,

    /// <summary>A packet was handed to the node's system.</summary>
    PacketSent,

    /// <summary>A whole packet was read by the node.</summary>
    PacketReceived,

    /// <summary>Bytes were sent or read that are no packet; the detail says what is wrong with them.</summary>
    Malformed,

    /// <summary>A client's application got a message: once for each delivery that QoS promises it.</summary>
    Delivered,

    /// <summary>The broker decided something: a line of its log. The detail is its text, <see cref="HistoryEvent.Name"/> its name.</summary>
    Decision,

    /// <summary>A timer of the node fired.</summary>
    TimerFired,

    /// <summary>A process began to run.</summary>
    ProcessStarted,

    /// <summary>A process ended; the name is "kill", "power_loss", "wiped_disk", "stop", "store_unavailable" or "gave_up".</summary>
    ProcessEnded,

    /// <summary>A process lost its processor.</summary>
    ProcessPaused,

    /// <summary>A process has its processor again.</summary>
    ProcessResumed,

    /// <summary>A node's clock was changed.</summary>
    ClockChanged,

    /// <summary>A fault began; the node is the link or broker, the name the kind of fault, the detail its id and parameters.</summary>
    FaultStarted,

    /// <summary>A fault ended.</summary>
    FaultEnded,

    /// <summary>A fault began to hold back what arrives on a connection: the node is `from->to`. Only in detailed histories.</summary>
    NetworkHeld,

    /// <summary>A broker asked its store for something, or its store its disk; the name is what was asked, the detail what it is about.</summary>
    DiskSubmitted,

    /// <summary>What a broker asked its store for has come so far; the name is "commit written", "commit synced" or the like.</summary>
    DiskDone,

    /// <summary>A stretch of the run began: "warmup", "chaos", "heal", "end".</summary>
    PhaseStarted,
}
