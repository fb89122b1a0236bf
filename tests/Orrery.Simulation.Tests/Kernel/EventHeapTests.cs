using Orrery.Actors.Extensions;
using Orrery.Simulation.Kernel;

namespace Orrery.Simulation.Tests.Kernel;

public sealed class EventHeapTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Events_leave_by_time_then_class_then_sequence()
    {
        var heap = new EventHeap();
        EventKey[] keys =
        [
            EventKey.Of(5, EventClass.Network, 0), EventKey.Of(5, EventClass.Script, 3), EventKey.Of(4, EventClass.Client, 2), EventKey.Of(5, EventClass.Network, 1),
        ];
        foreach (var key in keys) Add(heap, key);

        Assert.Equal([keys[2], keys[1], keys[0], keys[3]], TakeAll(heap));
    }

    [Fact]
    public void Two_events_with_one_key_are_refused()
    {
        var heap = new EventHeap();
        Add(heap, EventKey.Of(5, EventClass.Timer, 7));

        Assert.Throws<InvalidOperationException>(() => Add(heap, EventKey.Of(5, EventClass.Timer, 7)));
    }

    [Theory, InlineData(Second), InlineData(1_000 * Second)]
    public void Two_later_events_with_one_key_are_refused_before_either_happens(long nanoseconds)
    {
        var heap = new EventHeap();
        Add(heap, EventKey.Of(5, EventClass.Timer, 6));
        Add(heap, EventKey.Of(nanoseconds, EventClass.Timer, 7));

        Assert.Throws<InvalidOperationException>(() =>
        {
            Add(heap, EventKey.Of(nanoseconds, EventClass.Timer, 7));
            Take(heap);
        });
    }

    [Fact]
    public void A_crowd_is_in_order_and_so_is_what_comes_while_it_passes()
    {
        var chance = RandomStreams.Create(1, "crowd");
        var heap = new EventHeap();
        var model = new SortedSet<long>();
        for (var sequence = 0; sequence < 20_000; sequence++)
        {
            var nanoseconds = (60 * Second) + chance.NextInt32(200_000_000);
            if (sequence % 2 == 1) nanoseconds = model.Min + chance.NextInt32(3_000_000);
            if (!model.Add(nanoseconds)) continue;
            Add(heap, EventKey.Of(nanoseconds, EventClass.Network, sequence));
            if (sequence < 10_000) continue;
            Assert.Equal(model.Min, Take(heap).Nanoseconds);
            model.Remove(model.Min);
        }

        Assert.Equal(model, TakeAll(heap).Select(key => key.Nanoseconds));
    }

    [Fact]
    public void The_end_of_time_can_wait()
    {
        var heap = new EventHeap();
        EventKey[] keys = [EventKey.Of(long.MaxValue - 1, EventClass.Timer, 1), EventKey.Of(long.MaxValue, EventClass.Timer, 0)];
        foreach (var key in keys.Reverse()) Add(heap, key);

        Assert.Equal(keys, TakeAll(heap));
    }

    [Fact]
    public void A_handle_cancels_its_event_once_and_no_later_user_of_its_place()
    {
        var heap = new EventHeap();
        var first = Add(heap, EventKey.Of(1, EventClass.Timer, 0));

        Assert.True(heap.Cancel(first));
        Assert.False(heap.Cancel(first));
        var second = Add(heap, EventKey.Of(1, EventClass.Timer, 1));
        Assert.False(heap.Cancel(first));
        Take(heap);
        Assert.False(heap.Cancel(second));
        Assert.False(heap.Cancel(default));
        Assert.Equal(0, heap.Count);
    }

    [Theory]
    [InlineData(1UL, 500)]
    [InlineData(2UL, 500_000_000)]
    [InlineData(3UL, 30 * Second)]
    [InlineData(4UL, 500 * Second)]
    [InlineData(5UL, 100_000 * Second)]
    public void Any_mix_of_adding_taking_and_cancelling_behaves_as_a_sorted_set(ulong seed, long range)
    {
        var chance = RandomStreams.Create(seed, "heap");
        var heap = new EventHeap();
        var model = new SortedDictionary<(long, long), EventHandle>();
        for (var sequence = 0; sequence < 5_000; sequence++)
        {
            switch (chance.NextInt32(5))
            {
                case 0 when model.Count > 0:
                    var key = Take(heap);
                    Assert.Equal(model.Keys.First(), (key.Nanoseconds, key.Order));
                    model.Remove(model.Keys.First());
                    break;
                case 1 when model.Count > 0:
                    var victim = model.ElementAt(chance.NextInt32(model.Count));
                    Assert.True(heap.Cancel(victim.Value));
                    model.Remove(victim.Key);
                    break;
                default:
                    var added = EventKey.Of((long)(chance.NextUInt64() % (ulong)range), (EventClass)chance.NextInt32(4), sequence);
                    model.Add((added.Nanoseconds, added.Order), Add(heap, added));
                    break;
            }

            Assert.Equal(model.Count, heap.Count);
        }

        Assert.Equal(model.Keys, TakeAll(heap).Select(key => (key.Nanoseconds, key.Order)));
    }

    private static EventHandle Add(EventHeap heap, EventKey key) => heap.Add(key, new Walker(), 0, 0, null, null);

    private static EventKey Take(EventHeap heap)
    {
        heap.Take(out var due);
        return due.Key;
    }

    private static List<EventKey> TakeAll(EventHeap heap)
    {
        var keys = new List<EventKey>();
        while (heap.Count > 0) keys.Add(Take(heap));
        return keys;
    }
}
