namespace Orrery.Storage.Journal;

/// <summary>What a record of the journal says. The numbers are stored on disk, so they do not change.</summary>
internal enum JournalKind : byte
{
    /// <summary>A message joins queues: its id, flags, [expiry], bytes of topic and payload, length of the body, body, number of
    /// queues, and of each its id, how it holds the message, and the Subscription Identifiers with their number before them.</summary>
    Add = 1,

    /// <summary>A message leaves a queue: queue, message.</summary>
    Remove = 2,

    /// <summary>The first PUBLISH of a message is about to leave: queue, message, packet identifier, place.</summary>
    Start = 3,

    /// <summary>An exchange has come further: queue, message, state.</summary>
    Advance = 4,

    /// <summary>An identifier of the client's is in use: queue, packet identifier.</summary>
    AddInbound = 5,

    /// <summary>It is not in use any more: queue, packet identifier.</summary>
    RemoveInbound = 6,
}

/// <summary>Reads the records of one row of the journal.</summary>
/// <remarks>Numbers are of variable length, seven bits a byte. Pages have checksums, so what can't be read was written wrong.</remarks>
internal ref struct JournalReader(JournalRow row)
{
    /// <summary>A flag of <see cref="JournalKind.Add"/>: the body is a PUBLISH packet of MQTT 5.</summary>
    public const byte BodyIsVersion5 = 1;

    /// <summary>The time of expiry follows.</summary>
    public const byte Expires = 2;

    /// <summary>The message's id is above all earlier ones.</summary>
    public const byte IsNew = 4;

    private int _next;

    /// <summary>Where the next byte is.</summary>
    public readonly int Position => _next;

    /// <summary>Whether no record is left.</summary>
    public readonly bool IsAtEnd => _next >= row.Length;

    /// <summary>A byte.</summary>
    public byte Byte() => _next < row.Length ? row.Bytes[_next++] : throw Unreadable();

    /// <summary>A number.</summary>
    public long Number()
    {
        var (value, shift) = (0UL, 0);
        while (true)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return (long)value;
            shift += 7;
            if (shift > 63) throw Unreadable();
        }
    }

    /// <summary>Passes over bytes.</summary>
    /// <returns>Where they begin.</returns>
    public int Skip(long count)
    {
        if (count < 0 || count > row.Length - _next) throw Unreadable();
        var start = _next;
        _next += (int)count;
        return start;
    }

    /// <summary>The error of a row that is not what was written.</summary>
    public static InvalidDataException Unreadable() => new("the journal is not readable");
}
