namespace Orrery.Simulation.Disks;

/// <summary>The bytes of a file at one level: what a process sees, or what the disk holds.</summary>
internal sealed class ByteImage
{
    // So that a file that grows is not copied each time, and no piece is a large object, which only a collection of everything would free.
    private const int ChunkBytes = 64 * 1024;

    private readonly List<byte[]> _chunks = [];             // behind the end of the file they hold zeros

    /// <summary>Makes an empty one.</summary>
    public ByteImage()
    {
    }

    /// <summary>Makes a copy.</summary>
    public ByteImage(ByteImage other)
    {
        Length = other.Length;
        foreach (var chunk in other._chunks) _chunks.Add([.. chunk]);
    }

    /// <summary>How many bytes there are.</summary>
    public long Length { get; private set; }

    /// <summary>Copies bytes out.</summary>
    /// <returns>How many there were.</returns>
    public int Read(long offset, Span<byte> bytes)
    {
        var count = (int)Math.Clamp(Length - offset, 0, bytes.Length);
        for (var done = 0; done < count;)
        {
            var piece = At(offset + done, count - done);
            piece.CopyTo(bytes[done..]);
            done += piece.Length;
        }

        return count;
    }

    /// <summary>Puts bytes in, behind the end with zeros between.</summary>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        var end = offset + bytes.Length;
        Grow(end);
        for (var done = 0; done < bytes.Length;)
        {
            var piece = At(offset + done, bytes.Length - done);
            bytes.Slice(done, piece.Length).CopyTo(piece);
            done += piece.Length;
        }

        Length = Math.Max(Length, end);
    }

    /// <summary>Makes the file as long as this, with zeros if it was shorter.</summary>
    public void SetLength(long length)
    {
        Grow(length);
        for (var from = length; from < Length;)
        {
            var piece = At(from, (int)Math.Min(ChunkBytes, Length - from));
            piece.Clear();
            from += piece.Length;
        }

        Length = length;
    }

    /// <summary>Turns one bit over.</summary>
    public void FlipBit(long bit) => At(bit / 8, 1)[0] ^= (byte)(1 << (int)(bit % 8));

    private void Grow(long length)
    {
        while ((long)_chunks.Count * ChunkBytes < length) _chunks.Add(new byte[ChunkBytes]);
    }

    /// <summary>The bytes from an offset on, as far as they lie in one chunk.</summary>
    private Span<byte> At(long offset, int countMax)
    {
        var start = (int)(offset % ChunkBytes);
        return _chunks[(int)(offset / ChunkBytes)].AsSpan(start, Math.Min(countMax, ChunkBytes - start));
    }
}
