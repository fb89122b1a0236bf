namespace Orrery.Simulation.Network;

/// <summary>What one segment says.</summary>
internal enum SegmentKind
{
    /// <summary>Bytes of the stream.</summary>
    Data,

    /// <summary>A request for a connection.</summary>
    Request,

    /// <summary>The answer to it.</summary>
    Acceptance,

    /// <summary>The last word of opening: the connection is there for both.</summary>
    Confirmation,

    /// <summary>No bytes follow (FIN).</summary>
    Finish,

    /// <summary>There is no such connection any more (RST).</summary>
    Reset,
}

/// <summary>What travels at once in one direction of a connection.</summary>
internal sealed record Segment(SegmentKind Kind, byte[] Bytes);
