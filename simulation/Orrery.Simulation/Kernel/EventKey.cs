namespace Orrery.Simulation.Kernel;

/// <summary>The place of an event in the one order of a run: by time, then class, then sequence.</summary>
/// <param name="Nanoseconds">Virtual time since the start.</param>
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

    /// <summary>Whether this event comes before another.</summary>
    /// <exception cref="InvalidOperationException">The keys are equal, so that the order would not be one that was chosen.</exception>
    public bool Precedes(in EventKey other)
    {
        if (Nanoseconds != other.Nanoseconds) return Nanoseconds < other.Nanoseconds;
        if (Order == other.Order) throw new InvalidOperationException($"Two events share the key {this}.");
        return Order < other.Order;
    }
}
