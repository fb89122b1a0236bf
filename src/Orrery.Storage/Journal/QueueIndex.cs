using System.Runtime.InteropServices;

namespace Orrery.Storage.Journal;

/// <summary>Which messages of one queue the journal has added, in the order of their ids, so that a page is found without a look at all of it.</summary>
internal sealed class QueueIndex
{
    private readonly List<long> _added = [];                // from _first on
    private int _first;

    /// <summary>Entries of the queue that rows of the journal were the first to change.</summary>
    public int Touched { get; set; }

    /// <summary>The largest id among them.</summary>
    public long Largest { get; private set; }

    /// <summary>Whether messages came in another order than that of their ids, as those of shared subscriptions: then this knows nothing of them.</summary>
    public bool IsUnordered { get; set; }

    /// <summary>An entry is changed for the first time.</summary>
    public void Note(long message, bool isAdded)
    {
        Touched++;
        if (isAdded)
        {
            IsUnordered |= _added.Count > _first && message < _added[^1];
            _added.Add(message);
        }

        Largest = Math.Max(Largest, message);
    }

    /// <summary>The row that was the first to change an entry is taken out. Rows are taken in order.</summary>
    public void Forget(long message)
    {
        Touched--;
        if (_first == _added.Count || _added[_first] != message) return;
        _first++;
        if (_first < _added.Count / 2) return;
        _added.RemoveRange(0, _first);
        _first = 0;
    }

    /// <summary>Messages that were added and have a larger id.</summary>
    public ReadOnlySpan<long> AddedAfter(long message)
    {
        var added = CollectionsMarshal.AsSpan(_added)[_first..];
        var found = added.BinarySearch(message + 1);
        return added[(found < 0 ? ~found : found)..];
    }
}
