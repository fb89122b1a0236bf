namespace Orrery.Simulation.Kernel;

/// <summary>What goes first among events of one instant. The values are part of every hash.</summary>
internal enum EventClass : byte
{
    /// <summary>A step of a script or a fault: it finds the instant untouched.</summary>
    Script = 0,

    /// <summary>A timer of a process, so that its clock never passes one that is due.</summary>
    Timer = 1,

    /// <summary>Bytes and connections that arrive.</summary>
    Network = 2,

    /// <summary>What a client decides to do.</summary>
    Client = 3,
}
