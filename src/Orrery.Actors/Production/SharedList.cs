namespace Orrery.Actors.Production;

/// <summary>A short list that is read often and changed rarely, by any thread: readers see whole snapshots.</summary>
internal sealed class SharedList<T>
    where T : class
{
    private readonly Lock _writers = new();
    private T[] _items = [];

    /// <summary>The list as it is now, in order of adding. Not to be changed.</summary>
    public T[] Snapshot => Volatile.Read(ref _items);

    /// <summary>Adds an item unless an equal one is there.</summary>
    public bool AddUnique(T item)
    {
        lock (_writers)
        {
            if (Array.IndexOf(_items, item) >= 0) return false;
            Volatile.Write(ref _items, [.. _items, item]);
            return true;
        }
    }

    /// <summary>Removes all items for which a predicate holds.</summary>
    public bool RemoveAll(Predicate<T> predicate)
    {
        lock (_writers)
        {
            var rest = Array.FindAll(_items, item => !predicate(item));
            if (rest.Length == _items.Length) return false;
            Volatile.Write(ref _items, rest);
            return true;
        }
    }
}
