namespace Orrery.Simulation.Kernel;

/// <summary>The place of an event in the one order of a run: by time, then class, then sequence.</summary>
/// <param name="Nanoseconds">Virtual time since the start.</param>
/// <remarks>No two events of a run have the same: <see cref="EventHeap"/> throws where it would have to choose.</remarks>
/// <param name="Order">The class in the upper 8 bits, the sequence in the lower 56.</param>
internal readonly record struct EventKey(long Nanoseconds, long Order)
{
    private const int SequenceBits = 56;

    /// <summary>Makes a key.</summary>
    public static EventKey Of(long nanoseconds, EventClass eventClass, long sequence) =>
        new(nanoseconds, ((long)eventClass << SequenceBits) | sequence);

    /// <summary>Which kind goes first.</summary>
    public EventClass Class => (EventClass)(Order >> SequenceBits);

    /// <summary>Its number among the events that were scheduled, from 0.</summary>
    public long Sequence => Order & ((1L << SequenceBits) - 1);
}
