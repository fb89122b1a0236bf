using System.Runtime.CompilerServices;

namespace Orrery.Runs;

/// <summary>Does several pieces of work at once, and hands out their results in the order of the pieces.</summary>
internal static class RunPool
{
    /// <summary>Pieces taken for each that is under way: enough to have work behind one long piece, and a limit to the results that wait.</summary>
    public const int Ahead = 16;

    /// <summary>Does the work, each piece on a thread of the pool.</summary>
    /// <param name="items">The pieces.</param>
    /// <param name="jobs">Pieces under way at once, from 1.</param>
    /// <param name="work">What to do with each; called from any thread.</param>
    /// <param name="cancellation">Begins no more pieces; those that have begun are finished.</param>
    public static IAsyncEnumerable<TResult> InOrderAsync<TItem, TResult>(
        IReadOnlyList<TItem> items, int jobs, Func<TItem, TResult> work, CancellationToken cancellation) =>
        ResultsInOrderAsync(items, jobs, item => Task.Run(() => work(item), CancellationToken.None), cancellation);

    /// <summary>Does the work wherever each piece goes to.</summary>
    /// <param name="items">The pieces.</param>
    /// <param name="jobs">Pieces under way at once, from 1.</param>
    /// <param name="work">Begins a piece; called from any thread.</param>
    /// <param name="cancellation">Begins no more pieces; those that have begun are finished.</param>
    public static async IAsyncEnumerable<TResult> ResultsInOrderAsync<TItem, TResult>(
        IReadOnlyList<TItem> items, int jobs, Func<TItem, Task<TResult>> work, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var slots = new SemaphoreSlim(jobs);
        var begun = new Queue<Task<TResult>>();
        try
        {
            for (var next = 0; ;)
            {
                while (next < items.Count && begun.Count < jobs * Ahead) begun.Enqueue(BeginAsync(items[next++]));
                if (begun.Count == 0) yield break;
                TResult result;
                try
                {
                    result = await begun.Peek();
                    _ = begun.Dequeue();
                }
                catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
                {
                    yield break;
                }
                yield return result;
            }
        }
        finally
        {
            // Whoever stops listening leaves no thread at work behind.
            await ((Task)Task.WhenAll(begun)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task<TResult> BeginAsync(TItem item)
        {
            await slots.WaitAsync(cancellation);
            try
            {
                cancellation.ThrowIfCancellationRequested();        // a slot may still be handed to one who is told so later
                return await work(item);
            }
            finally
            {
                slots.Release();
            }
        }
    }
}
