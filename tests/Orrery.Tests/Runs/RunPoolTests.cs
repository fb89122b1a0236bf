using Orrery.Runs;

namespace Orrery.Tests.Runs;

public sealed class RunPoolTests
{
    [Fact]
    public async Task Results_come_in_the_order_of_the_pieces()
    {
        var results = new List<int>();
        var pieces = Enumerable.Range(0, 200).ToArray();

        await foreach (var result in RunPool.InOrderAsync(pieces, 7, piece => { Thread.SpinWait((200 - piece) * 100); return piece; }, CancellationToken.None)) results.Add(result);

        Assert.Equal(pieces, results);
    }

    [Fact]
    public async Task Whoever_breaks_off_gets_what_has_begun_and_no_more_begins()
    {
        using var cancellation = new CancellationTokenSource();
        var begun = 0;
        var results = 0;

        await foreach (var _ in RunPool.InOrderAsync(Enumerable.Range(0, 1000).ToArray(), 2, Work, cancellation.Token)) results++;

        Assert.InRange(begun, 10, 12);
        Assert.InRange(results, 9, begun);

        int Work(int piece)
        {
            if (Interlocked.Increment(ref begun) == 10) cancellation.Cancel();
            return piece;
        }
    }

    [Fact]
    public async Task An_exception_reaches_the_listener_after_all_that_has_begun_is_over()
    {
        var underWay = 0;

        await Assert.ThrowsAsync<UsageException>(async () =>
        {
            await foreach (var _ in RunPool.InOrderAsync(Enumerable.Range(0, 50).ToArray(), 4, Work, CancellationToken.None))
            {
            }
        });

        Assert.Equal(0, underWay);

        int Work(int piece)
        {
            Interlocked.Increment(ref underWay);
            try
            {
                if (piece == 3) throw new UsageException("the disk is full");
                Thread.SpinWait(1_000);
                return piece;
            }
            finally
            {
                Interlocked.Decrement(ref underWay);
            }
        }
    }

    [Fact]
    public async Task Only_so_many_results_wait_for_a_slow_first_piece()
    {
        using var gate = new ManualResetEventSlim();
        using var all = new CountdownEvent(31);
        var done = 0;
        var results = RunPool.InOrderAsync(Enumerable.Range(0, 1000).ToArray(), 2, Work, CancellationToken.None).GetAsyncEnumerator();

        // Without a limit the second thread would go on at once after the 31 pieces behind the first one.
        var first = results.MoveNextAsync().AsTask();
        await Task.Run(all.Wait);
        Thread.SpinWait(1_000_000);
        var waiting = Volatile.Read(ref done);
        gate.Set();
        await first;
        await results.DisposeAsync();

        Assert.Equal(31, waiting);

        int Work(int piece)
        {
            if (piece == 0)
            {
                gate.Wait();
                return piece;
            }

            Interlocked.Increment(ref done);
            if (!all.IsSet) all.Signal();
            return piece;
        }
    }
}
