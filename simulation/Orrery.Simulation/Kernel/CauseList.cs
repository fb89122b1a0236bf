namespace Orrery.Simulation.Kernel;

/// <summary>One event that led to another.</summary>
/// <param name="Index">Its number among the events of the run, from 0.</param>
/// <param name="Nanoseconds">When it happened.</param>
/// <param name="Source">To whom.</param>
/// <param name="Message">What it was.</param>
internal readonly record struct Cause(long Index, long Nanoseconds, string Source, string Message);

/// <summary>The events that led to one event, the nearest first. It is cut at the far end, so that it stays small.</summary>
internal sealed class CauseList
{
    /// <summary>How many are kept.</summary>
    public const int CountMax = 20;

    private CauseList(Cause[] items) => Items = items;

    /// <summary>The nearest first.</summary>
    public IReadOnlyList<Cause> Items { get; }

    /// <summary>The causes of what an event causes.</summary>
    /// <param name="cause">The event.</param>
    /// <param name="earlier">Its own causes; null for none.</param>
    public static CauseList After(in Cause cause, CauseList? earlier)
    {
        var kept = Math.Min(earlier?.Items.Count ?? 0, CountMax - 1);
        var items = new Cause[kept + 1];
        items[0] = cause;
        for (var i = 0; i < kept; i++)
        {
            items[i + 1] = earlier!.Items[i];
        }

        return new CauseList(items);
    }
}
