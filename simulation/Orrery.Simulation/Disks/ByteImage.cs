namespace Orrery.Simulation.Disks;

/// <summary>The bytes of a file at one level: what a process sees, or what the disk holds.</summary>
internal sealed class ByteImage
{
    private byte[] _bytes = [];

    /// <summary>Makes an empty one.</summary>
    public ByteImage()
    {
    }

    /// <summary>Makes a copy.</summary>
    public ByteImage(ByteImage other) => (_bytes, Length) = (other.Bytes.ToArray(), other.Length);

    /// <summary>How many bytes there are.</summary>
    public long Length { get; private set; }

    /// <summary>All of them.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, (int)Length);

    /// <summary>Copies bytes out.</summary>
    /// <returns>How many there were.</returns>
    public int Read(long offset, Span<byte> bytes)
    {
        var count = (int)Math.Clamp(Length - offset, 0, bytes.Length);
        if (count > 0) _bytes.AsSpan((int)offset, count).CopyTo(bytes);
        return count;
    }

    /// <summary>Puts bytes in, behind the end with zeros between.</summary>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        var end = offset + bytes.Length;
        if (end > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Max(end, 2 * _bytes.Length));
        bytes.CopyTo(_bytes.AsSpan((int)offset));
        Length = Math.Max(Length, end);
    }

    /// <summary>Makes the file as long as this, with zeros if it was shorter.</summary>
    public void SetLength(long length)
    {
        if (length > _bytes.Length) Array.Resize(ref _bytes, (int)length);
        if (length < Length) _bytes.AsSpan((int)length, (int)(Length - length)).Clear();
        Length = length;
    }

    /// <summary>Turns one bit over.</summary>
    public void FlipBit(long bit) => _bytes[bit / 8] ^= (byte)(1 << (int)(bit % 8));
}
