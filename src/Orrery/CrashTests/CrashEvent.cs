using Orrery.Mqtt.Packets;

namespace Orrery.CrashTests;

/// <summary>What a <see cref="CrashEvent"/> is about.</summary>
internal enum CrashEventKind
{
    /// <summary>The broker's process is about to be started.</summary>
    Started,

    /// <summary>It accepts connections.</summary>
    Listening,

    /// <summary>It is about to be killed: what happened before this was before the kill.</summary>
    Killing,

    /// <summary>It is gone, and so is every connection.</summary>
    Killed,

    /// <summary>A client is about to write a packet.</summary>
    Sent,

    /// <summary>A client has read a packet.</summary>
    Received,

    /// <summary>A client is about to cut its connection without a word.</summary>
    Aborting,

    /// <summary>A client has seen the end of its connection.</summary>
    Closed,

    /// <summary>A client has read all retained messages that its subscription brings.</summary>
    Read,
}

/// <summary>One thing that a client, or whoever runs the broker, knows to have happened.</summary>
/// <param name="Number">Its place in the history, from 1.</param>
/// <param name="Seconds">When, counted from the history's start.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Client">To whom; empty for the process.</param>
/// <param name="Connection">The client's count of its connections; of the process, the count of its starts.</param>
/// <param name="Packet">What was sent or received; else null.</param>
/// <param name="Message">The message that the packet is about; null for none.</param>
internal sealed record CrashEvent(
    long Number, double Seconds, CrashEventKind Kind, string Client, int Connection, Packet? Packet = null, MessageTag? Message = null);
