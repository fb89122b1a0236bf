using System.Buffers;

namespace Orrery.Runs;

/// <summary>Lets writers that know no streams write to one. Holds a piece at a time; <see cref="Flush"/> hands on the last.</summary>
internal sealed class StreamBufferWriter(Stream stream) : IBufferWriter<byte>
{
    private const int PieceLength = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _piece = new(PieceLength);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        _piece.Advance(count);
        if (_piece.WrittenCount >= PieceLength) Flush();
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0) => _piece.GetMemory(sizeHint);

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => _piece.GetSpan(sizeHint);

    /// <summary>Hands on what was written.</summary>
    public void Flush()
    {
        stream.Write(_piece.WrittenSpan);
        _piece.ResetWrittenCount();
    }
}
