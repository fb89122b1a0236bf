namespace Orrery.Actors.Cells;

/// <summary>The part of a mailbox that exists only while messages wait: two arrays that swap roles.</summary>
/// <remarks>
/// Senders append to <see cref="Incoming"/> under the mailbox's gate. The owner takes from <see cref="Draining"/> without
/// it, and when that is empty swaps the two under the gate. In steady state nothing is allocated.
/// </remarks>
internal sealed class Backlog
{
    // Two messages wait at first: the mailbox holds one more by itself.
    private const int FirstCapacity = 4;

    // Above 64 KiB an array is left to the garbage collector once its burst is over.
    private const int KeptCapacityMax = 4096;

    public Envelope[] Incoming = new Envelope[FirstCapacity];
    public int IncomingCount;
    public Envelope[] Draining = [];
    public int DrainIndex;
    public int DrainCount;
    public SystemMessage? SystemHead;
    public SystemMessage? SystemTail;

    public bool IsWorthKeeping => Incoming.Length <= KeptCapacityMax && Draining.Length <= KeptCapacityMax;

    public bool IsEmpty => IncomingCount == 0 && DrainIndex == DrainCount && SystemHead is null;

    /// <summary>Appends; called under the gate.</summary>
    public void Append(object message, IActorRef? sender)
    {
        if (IncomingCount == Incoming.Length) Array.Resize(ref Incoming, IncomingCount * 2);
        Incoming[IncomingCount++] = new Envelope(message, sender);
    }

    /// <summary>Appends a message of the runtime; called under the gate.</summary>
    public void Append(SystemMessage message)
    {
        if (SystemTail is null)
        {
            SystemHead = message;
        }
        else
        {
            SystemTail.Next = message;
        }

        SystemTail = message;
    }

    /// <summary>Makes what came in the next to be drained; called by the owner under the gate when nothing is left to drain.</summary>
    public void Swap()
    {
        (Incoming, Draining) = (Draining, Incoming);
        DrainIndex = 0;
        DrainCount = IncomingCount;
        IncomingCount = 0;
        if (Incoming.Length == 0) Incoming = new Envelope[FirstCapacity];
    }

    /// <summary>Puts messages before all others; called by the owner.</summary>
    public void Prepend(ReadOnlySpan<Envelope> envelopes)
    {
        if (envelopes.Length > DrainIndex)
        {
            var left = DrainCount - DrainIndex;
            var room = new Envelope[(envelopes.Length + left) * 2];
            Array.Copy(Draining, DrainIndex, room, room.Length - left, left);
            Draining = room;
            DrainIndex = room.Length - left;
            DrainCount = room.Length;
        }

        DrainIndex -= envelopes.Length;
        envelopes.CopyTo(Draining.AsSpan(DrainIndex));
    }
}
