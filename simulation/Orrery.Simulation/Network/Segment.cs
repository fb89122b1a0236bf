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

/// <summary>What travels at once in one direction of a connection. It is one of <see cref="Ether"/>'s, to be given back.</summary>
internal sealed class Segment(Ether ether)
{
    private byte[] _buffer = [];

    /// <summary>What it says.</summary>
    public SegmentKind Kind { get; private set; }

    /// <summary>How many bytes it carries; 0 for all but data.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes it carries. Valid until <see cref="Release"/>.</summary>
    public Span<byte> Bytes => _buffer.AsSpan(0, Length);

    /// <summary>The array that they are at the beginning of.</summary>
    public byte[] Buffer => _buffer;

    /// <summary>Whoever took it last is done with it.</summary>
    public void Release() => ether.Return(this);

    /// <summary>Fills it anew.</summary>
    internal void Fill(SegmentKind kind, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length) _buffer = new byte[Math.Max(Ether.SmallBytes, bytes.Length)];
        bytes.CopyTo(_buffer);
        (Kind, Length) = (kind, bytes.Length);
    }
}
