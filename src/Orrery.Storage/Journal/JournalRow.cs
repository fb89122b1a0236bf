namespace Orrery.Storage.Journal;

/// <summary>One row of the journal: records, one after the other.</summary>
/// <param name="Bytes">They are at its beginning.</param>
/// <param name="Length">How many bytes they take.</param>
internal readonly record struct JournalRow(byte[] Bytes, int Length);

/// <summary>Buffers of long rows, for use again: a broker under load writes some hundred a second.</summary>
internal sealed class JournalBuffers
{
    /// <summary>A row ends here, unless one record is longer.</summary>
    public const int BufferBytes = 64 * 1024;

    // A shorter row gets an array of its own length: rows wait, and memory is to be what the journal says.
    private const int ReusedBytesMin = BufferBytes / 4;
    private const int BuffersMax = 64;

    private readonly Stack<byte[]> _spare = new();

    /// <summary>A buffer with any content.</summary>
    public byte[] Rent() => _spare.TryPop(out var buffer) ? buffer : new byte[BufferBytes];

    /// <summary>Makes a row of the beginning of a buffer.</summary>
    /// <param name="buffer">The buffer; null afterwards where the row took it.</param>
    /// <param name="length">How much of it.</param>
    public static JournalRow RowOf(ref byte[]? buffer, int length)
    {
        if (length < ReusedBytesMin) return new JournalRow(buffer.AsSpan(0, length).ToArray(), length);
        var row = new JournalRow(buffer!, length);
        buffer = null;
        return row;
    }

    /// <summary>Takes back the buffer of a row that nobody reads any more.</summary>
    public void Return(JournalRow row)
    {
        if (row.Bytes.Length == BufferBytes && _spare.Count < BuffersMax) _spare.Push(row.Bytes);
    }
}
