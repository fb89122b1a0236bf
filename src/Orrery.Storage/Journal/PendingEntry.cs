using System.Runtime.InteropServices;

namespace Orrery.Storage.Journal;

/// <summary>Names an entry of a queue, or an identifier of its client's as a negative number.</summary>
internal readonly record struct EntryKey(long Queue, long Message)
{
    public static EntryKey OfInbound(long queue, long packet) => new(queue, -packet);

    public bool IsInbound => Message < 0;
}

/// <summary>What is to become of an entry.</summary>
internal enum PendingKind : byte
{
    /// <summary>It is in the table, and changes there.</summary>
    Changed,

    /// <summary>It is made, as <see cref="PendingEntry.Row"/> says.</summary>
    Added,

    /// <summary>It is deleted.</summary>
    Removed,
}

/// <summary>What the journal says of an entry and the table does not know yet: all changes of it in one.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct PendingEntry
{
    public PendingKind Kind;

    /// <summary>Whether the table may have it: what is removed before it was ever there leaves no trace.</summary>
    public bool MayBeInTable;

    /// <summary>The packet identifier; 0 if none was given since the table was written.</summary>
    public ushort Packet;

    /// <summary>How far the exchange has come; 0 for as far as the first PUBLISH, if there is a packet identifier, or unchanged.</summary>
    public byte State;

    /// <summary>The place among the exchanges of the session.</summary>
    public long Place;

    /// <summary>How the queue holds the message, and its body, of an entry that is added.</summary>
    public EntryRow Row;
}

/// <summary>A message as a queue holds it, in the bytes of the journal.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct EntryRow
{
    /// <summary>The row of the journal.</summary>
    public JournalRow Journal;

    public int BodyStart;
    public int BodyLength;

    /// <summary>Where the Subscription Identifiers begin.</summary>
    public int IdentifiersStart;
    public int IdentifierCount;

    /// <summary>How many queues the record names.</summary>
    public int TargetCount;

    /// <summary>What the limits of queues count.</summary>
    public long CountedBytes;
    public long ExpiresAtTicks;
    public byte EntryOptions;
    public bool BodyIsVersion5;

    public readonly ReadOnlySpan<byte> Body => Journal.Bytes.AsSpan(BodyStart, BodyLength);

    /// <summary>The Subscription Identifiers; null for none.</summary>
    public readonly uint[]? Identifiers()
    {
        if (IdentifierCount == 0) return null;
        var reader = new JournalReader(Journal);
        reader.Skip(IdentifiersStart);
        var identifiers = new uint[IdentifierCount];
        for (var i = 0; i < identifiers.Length; i++) identifiers[i] = (uint)reader.Number();
        return identifiers;
    }

    /// <summary>Whether another entry refers to the same message of the same record.</summary>
    public readonly bool IsOfSameRecord(in EntryRow other) => ReferenceEquals(Journal.Bytes, other.Journal.Bytes) && BodyStart == other.BodyStart;
}
