using Orrery.Actors.Cells;
using Orrery.Actors.Extensions;
using Orrery.Actors.Production;

namespace Orrery.Actors.Tests.Production;

public sealed class TimerWheelTests
{
    private static readonly long[] Spans = [1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 16_777_215, 16_777_216, 16_777_217, 4_294_967_295, 4_294_967_296, 10_000_000_000];
    private readonly TimerWheel _wheel = new();
    private long _sequence;

    public static TheoryData<long, long> StartsAndDelays
    {
        get
        {
            var data = new TheoryData<long, long>();
            foreach (var start in new long[] { 0, 1, 255, 256, 1000, 65_535, 70_000, 16_777_215 })
            {
                foreach (var delay in Spans) data.Add(start, delay);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(StartsAndDelays))]
    public void A_timer_comes_out_at_its_millisecond_and_not_one_before(long start, long delay)
    {
        _wheel.Advance(start, []);
        _wheel.Add(Timer(start + delay));

        Assert.Empty(Advance(start + delay - 1));
        Assert.Equal([start + delay], Advance(start + delay));
        Assert.Equal(0, _wheel.Count);
        Assert.Equal(long.MaxValue, _wheel.NextTick());
    }

    [Fact]
    public void A_due_time_within_a_millisecond_is_rounded_up()
    {
        Assert.Equal(1, TimerWheel.TickOf(1));
        Assert.Equal(1, TimerWheel.TickOf(TimeSpan.TicksPerMillisecond));
        Assert.Equal(2, TimerWheel.TickOf(TimeSpan.TicksPerMillisecond + 1));
    }

    [Fact]
    public void It_agrees_with_a_sorted_list_under_random_starts_cancels_and_steps()
    {
        var random = new RandomStream(11, "wheel");
        var model = new List<ScheduledTimer>();
        var now = 0L;
        for (var step = 0; step < 20_000; step++)
        {
            if (random.NextInt32(3) > 0)
            {
                var timer = Timer(now + 1 + (long)(random.NextUInt64() % (ulong)Spans[random.NextInt32(Spans.Length)]));
                _wheel.Add(timer);
                model.Add(timer);
            }
            else if (model.Count > 0 && random.NextInt32(2) == 0)
            {
                var index = random.NextInt32(model.Count);
                Assert.True(_wheel.Remove(model[index]));
                Assert.False(_wheel.Remove(model[index]));
                model.RemoveAt(index);
            }
            else
            {
                now += random.NextInt32(100_000);
                var due = new List<ScheduledTimer>();
                _wheel.Advance(now, due);
                var expected = model.Where(timer => TimerWheel.TickOf(timer.DueTicks) <= now)
                    .OrderBy(timer => timer.DueTicks).ThenBy(timer => timer.Sequence).ToList();
                Assert.Equal(expected, due);
                model.RemoveAll(due.Contains);
            }

            Assert.Equal(model.Count, _wheel.Count);
        }
    }

    [Fact]
    public void The_next_tick_is_never_later_than_the_next_timer()
    {
        var random = new RandomStream(13, "next");
        for (var round = 0; round < 1_000; round++)
        {
            var now = _wheel.CurrentTick + random.NextInt32(1_000_000);
            _wheel.Advance(now, []);
            var due = now + 1 + random.NextInt32(100_000_000);
            var timer = Timer(due);
            _wheel.Add(timer);
            Assert.InRange(_wheel.NextTick(), now + 1, due);
            _wheel.Remove(timer);
        }
    }

    private ActionTimer Timer(long dueMilliseconds) =>
        new(() => { }) { DueTicks = dueMilliseconds * TimeSpan.TicksPerMillisecond, Sequence = ++_sequence };

    private IEnumerable<long> Advance(long tick)
    {
        var due = new List<ScheduledTimer>();
        _wheel.Advance(tick, due);
        return due.Select(timer => timer.DueTicks / TimeSpan.TicksPerMillisecond);
    }
}
