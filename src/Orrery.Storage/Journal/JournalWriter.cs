using Orrery.Broker.Persistence;

namespace Orrery.Storage.Journal;

/// <summary>Writes what happens to messages as records, one after the other; <see cref="JournalReader"/> says what they look like.</summary>
internal sealed class JournalWriter(RowFormat format, JournalBuffers buffers)
{
    private const int NumberBytesMax = 10;

    private readonly List<JournalRow> _full = [];
    private byte[]? _spare;                             // for the next group, where this one's row was short
    private byte[] _buffer = [];
    private int _length;

    /// <summary>A message joins queues.</summary>
    /// <param name="message">The message.</param>
    /// <param name="targets">The queues, which are there.</param>
    /// <param name="isNew">Whether no entry was ever made of it: its id is above all earlier ones.</param>
    public void Add(StoredMessage message, ReadOnlySpan<QueueTarget> targets, bool isNew)
    {
        var content = message.Message;
        var body = format.WriteMessage(content);
        var numbers = 6 + (3 * targets.Length);
        foreach (var target in targets) numbers += target.Identifiers?.Length ?? 0;
        Begin(JournalKind.Add, body.Length + (numbers * NumberBytesMax));
        Write(message.Id);
        _buffer[_length++] = (byte)(
            (RowFormat.MessageOptions(content) != 0 ? JournalReader.BodyIsVersion5 : 0)
            | (content.ExpiresAtTicks != 0 ? JournalReader.Expires : 0)
            | (isNew ? JournalReader.IsNew : 0));
        if (content.ExpiresAtTicks != 0) Write(content.ExpiresAtTicks);
        Write(RowFormat.BytesOf(content));
        Write(body.Length);
        body.CopyTo(_buffer.AsSpan(_length));
        _length += body.Length;
        Write(targets.Length);
        foreach (var target in targets)
        {
            Write(target.Queue.Id);
            _buffer[_length++] = (byte)RowFormat.EntryOptions(target.QoS, target.Retain);
            Write(target.Identifiers?.Length ?? 0);
            foreach (var identifier in target.Identifiers ?? []) Write(identifier);
        }
    }

    /// <summary>A message leaves a queue.</summary>
    public void Remove(long queue, long message) => Write(JournalKind.Remove, queue, message, 0, 0);

    /// <summary>A message of a queue gets its packet identifier and its place.</summary>
    public void Start(long queue, long message, long packet, long place) => Write(JournalKind.Start, queue, message, packet, place);

    /// <summary>An exchange at QoS 2 has come further.</summary>
    public void Advance(long queue, long message, long state) => Write(JournalKind.Advance, queue, message, state, 0);

    /// <summary>An identifier of a QoS 2 message from the client is in use.</summary>
    public void AddInbound(long queue, long packet) => Write(JournalKind.AddInbound, queue, packet, 0, 0);

    /// <summary>It is not in use any more.</summary>
    public void RemoveInbound(long queue, long packet) => Write(JournalKind.RemoveInbound, queue, packet, 0, 0);

    /// <summary>Gives out what was written since the last call, in rows, and begins anew.</summary>
    public List<JournalRow> Take()
    {
        EndRow();
        var rows = new List<JournalRow>(_full);
        _full.Clear();
        return rows;
    }

    private void Write(JournalKind kind, long queue, long second, long third, long fourth)
    {
        Begin(kind, 4 * NumberBytesMax);
        Write(queue);
        Write(second);
        if (kind is JournalKind.Start or JournalKind.Advance) Write(third);
        if (kind is JournalKind.Start) Write(fourth);
    }

    private void Begin(JournalKind kind, int bytesMax)
    {
        if (_buffer.Length - _length <= bytesMax)
        {
            EndRow();
            _buffer = bytesMax < JournalBuffers.BufferBytes ? _spare ?? buffers.Rent() : new byte[bytesMax + 1];
            _spare = null;
        }

        _buffer[_length++] = (byte)kind;
    }

    private void EndRow()
    {
        if (_length == 0) return;
        var buffer = (byte[]?)_buffer;
        _full.Add(JournalBuffers.RowOf(ref buffer, _length));
        _spare = buffer?.Length == JournalBuffers.BufferBytes ? buffer : null;
        (_buffer, _length) = ([], 0);
    }

    // Seven bits a byte, the lowest first; all but the last have the highest bit set.
    private void Write(long value)
    {
        var left = (ulong)value;
        while (left >= 0x80)
        {
            _buffer[_length++] = (byte)(left | 0x80);
            left >>= 7;
        }

        _buffer[_length++] = (byte)left;
    }
}
