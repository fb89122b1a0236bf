using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Orrery.Simulation.Kernel;

/// <summary>A key and the place of the rest of an event, in as few bytes as they go: a family of four fills one line of the cache.</summary>
internal readonly struct EventNode(in EventKey key, int slot)
{
    private const int SlotBits = 24;                        // 16 million events may wait
    private const int SequenceBits = 37;                    // 137 thousand million may happen
    private const long SequenceMax = (1L << SequenceBits) - 1;

    private readonly long _nanoseconds = key.Nanoseconds;
    private readonly ulong _rank = ((ulong)key.Class << (SlotBits + SequenceBits)) | ((ulong)key.Sequence << SlotBits) | (uint)slot;

    /// <summary>The key.</summary>
    public EventKey Key => EventKey.Of(_nanoseconds, (EventClass)(_rank >> (SlotBits + SequenceBits)), (long)(_rank >> SlotBits) & SequenceMax);

    /// <summary>When the event happens.</summary>
    public long Nanoseconds => _nanoseconds;

    /// <summary>Where the rest is.</summary>
    public int Slot => (int)(_rank & ((1UL << SlotBits) - 1));

    /// <summary>Whether a key and a place go into a node.</summary>
    public static bool Fits(in EventKey key, int slot) => key.Sequence <= SequenceMax && slot >> SlotBits == 0;

    /// <summary>Whether one event happens before another.</summary>
    /// <exception cref="InvalidOperationException">Both have the same key.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Precedes(in EventNode one, in EventNode other) => one._nanoseconds == other._nanoseconds
        ? PrecedesAtOneInstant(one._rank, other._rank)
        : one._nanoseconds < other._nanoseconds;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool PrecedesAtOneInstant(ulong one, ulong other)
    {
        if ((one ^ other) >> SlotBits == 0) ThrowTie(one);
        return one < other;
    }

    [DoesNotReturn]
    private static void ThrowTie(ulong rank) =>
        throw new InvalidOperationException($"Two events share a key: class {rank >> (SlotBits + SequenceBits)}, sequence {(long)(rank >> SlotBits) & SequenceMax}.");
}
