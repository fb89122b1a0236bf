using System.Collections;
using Orrery.Runs;

namespace Orrery.Tests.Runs;

/// <summary>The pool with pieces that a test begins and ends by hand, so that nothing depends on how fast a thread is.</summary>
public sealed class RunPoolTests
{
    [Fact]
    public async Task Results_come_in_the_order_of_the_pieces()
    {
        const int Pieces = 7 * RunPool.Ahead;               // more would not begin behind the first one
        var work = new ByHand(Pieces);
        var results = work.BeginAsync(jobs: 7);

        // Of those under way, always the last one ends first.
        for (var ended = 0; ended < Pieces; ended++)
        {
            await work.BegunAsync(Math.Min(Pieces, ended + 7));
            work.End(work.UnderWay[^1]);
        }

        Assert.Equal(Enumerable.Range(0, Pieces), await results);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task No_more_pieces_are_under_way_than_jobs(int jobs)
    {
        var work = new ByHand(20);
        var results = work.BeginAsync(jobs);

        for (var ended = 0; ended < 20; ended++)
        {
            await work.BegunAsync(Math.Min(20, ended + jobs));
            work.End(work.UnderWay[0]);
        }

        Assert.Equal(20, (await results).Count);
        Assert.Equal(jobs, work.MostUnderWay);
    }

    [Fact]
    public async Task As_many_threads_work_at_once_as_there_are_jobs()
    {
        using var all = new Barrier(3);                     // nobody goes on before three are there
        var results = new List<int>();

        await foreach (var result in RunPool.InOrderAsync(Enumerable.Range(0, 30).ToArray(), 3, Work, CancellationToken.None)) results.Add(result);

        Assert.Equal(Enumerable.Range(0, 30), results);

        int Work(int piece)
        {
            all.SignalAndWait();
            return piece;
        }
    }

    [Fact]
    public async Task Whoever_breaks_off_gets_what_has_begun_and_no_more_begins()
    {
        using var cancellation = new CancellationTokenSource();
        var work = new ByHand(1000);
        var results = work.BeginAsync(jobs: 2, cancellation.Token);
        for (var ended = 0; ended < 8; ended++)
        {
            await work.BegunAsync(ended + 2);
            work.End(ended);
        }

        await work.BegunAsync(10);
        await cancellation.CancelAsync();
        work.End(9);
        work.End(8);

        Assert.Equal(Enumerable.Range(0, 10), await results);
        Assert.Equal(10, work.Begun);
    }

    [Fact]
    public async Task An_exception_reaches_the_listener_after_all_that_has_begun_is_over()
    {
        var work = new ByHand(50);
        var results = work.BeginAsync(jobs: 4);
        await work.BegunAsync(4);

        work.Fail(0, new UsageException("the disk is full"));

        while (work.Ended < 50)
        {
            Assert.False(results.IsCompleted);
            await work.BegunAsync(work.Ended + 1);
            work.End(work.UnderWay[0]);
        }

        await Assert.ThrowsAsync<UsageException>(() => results);
        Assert.Empty(work.UnderWay);
    }

    [Fact]
    public async Task Only_so_many_results_wait_for_a_slow_first_piece()
    {
        var work = new ByHand(1000);
        var results = work.BeginAsync(jobs: 2);
        Assert.Equal(2 * RunPool.Ahead, work.Taken);

        // All that were taken end, but for the first.
        for (var piece = 1; piece < 2 * RunPool.Ahead; piece++)
        {
            await work.BegunAsync(Math.Min(2 * RunPool.Ahead, piece + 1));
            work.End(piece);
        }

        Assert.Equal((2 * RunPool.Ahead, 2 * RunPool.Ahead), (work.Taken, work.Begun));
        work.End(0);
        while (work.Ended < 1000)
        {
            await work.BegunAsync(work.Ended + 1);
            work.End(work.UnderWay[0]);
        }

        Assert.Equal(1000, (await results).Count);
    }

    /// <summary>Pieces whose results are their numbers; each is under way until the test ends it.</summary>
    private sealed class ByHand(int count) : IReadOnlyList<int>
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<int, TaskCompletionSource<int>> _underWay = [];
        private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Count => count;

        /// <summary>Pieces that the pool has asked for.</summary>
        public int Taken { get; private set; }

        public int Begun { get; private set; }

        public int Ended { get; private set; }

        public int MostUnderWay { get; private set; }

        /// <summary>In order of the pieces.</summary>
        public IReadOnlyList<int> UnderWay
        {
            get
            {
                lock (_lock) return [.. _underWay.Keys.Order()];
            }
        }

        public int this[int index]
        {
            get
            {
                Taken = Math.Max(Taken, index + 1);
                return index;
            }
        }

        public async Task<List<int>> BeginAsync(int jobs, CancellationToken cancellation = default)
        {
            var results = new List<int>();
            await foreach (var result in RunPool.ResultsInOrderAsync(this, jobs, WorkAsync, cancellation)) results.Add(result);
            return results;
        }

        /// <summary>Waits until so many pieces have begun.</summary>
        public async Task BegunAsync(int wanted)
        {
            while (true)
            {
                Task change;
                lock (_lock)
                {
                    if (Begun >= wanted) return;
                    change = _change.Task;
                }

                await change;
            }
        }

        public void End(int piece) => Take(piece).SetResult(piece);

        public void Fail(int piece, Exception cause) => Take(piece).SetException(cause);

        public IEnumerator<int> GetEnumerator() => Enumerable.Range(0, count).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private Task<int> WorkAsync(int piece)
        {
            lock (_lock)
            {
                var source = new TaskCompletionSource<int>();
                _underWay.Add(piece, source);
                Begun++;
                MostUnderWay = Math.Max(MostUnderWay, _underWay.Count);
                _change.SetResult();
                _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
                return source.Task;
            }
        }

        private TaskCompletionSource<int> Take(int piece)
        {
            lock (_lock)
            {
                Assert.True(_underWay.Remove(piece, out var source));
                Ended++;
                return source;
            }
        }
    }
}
