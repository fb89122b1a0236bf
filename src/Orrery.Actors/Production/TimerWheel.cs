using System.Numerics;
using Orrery.Actors.Cells;

namespace Orrery.Actors.Production;

/// <summary>Timers sorted by the millisecond in which they are due: starting and cancelling cost the same for any number.</summary>
/// <remarks>
/// Four rings of 256 slots. A slot of ring 0 holds one millisecond, of ring 1 256 of them, and so on, 49 days in all. When
/// the clock enters a slot of a higher ring, its timers move down. A timer due later than that waits in the last ring and is
/// sorted anew when reached. Not safe for threads: the owner locks.
/// </remarks>
internal sealed class TimerWheel
{
    private const int Rings = 4;
    private const int SlotBits = 8;
    private const int Slots = 1 << SlotBits;
    private const int SlotMask = Slots - 1;

    // Slot s of ring r is at r * Slots + s; a timer's Position is that plus one.
    private readonly ScheduledTimer?[] _heads = new ScheduledTimer?[Rings * Slots];
    private readonly ulong[] _occupied = new ulong[Rings * Slots / 64];

    /// <summary>The last millisecond whose timers have been taken out.</summary>
    public long CurrentTick { get; private set; }

    /// <summary>Timers in the wheel.</summary>
    public int Count { get; private set; }

    /// <summary>Puts a timer in; if it is due already, it is due in the next millisecond.</summary>
    public void Add(ScheduledTimer timer)
    {
        Place(timer);
        Count++;
    }

    /// <summary>Takes a timer out.</summary>
    /// <returns>False if it is not in the wheel.</returns>
    public bool Remove(ScheduledTimer timer)
    {
        if (timer.Position == 0) return false;
        var slot = timer.Position - 1;
        if (timer.Next is { } next) next.Previous = timer.Previous;
        if (timer.Previous is { } previous)
        {
            previous.Next = timer.Next;
        }
        else
        {
            _heads[slot] = timer.Next;
            if (timer.Next is null) _occupied[slot >> 6] &= ~(1UL << (slot & 63));
        }

        Detach(timer);
        Count--;
        return true;
    }

    /// <summary>The first millisecond at which <see cref="Advance"/> has something to do; it may be only moving timers down.</summary>
    /// <returns><see cref="long.MaxValue"/> if the wheel is empty.</returns>
    public long NextTick()
    {
        if (Count == 0) return long.MaxValue;
        var best = long.MaxValue;
        for (var ring = 0; ring < Rings; ring++)
        {
            var shift = ring * SlotBits;
            var position = CurrentTick >> shift;
            var distance = DistanceToOccupied(ring, (int)(position & SlotMask));
            if (distance > 0) best = Math.Min(best, (position + distance) << shift);
        }

        return best;
    }

    /// <summary>Moves the clock, and collects what has come due, in order of milliseconds.</summary>
    public void Advance(long tick, List<ScheduledTimer> due)
    {
        while (true)
        {
            var next = NextTick();
            if (next > tick) break;
            CurrentTick = next;
            // From the top, so that what comes down can go on down in the same step.
            for (var ring = Rings - 1; ring > 0; ring--)
            {
                if ((next & ((1L << (ring * SlotBits)) - 1)) == 0) MoveDown(ring, (int)((next >> (ring * SlotBits)) & SlotMask));
            }

            Collect((int)(next & SlotMask), due);
        }

        CurrentTick = Math.Max(CurrentTick, tick);
    }

    /// <summary>The millisecond at or after a due time, so that no timer fires early.</summary>
    public static long TickOf(long dueTicks) =>
        (dueTicks / TimeSpan.TicksPerMillisecond) + (dueTicks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1);

    private void Place(ScheduledTimer timer)
    {
        var tick = Math.Max(TickOf(timer.DueTicks), CurrentTick + 1);
        var ring = RingOf(tick);
        // Beyond the last ring's reach: the farthest slot, to be sorted anew from there.
        if (ring == Rings)
        {
            ring = Rings - 1;
            tick = CurrentTick + ((Slots - 1L) << (ring * SlotBits));
        }

        Link(timer, (ring * Slots) + (int)((tick >> (ring * SlotBits)) & SlotMask));
    }

    /// <summary>The lowest ring in whose current turn the tick lies.</summary>
    private int RingOf(long tick)
    {
        for (var ring = 0; ring < Rings; ring++)
        {
            var shift = ring * SlotBits;
            if ((tick >> shift) - (CurrentTick >> shift) < Slots) return ring;
        }

        return Rings;
    }

    private void Link(ScheduledTimer timer, int slot)
    {
        // At the head: timers of one millisecond are put in order by their sequence when they are collected.
        timer.Position = slot + 1;
        timer.Previous = null;
        timer.Next = _heads[slot];
        if (timer.Next is { } next) next.Previous = timer;
        _heads[slot] = timer;
        _occupied[slot >> 6] |= 1UL << (slot & 63);
    }

    private static void Detach(ScheduledTimer timer)
    {
        timer.Next = null;
        timer.Previous = null;
        timer.Position = 0;
    }

    private ScheduledTimer? TakeSlot(int slot)
    {
        var head = _heads[slot];
        _heads[slot] = null;
        _occupied[slot >> 6] &= ~(1UL << (slot & 63));
        return head;
    }

    private void MoveDown(int ring, int index)
    {
        var timer = TakeSlot((ring * Slots) + index);
        while (timer is not null)
        {
            var next = timer.Next;
            Detach(timer);
            PlaceFrom(timer);
            timer = next;
        }
    }

    /// <summary>As <see cref="Place"/>, but what is due in the current millisecond is collected with it.</summary>
    private void PlaceFrom(ScheduledTimer timer)
    {
        if (TickOf(timer.DueTicks) <= CurrentTick)
        {
            Link(timer, (int)(CurrentTick & SlotMask));
        }
        else
        {
            Place(timer);
        }
    }

    private void Collect(int slot, List<ScheduledTimer> due)
    {
        var first = due.Count;
        var timer = TakeSlot(slot);
        while (timer is not null)
        {
            var next = timer.Next;
            Detach(timer);
            due.Add(timer);
            Count--;
            timer = next;
        }

        if (due.Count - first > 1) due.Sort(first, due.Count - first, BySequence.Instance);
    }

    /// <summary>Slots from one to the next occupied one of a ring, 1 to 256; 0 if the ring is empty.</summary>
    private int DistanceToOccupied(int ring, int index)
    {
        var words = _occupied.AsSpan(ring * Slots / 64, Slots / 64);
        var start = (index + 1) & SlotMask;
        for (var step = 0; step <= words.Length; step++)
        {
            var word = ((start >> 6) + step) % words.Length;
            var bits = words[word];
            // The first word counts from the start, and once more, at the end, up to it.
            if (step == 0) bits &= ulong.MaxValue << (start & 63);
            if (step == words.Length) bits &= ~(ulong.MaxValue << (start & 63));
            if (bits == 0) continue;
            var slot = (word * 64) + BitOperations.TrailingZeroCount(bits);
            return ((slot - start) & SlotMask) + 1;
        }

        return 0;
    }

    private sealed class BySequence : IComparer<ScheduledTimer>
    {
        public static readonly BySequence Instance = new();

        public int Compare(ScheduledTimer? x, ScheduledTimer? y)
        {
            var byDue = x!.DueTicks.CompareTo(y!.DueTicks);
            return byDue != 0 ? byDue : x.Sequence.CompareTo(y.Sequence);
        }
    }
}
